import { quote, type Violation } from "../core/violations";
import { checkOrder } from "./checkOrder";
import { checkSecrets } from "./checkSecrets";
import type { AnyBuildDocument, AnyBuildStep } from "./document";
import { shellText } from "./stepCommands";
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
    const expected = "the steps of a release";
    return [{ path: "steps", expected, got: quote(steps), rule: "document-steps" }];
  }
  return [
    ...checkGraph(steps),
    ...steps.flatMap((step, index) => checkStep(step, stepPath(steps, index))),
    ...checkOrder(document, steps),
    ...checkSecrets(document, steps),
    ...checkTimeouts(document, steps),
  ];
}

// Substitutions that whoever pushes can choose; in shell text they are code.
const FOREIGN = /\$\{?(BRANCH_NAME|TAG_NAME|REF_NAME|REPO_NAME|REPO_FULL_NAME|TRIGGER_NAME|_\w+)/;

function checkStep(step: AnyBuildStep, path: string): Violation[] {
  const violations: Violation[] = [];
  const remedy = "a failed step must end the release";
  if (step.allowFailure === true) {
    violations.push({
      path: `${path}.allowFailure`,
      expected: "nothing",
      got: "true",
      remedy,
      rule: "document-allow-failure",
    });
  }
  if ((step.allowExitCodes ?? []).length > 0) {
    violations.push({
      path: `${path}.allowExitCodes`,
      expected: "nothing",
      got: quote(step.allowExitCodes),
      remedy,
      rule: "document-allow-exit-codes",
    });
  }
  if (step.script !== undefined && (step.entrypoint ?? step.args) !== undefined) {
    violations.push({
      path: `${path}.script`,
      expected: "script or args",
      got: step.args === undefined ? "entrypoint too" : "args too",
      rule: "document-script-and-args",
    });
  }
  const [, name] = FOREIGN.exec((shellText(step) ?? "").replaceAll("$$", "")) ?? [];
  if (name !== undefined) {
    violations.push({
      path: `${path}.args`,
      expected: "no substitution in shell text",
      got: `$${name}`,
      remedy: "a branch name can run code there: give it by env and use script",
      rule: "document-substitution-in-shell",
    });
  }
  return violations;
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
      rule: "document-timeout",
    },
  ];
}
