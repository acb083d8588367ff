import type { ReleaseResult } from "./result";
import { findWorkerChanges, findWorkerDeviations } from "./workers";

/** What a release is announced to do, before it starts. */
export interface Announcement {
  number: number;
  title: string;
  /** Whether its migrations are expected to succeed. */
  migrates: boolean;
  /** Newest migration when it has succeeded. */
  version: string;
}

/** The three releases of a rehearsal. */
export function announce(versions: { first: string; last: string }): Announcement[] {
  return [
    {
      number: 1,
      title: "from zero: migrates, then serves",
      migrates: true,
      version: versions.first,
    },
    {
      number: 2,
      title: "a migration fails: the old revision serves on, the schema stays",
      migrates: false,
      version: versions.first,
    },
    {
      number: 3,
      title: "the migration is corrected: released",
      migrates: true,
      version: versions.last,
    },
  ];
}

/** Where a release did not do what was announced; empty when it did. */
export function findDeviations(
  announcement: Announcement,
  release: ReleaseResult,
  migrateStep: string | null,
): string[] {
  const deviations = announcement.migrates
    ? releasedDeviations(announcement, release)
    : failedDeviations(release, migrateStep);
  if (release.requests.failed > 0) {
    deviations.push(`requests: expected no failed one, got ${release.requests.failed}`);
  }
  return deviations;
}

function releasedDeviations({ version }: Announcement, release: ReleaseResult): string[] {
  const deviations: string[] = [];
  const { outcome, failedStep, serving, revision, schema } = release;
  if (outcome !== "released") {
    deviations.push(`outcome: expected released, got ${outcome}${inStep(failedStep)}`);
  }
  if (schema.before.digest === schema.after.digest) {
    deviations.push("schema: expected its migrations applied, got no change");
  }
  // A document that migrates with another tool has no `pgmigrations` to read a version from.
  if (schema.after.version !== null && schema.after.version !== version) {
    deviations.push(`schema version: expected ${version}, got ${schema.after.version}`);
  }
  if (revision === null || serving.after !== revision || serving.after === serving.before) {
    deviations.push(
      `serving: expected the new revision${revision === null ? "" : ` ${revision}`}, got ${serving.after ?? "none"}`,
    );
  }
  deviations.push(...findWorkerDeviations(release));
  return deviations;
}

function failedDeviations(release: ReleaseResult, migrateStep: string | null): string[] {
  const deviations: string[] = [];
  const { outcome, failedStep, serving, schema } = release;
  if (outcome !== "failed") {
    deviations.push(`outcome: expected failed, got ${outcome}`);
  } else if (migrateStep !== null && failedStep !== migrateStep) {
    deviations.push(`failed step: expected ${migrateStep}, got ${failedStep ?? "none"}`);
  }
  if (serving.before === null || serving.after !== serving.before) {
    deviations.push(
      `serving: expected ${serving.before ?? "the old revision"} to serve on, got ${serving.after ?? "none"}`,
    );
  }
  if (
    schema.before.digest !== schema.after.digest ||
    schema.before.version !== schema.after.version
  ) {
    deviations.push("schema: expected no change, got another catalogue");
  }
  deviations.push(...findWorkerChanges(release));
  return deviations;
}

function inStep(failedStep: string | null): string {
  return failedStep === null ? "" : ` in step ${failedStep}`;
}
