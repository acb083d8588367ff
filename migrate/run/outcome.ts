import { performance } from "node:perf_hooks";
import type { Backup } from "../backup/backup";
import { recoveryLines, summaryOf } from "../backup/recovery";
import type { CommandResult } from "../command";
import { explainError } from "../explain";
import { InterruptedError, SIGNAL_EXIT_CODES } from "../interrupt";
import { formatDuration } from "../settings/duration";
import { type Failure, describeFailure, formatFailure } from "./failure";
import { GroupError } from "./runGroup";

/** What `up` and `down` report. */
export interface RunOutcome {
  command: "up" | "down";
  /** In the order in which they ran. */
  committed: { name: string; durationMs: number }[];
  rolledBack: string[];
  /** Failed outside a transaction, or ended it themselves: what they did before stays. */
  unfinished: string[];
  notRun: string[];
  waitedForLockMs: number;
  /** Taken before anything was applied; null when none was asked for or needed. */
  backup: Backup | null;
  durationMs: number;
  /** Newest applied migration afterwards; null when there is none or it could not be read. */
  version: string | null;
  failure: Failure | null;
  /** The failure in words; null after success. */
  error: string | null;
  /** What to do next after a failure. */
  next: string | null;
  exitCode: number;
}

/** Of a command that has not begun. */
export function startOutcome(command: "up" | "down"): RunOutcome {
  return {
    command,
    committed: [],
    rolledBack: [],
    unfinished: [],
    notRun: [],
    waitedForLockMs: 0,
    backup: null,
    durationMs: 0,
    version: null,
    failure: null,
    error: null,
    next: null,
    exitCode: 0,
  };
}

/** Runs a command's work and tells what became of it: a failure, or a signal, is in the outcome. */
export async function toOutcome(
  command: "up" | "down",
  again: string,
  signal: AbortSignal,
  migrate: (outcome: RunOutcome) => Promise<void>,
): Promise<RunOutcome> {
  const outcome = startOutcome(command);
  const begin = performance.now();
  try {
    await migrate(outcome);
    // Everything may be done; a signal is answered all the same.
    if (outcome.error === null) signal.throwIfAborted();
  } catch (error) {
    fail(outcome, signal.aborted ? signal.reason : error, again);
  }
  outcome.durationMs = Math.round(performance.now() - begin);
  return outcome;
}

/** Puts an error into the outcome: what it says, the exit code it means, and what to do `again`. */
export function fail(outcome: RunOutcome, error: unknown, again: string): void {
  const cause = error instanceof GroupError ? error.cause : error;
  outcome.exitCode = 1;
  if (cause instanceof InterruptedError) outcome.exitCode = SIGNAL_EXIT_CODES[cause.signal];
  if (error instanceof GroupError && !(cause instanceof InterruptedError)) {
    outcome.failure = describeFailure(cause, error.migration, error.statement);
    const { blocker } = error;
    if (blocker !== null) outcome.failure.message += `; the lock was held by ${blocker}`;
    outcome.error = formatFailure(outcome.failure).join("\n");
    outcome.next ??= `${outcome.failure.remedy}; then ${again}`;
  } else {
    const { message, remedy } = explainError(cause);
    outcome.error = message;
    outcome.next ??= remedy;
  }
}

/** The outcome as a command gives it back. */
export function toResult(outcome: RunOutcome): CommandResult {
  return {
    document: toDocument(outcome),
    lines: toLines(outcome),
    errorLines: toErrorLines(outcome),
    exitCode: outcome.exitCode,
  };
}

/** The document of design §7. */
export function toDocument(outcome: RunOutcome): object {
  const { command, committed, version, error, next, failure } = outcome;
  return {
    formatVersion: 1,
    command,
    committed: committed.map(({ name }) => name),
    rolledBack: outcome.rolledBack,
    unfinished: outcome.unfinished,
    notRun: outcome.notRun,
    waitedForLockMs: outcome.waitedForLockMs,
    backup: outcome.backup,
    durationMs: outcome.durationMs,
    schema: { version },
    migrations: committed,
    error,
    failure,
    next,
  };
}

const VERBS = { up: "committed", down: "reverted" } as const;

/** The outcome as lines: one per migration, then the sum. */
export function toLines(outcome: RunOutcome): string[] {
  const { command, committed, version } = outcome;
  const verb = VERBS[command];
  const schema = version === null ? "nothing is applied" : `the schema is at ${version}`;
  const sum =
    committed.length === 0
      ? `${command}: nothing to do, ${schema}`
      : `${command}: ${committed.length} ${verb} in ${formatDuration(outcome.durationMs)}, ${schema}`;
  return [
    ...committed.map(({ name, durationMs }) => `${verb} ${name} (${formatDuration(durationMs)})`),
    ...outcome.rolledBack.map((name) => `rolled back ${name}`),
    ...outcome.unfinished.map(
      (name) =>
        `unfinished ${name}: it is not recorded as applied, but what it did outside a transaction stays`,
    ),
    ...outcome.notRun.map((name) => `not run ${name}`),
    ...(outcome.backup === null ? [] : [summaryOf(outcome.backup)]),
    ...(outcome.error === null ? [sum] : []),
  ];
}

/** An error's first line; bad arguments begin as they do everywhere. */
export function headline(command: string, error: string): string {
  return error.startsWith("invalid args\n") ? error : `${command} failed: ${error}`;
}

/** What goes to stderr after a failure. */
export function toErrorLines({
  command,
  error,
  next,
  backup,
}: Pick<RunOutcome, "error" | "next" | "backup"> & { command: string }): string[] {
  if (error === null) return [];
  return [
    headline(command, error),
    ...(next === null ? [] : [`next: ${next}`]),
    ...(backup === null ? [] : recoveryLines(backup)),
  ];
}
