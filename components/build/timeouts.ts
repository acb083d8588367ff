import type { BuildStep } from "./document";

/** Limits of the steps that no option changes, in seconds. */
export const FIXED_SECONDS = {
  push: 900,
  check: 180,
  connect: 300,
  roles: 600,
  deploy: 900,
  promote: 600,
  deployWorker: 600,
} as const;

/**
 * What a migrating step needs beyond the migration: updating the job, starting it, and the retries of
 * a first release.
 */
const MIGRATION_MARGIN_SECONDS = 600;

/** Limit of the step around a migration, so that the migration's own limit ends it first. */
export function migrateStepSeconds(migrationSeconds: number): number {
  return migrationSeconds + MIGRATION_MARGIN_SECONDS;
}

/** For how long an execution that a cancelled build left behind is waited for: at most an hour. */
export function executionWaitSeconds(migrationSeconds: number): number {
  return Math.min(migrationSeconds, 3600);
}

/** Limit of a build whose steps run one after the other: no step is ever cut by the whole. */
export function buildTimeoutSeconds(steps: readonly BuildStep[]): number {
  return steps.reduce((sum, { timeout }) => sum + (seconds(timeout) ?? 0), 0);
}

/** `600s` as a number; `null` for anything that is no duration. */
export function seconds(duration: string | undefined): number | null {
  const match = /^(\d+(?:\.\d+)?)s$/.exec(duration ?? "");
  return match?.[1] === undefined ? null : Number(match[1]);
}
