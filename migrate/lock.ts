import type { Client } from "pg";
import { sleep } from "./interrupt";
import { type OtherSession, describeSession, sessionsWhere } from "./progress/blockers";
import { formatDuration } from "./settings/duration";

/** node-pg-migrate's own id, so that both tools keep each other out. */
export const LOCK_ID = "7241865325823964";

const POLL_MS = 500;
const REPORT_EVERY_MS = 15_000;

/** Somebody else kept the lock for too long. */
export class LockWaitError extends Error {
  constructor(waitedMs: number, holder: string) {
    super(
      `another migrator has held the lock for more than ${formatDuration(waitedMs)}: ${holder}; ` +
        "wait for it and run this again, or end its connection with SELECT pg_terminate_backend(PID)",
    );
    this.name = "LockWaitError";
  }
}

export interface LockOptions {
  waitMs: number;
  signal: AbortSignal;
  progress: (line: string) => void;
  /** Learns how long it took, also when the lock was not had; 0 when it was free. */
  onWaited: (waitedMs: number) => void;
}

/**
 * Runs `use` while no other migrator runs in this database. The lock is asked for again and again:
 * waiting inside `pg_advisory_lock` holds a snapshot, which deadlocks with the other one's
 * `CREATE INDEX CONCURRENTLY`.
 */
export async function withMigrationLock<T>(
  client: Client,
  options: LockOptions,
  use: () => Promise<T>,
): Promise<T> {
  await acquire(client, options);
  try {
    return await use();
  } finally {
    // A lost connection has released it.
    await client.query(`SELECT pg_advisory_unlock(${LOCK_ID})`).catch(() => undefined);
  }
}

async function acquire(client: Client, options: LockOptions): Promise<void> {
  const begin = Date.now();
  try {
    const isFree = await poll(client, options, begin);
    options.onWaited(isFree ? 0 : Date.now() - begin);
  } catch (error) {
    options.onWaited(Date.now() - begin);
    throw error;
  }
}

/** Asks until the lock is had; says whether it was so at once. */
async function poll(client: Client, options: LockOptions, begin: number): Promise<boolean> {
  let reportedMs = -REPORT_EVERY_MS;
  for (;;) {
    options.signal.throwIfAborted();
    const { rows } = await client.query<{ held: boolean }>(
      `SELECT pg_try_advisory_lock(${LOCK_ID}) AS held`,
    );
    const waitedMs = Date.now() - begin;
    if (rows[0]?.held === true) return reportedMs < 0;
    if (waitedMs >= options.waitMs) throw new LockWaitError(waitedMs, await describeHolder(client));
    if (waitedMs - reportedMs >= REPORT_EVERY_MS) {
      const holder = await describeHolder(client);
      options.progress(`waiting for the migration lock, held by ${holder}`);
      reportedMs = waitedMs;
    }
    await sleep(Math.min(POLL_MS, Math.max(options.waitMs - waitedMs, 1)), options.signal);
  }
}

// A 64-bit advisory lock is listed as its two halves.
const HOLDER = sessionsWhere(`a.pid IN (SELECT l.pid FROM pg_locks l
  WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND (l.classid::bigint << 32 | l.objid::bigint) = ${LOCK_ID})`);

async function describeHolder(client: Client): Promise<string> {
  const { rows } = await client.query<OtherSession>(HOLDER);
  const [holder] = rows;
  return holder === undefined ? "a connection that has just ended" : describeSession(holder);
}
