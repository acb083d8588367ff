import type { Violation } from "../core/violations";
import type { AnyBuildDocument, AnyBuildStep } from "./document";
import { migrationStepsOf, type MigrationStep } from "./migrationFacts";
import { createsRevision, executedJobs, movesTraffic, pushesImage, updatedJobs } from "./stepFacts";
import { ancestors, stepPath } from "./stepGraph";

/**
 * Checks that no revision is made, no traffic moves and no job is given a new image before the
 * migration has succeeded, and that the image is in the registry before it migrates.
 */
export function checkOrder(document: AnyBuildDocument, steps: AnyBuildStep[]): Violation[] {
  const before = ancestors(steps);
  const names = (indexes: Iterable<number>): string =>
    [...indexes].map((index) => steps[index]?.id ?? String(index)).join(", ") || "nothing";
  const migrations = migrationStepsOf(document);
  const isMigration = (index: number): boolean => migrations.some((one) => one.index === index);
  const migrating = migrations.filter(({ fault }) => fault === null);
  const has = (index: number, wanted: (other: number) => boolean): boolean =>
    [...(before[index] ?? [])].some(wanted);

  const pushed = migrating
    .filter(({ index }) => !has(index, (other) => pushesImage(steps[other] ?? {})))
    .map(({ index }): Violation => ({
      path: `${stepPath(steps, index)}.waitFor`,
      expected: "a step that pushes the image to have ended",
      got: names(before[index] ?? []),
      remedy: "push the image before it migrates: what has changed the database must be deployable",
      rule: "document-pushed-before-migration",
    }));
  const released = steps.flatMap((_, index): Violation[] => {
    const what = releases(steps, index, isMigration(index));
    if (what === null || has(index, (other) => migrating.some((one) => one.index === other))) {
      return [];
    }
    return [
      {
        path: `${stepPath(steps, index)}.waitFor`,
        expected: `the migration to have succeeded before the step ${what}`,
        got: names(before[index] ?? []),
        rule: "document-migrated-before-release",
      },
    ];
  });
  return [...checkMigrations(steps, migrations), ...pushed, ...released];
}

// A job's update runs nothing. But from then on a schedule or a person runs the new image, so a job
// that this build does not run itself must wait for the migration as a revision must.
function releases(steps: AnyBuildStep[], index: number, isMigration: boolean): string | null {
  const step = steps[index] ?? {};
  if (createsRevision(step)) return "makes a revision";
  if (movesTraffic(step)) return "moves traffic";
  return !isMigration && changesForeignJob(steps, step) ? "gives a job its image" : null;
}

function changesForeignJob(steps: AnyBuildStep[], step: AnyBuildStep): boolean {
  const updated = updatedJobs(step);
  // One name out of a function's variable may be the other.
  const isUnknown = (name: string): boolean => name.startsWith("$");
  const runsUnknown = executedJobs(step).some(isUnknown);
  const executed = steps.flatMap(executedJobs);
  return updated.some((name) => !executed.includes(name) && !(isUnknown(name) && runsUnknown));
}

function checkMigrations(steps: AnyBuildStep[], migrations: MigrationStep[]): Violation[] {
  if (migrations.length === 0) {
    return [
      {
        path: "steps",
        expected: "a step that migrates the database",
        got: steps.map((step, index) => step.id ?? String(index)).join(", "),
        rule: "document-migration",
      },
    ];
  }
  return migrations.flatMap(({ index, fault }): Violation[] =>
    fault === null
      ? []
      : [
          {
            path: `${stepPath(steps, index)}.${fault.field}`,
            expected: fault.expected,
            got: fault.got,
            rule: fault.rule,
          },
        ],
  );
}
