import { RETRY_BUDGET_MS } from "../connection/connect";
import { sleep } from "../interrupt";
import { codeOf, statusOf } from "../connection/failure";
import type { CommandContext } from "../run/workspace";
import { formatDuration } from "../settings/duration";
import { type AdminApi, type ApiFault, type BackupRun, classifyApiFault } from "./adminApi";
import { type Backup, splitInstance } from "./backup";

/** There is no backup, so nothing was applied. */
export class BackupError extends Error {
  readonly remedy: string;

  constructor(message: string, remedy: string, cause?: unknown) {
    super(`${message}; nothing was applied`, { cause });
    this.name = "BackupError";
    this.remedy = remedy;
  }
}

export interface BackupRequest {
  /** Connection name. */
  instance: string;
  description: string;
  timeoutMs: number;
  /** How the user runs this once more. */
  again: string;
  /** Learns whether a backup may have begun of which no answer tells. */
  onAsked(mayHaveBegun: boolean): void;
  /** Learns the ID of a backup that has begun. */
  onStarted(id: string): void;
  /** Fails when the lock is lost, for then somebody else may migrate. */
  checkLock(): Promise<void>;
}

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 5000;
const REPORT_EVERY_MS = 30_000;
// By then a backup that began without an answer is an operation of the instance, and a second one is refused.
const LOST_ANSWER_PAUSE_MS = 15_000;
// As long a new backup need not be known to every server of Google's.
const UNKNOWN_ID_MS = 30_000;

// As the API calls them. What is none of these will not become a backup any more.
const GOING_ON = new Set(["ENQUEUED", "RUNNING", "OVERDUE"]);

/** Has a backup taken and waits until it is done. */
export async function takeBackup(
  request: BackupRequest,
  context: CommandContext,
  api: AdminApi,
  pause: typeof sleep = sleep,
): Promise<Omit<Backup, "recoveryTime">> {
  const begin = Date.now();
  const deadline = begin + request.timeoutMs;
  const calls: Calls = { request, context, deadline, pause };
  let isLost = false;
  const id = await persist(calls, "start a backup", async () => {
    request.onAsked(true);
    try {
      return await api.insert(request.description);
    } catch (error) {
      isLost ||= mayHaveArrived(error);
      request.onAsked(isLost);
      throw error;
    }
  });
  request.onStarted(id);
  const startedAt = Date.now();
  const isNew = (): boolean => Date.now() - startedAt < UNKNOWN_ID_MS;
  let reported = "";
  let reportedAt = begin;
  for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(wait * 2, LONGEST_PAUSE_MS)) {
    await pause(wait, context.signal);
    await request.checkLock();
    const run = await persist(calls, `see the backup ${id}`, () => api.get(id), isNew);
    if (run.status === "SUCCESSFUL") return toBackup(request, id, run);
    if (!GOING_ON.has(run.status)) throw endedError(request, id, run);
    const now = Date.now();
    if (now >= deadline) throw lateError(request, id);
    if (run.status === reported && now - reportedAt < REPORT_EVERY_MS) continue;
    context.progress(`backup ${id}: ${run.status}, ${formatDuration(now - begin)}`);
    [reported, reportedAt] = [run.status, now];
  }
}

interface Calls {
  request: BackupRequest;
  context: CommandContext;
  deadline: number;
  pause: typeof sleep;
}

/** How long each fault is worth waiting for, within the backup's own time. */
const BUDGETS_MS: Readonly<Record<ApiFault, number>> = {
  propagating: RETRY_BUDGET_MS.propagating,
  busy: Infinity,
  passing: 120_000,
  final: 0,
};

/** Calls until there is an answer; each fault has its own time after which that is given up. */
async function persist<T>(
  calls: Calls,
  purpose: string,
  call: () => Promise<T>,
  isNew?: () => boolean,
): Promise<T> {
  const { context, deadline, request } = calls;
  let last: ApiFault | null = null;
  let since = Date.now();
  for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(wait * 2, LONGEST_PAUSE_MS)) {
    try {
      return await call();
    } catch (error) {
      context.signal.throwIfAborted();
      const fault =
        statusOf(error) === 404 && isNew?.() === true ? "passing" : classifyApiFault(error);
      if (fault !== last) since = Date.now();
      last = fault;
      const left = Math.min(since + BUDGETS_MS[fault], deadline) - Date.now();
      const message = `cannot ${purpose} of ${request.instance}: ${reasonOf(error)}`;
      if (left <= 0) throw new BackupError(message, remedyOf(fault, request), error);
      const isLost = isNew === undefined && fault === "passing" && mayHaveArrived(error);
      const pause = Math.min(isLost ? LOST_ANSWER_PAUSE_MS : wait, left);
      const note = isLost ? "; it may have begun" : "";
      context.progress(`${message}${note}; trying again in ${formatDuration(pause)}`);
      await calls.pause(pause, context.signal);
      await request.checkLock();
    }
  }
}

// Of a request that was never sent.
const UNSENT = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);

function mayHaveArrived(error: unknown): boolean {
  const code = codeOf(error instanceof Error ? (error.cause ?? error) : error);
  return statusOf(error) === null && !UNSENT.has(code ?? "");
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  const reason = cause instanceof Error && cause.message !== "" ? cause.message : error.message;
  return "status" in error ? `${reason} (${String(error.status)})` : reason;
}

function remedyOf(fault: ApiFault, { instance, again }: BackupRequest): string {
  const { project } = splitInstance(instance);
  if (fault === "propagating") {
    return `grant the account that migrates cloudsql.backupRuns.create and cloudsql.backupRuns.get in the project ${project}, and see that the Cloud SQL Admin API is enabled there; then ${again}`;
  }
  if (fault === "busy") return `see gcloud sql operations list ${flagsOf(instance)}; then ${again}`;
  if (fault === "passing") return `look at https://status.cloud.google.com; then ${again}`;
  return `correct the instance's name, or the login at Google; then ${again}`;
}

function toBackup(
  { instance }: BackupRequest,
  id: string,
  run: BackupRun,
): Omit<Backup, "recoveryTime"> {
  return { id, instance, startedAt: run.startTime, endedAt: run.endTime };
}

function endedError({ instance, again }: BackupRequest, id: string, run: BackupRun): BackupError {
  const reason = run.error === null ? "" : `: ${run.error}`;
  return new BackupError(
    `the backup ${id} of ${instance} ended as ${run.status}${reason}`,
    `see gcloud sql operations list ${flagsOf(instance)}; then ${again}`,
  );
}

function lateError({ instance, timeoutMs, again }: BackupRequest, id: string): BackupError {
  return new BackupError(
    `the backup ${id} of ${instance} was not done after ${formatDuration(timeoutMs)}`,
    `it goes on by itself, see gcloud sql backups describe ${id} ${flagsOf(instance)}; give more time with --backup-timeout, then ${again}`,
  );
}

/** How gcloud is told which instance is meant. */
export function flagsOf(connectionName: string): string {
  const { project, instance } = splitInstance(connectionName);
  return `--instance=${instance} --project=${project}`;
}
