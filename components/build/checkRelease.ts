import { quote, type Violation } from "../core/violations";
import type { AnyBuildDocument, AnyBuildStep } from "./document";
import { migrationStepsOf, type MigrationStep } from "./migrationFacts";
import { createsRevision, movesTraffic, pushesImage, shellText } from "./stepFacts";
import { ancestors, checkGraph, stepPath } from "./stepGraph";
import { seconds } from "./timeouts";

/**
 * Checks any Cloud Build document, rendered here or not, for what a release must never lack: no
 * revision is made and no traffic moves before the migration has succeeded, and the image is in the
 * registry before it migrates. It reads the document only; what the steps' programs do is theirs.
 */
export function checkRelease(document: AnyBuildDocument): Violation[] {
  const { steps } = document;
  if (!Array.isArray(steps) || steps.length === 0) {
    return [{ path: "steps", expected: "the steps of a release", got: quote(steps) }];
  }
  return [
    ...checkGraph(steps),
    ...steps.flatMap((step, index) => checkStep(step, stepPath(steps, index))),
    ...checkOrder(document, steps),
    ...checkSecrets(document, steps),
    ...checkTimeouts(document, steps),
  ];
}

function checkOrder(document: AnyBuildDocument, steps: AnyBuildStep[]): Violation[] {
  const before = ancestors(steps);
  const names = (indexes: Iterable<number>): string =>
    [...indexes].map((index) => steps[index]?.id ?? String(index)).join(", ") || "nothing";
  const migrations = migrationStepsOf(document);
  const migrating = migrations.filter(({ fault }) => fault === null);
  const has = (index: number, wanted: (other: number) => boolean): boolean =>
    [...(before[index] ?? [])].some(wanted);

  const pushed = migrating
    .filter(({ index }) => !has(index, (other) => pushesImage(steps[other] ?? {})))
    .map(({ index }) => ({
      path: `${stepPath(steps, index)}.waitFor`,
      expected: "a step that pushes the image to have ended",
      got: names(before[index] ?? []),
      remedy: "push the image before it migrates: what has changed the database must be deployable",
    }));
  const released = steps.flatMap((step, index) => {
    const what = releases(step);
    if (what === null || has(index, (other) => migrating.some((one) => one.index === other))) {
      return [];
    }
    const expected = `the migration to have succeeded before the step ${what}`;
    return [
      { path: `${stepPath(steps, index)}.waitFor`, expected, got: names(before[index] ?? []) },
    ];
  });
  return [...checkMigrations(steps, migrations), ...pushed, ...released];
}

function releases(step: AnyBuildStep): string | null {
  if (createsRevision(step)) return "makes a revision";
  return movesTraffic(step) ? "moves traffic" : null;
}

function checkMigrations(steps: AnyBuildStep[], migrations: MigrationStep[]): Violation[] {
  if (migrations.length === 0) {
    return [
      {
        path: "steps",
        expected: "a step that migrates the database",
        got: steps.map((step, index) => step.id ?? String(index)).join(", "),
      },
    ];
  }
  return migrations.flatMap(({ index, fault }) =>
    fault === null
      ? []
      : [
          {
            path: `${stepPath(steps, index)}.${fault.field}`,
            expected: fault.expected,
            got: fault.got,
          },
        ],
  );
}

// Substitutions that whoever pushes can choose; in shell text they are code.
const FOREIGN = /\$\{?(BRANCH_NAME|TAG_NAME|REF_NAME|REPO_NAME|REPO_FULL_NAME|TRIGGER_NAME|_\w+)/;

function checkStep(step: AnyBuildStep, path: string): Violation[] {
  const violations: Violation[] = [];
  const remedy = "a failed step must end the release";
  if (step.allowFailure === true) {
    violations.push({ path: `${path}.allowFailure`, expected: "nothing", got: "true", remedy });
  }
  if ((step.allowExitCodes ?? []).length > 0) {
    const got = quote(step.allowExitCodes);
    violations.push({ path: `${path}.allowExitCodes`, expected: "nothing", got, remedy });
  }
  if (step.script !== undefined && (step.entrypoint ?? step.args) !== undefined) {
    const got = step.args === undefined ? "entrypoint too" : "args too";
    violations.push({ path: `${path}.script`, expected: "script or args", got });
  }
  const [, name] = FOREIGN.exec((shellText(step) ?? "").replaceAll("$$", "")) ?? [];
  if (name !== undefined) {
    violations.push({
      path: `${path}.args`,
      expected: "no substitution in shell text",
      got: `$${name}`,
      remedy: "a branch name can run code there: give it by env and use script",
    });
  }
  return violations;
}

function checkSecrets(document: AnyBuildDocument, steps: AnyBuildStep[]): Violation[] {
  const available = (document.availableSecrets?.secretManager ?? []).map(({ env }) => env);
  const general = document.options?.secretEnv ?? [];
  const used = new Set([...general, ...steps.flatMap(({ secretEnv = [] }) => secretEnv)]);
  const missing = steps.flatMap(({ secretEnv = [] }, index) =>
    secretEnv
      .filter((name) => !available.includes(name))
      .map((name) => ({
        path: `${stepPath(steps, index)}.secretEnv`,
        expected: available.join(" | ") || "no secret, for availableSecrets has none",
        got: quote(name),
      })),
  );
  const unused = available
    .filter((name) => !used.has(name))
    .map((name) => ({
      path: "availableSecrets.secretManager",
      expected: "secrets that a step uses",
      got: quote(name),
    }));
  const repeated = available
    .filter((name, index) => available.indexOf(name) !== index)
    .map((name) => ({
      path: "availableSecrets.secretManager",
      expected: "one secret for each name",
      got: `${quote(name)} again`,
    }));
  return [...missing, ...unused, ...repeated];
}

// A whole that is shorter than its parts cuts a step at a place that nobody chose.
function checkTimeouts(document: AnyBuildDocument, steps: AnyBuildStep[]): Violation[] {
  const whole = seconds(document.timeout);
  if (whole === null) return [];
  const before = ancestors(steps);
  const chains: number[] = [];
  steps.forEach((step, index) => {
    const longest = Math.max(0, ...[...(before[index] ?? [])].map((other) => chains[other] ?? 0));
    chains.push(longest + (seconds(step.timeout) ?? 0));
  });
  const longest = Math.max(...chains);
  if (longest <= whole) return [];
  return [
    {
      path: "timeout",
      expected: `at least ${longest}s, the sum of steps that run one after the other`,
      got: quote(document.timeout),
    },
  ];
}
