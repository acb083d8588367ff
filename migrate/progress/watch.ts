import { type OpenClient, openClient } from "../connection/open";
import type { Session } from "../connection/session";
import { formatDuration } from "../settings/duration";
import { type OtherSession, describeSession, readBlockers } from "./blockers";
import { describeProgress, readProgress } from "./readProgress";

export interface WatchOptions {
  progress: (line: string) => void;
  /** How often the server is asked. */
  pollMs: number;
  /** How long a statement runs before the first line about it, and between two lines. */
  firstMs: number;
  everyMs: number;
}

/** Looks at a session from a second connection. */
export interface Watch {
  /** Who was last seen to keep the session waiting for a lock; null when nobody was. Forgets it. */
  takeBlocker: () => string | null;
  stop: () => Promise<void>;
}

/** Times that suit a run; asked often enough to see who holds a lock before its timeout. */
export function watchTimes(lockTimeoutMs: number): Omit<WatchOptions, "progress"> {
  const pollMs = Math.min(1000, Math.max(100, Math.round(lockTimeoutMs / 4)));
  return { pollMs, firstMs: 10_000, everyMs: 15_000 };
}

/**
 * Tells what a long statement of the session does, how far it is and whom it waits for. It connects only
 * when the session has worked for as long as it polls; without a second connection it is silent.
 */
export function watchSession(session: Session, options: WatchOptions): Watch {
  let open: OpenClient | null = null;
  const state = { isStopped: false };
  let blocker: string | null = null;
  let nextMs = options.firstMs;
  const look = async (): Promise<void> => {
    open ??= await openClient(session.settings, session.applicationName);
    const { runningMs, blockers } = await readState(open, session.backendPid);
    const [first] = blockers;
    if (first !== undefined) blocker = describeSession(first);
    if (runningMs < options.firstMs) nextMs = options.firstMs;
    if (runningMs < nextMs) return;
    nextMs = runningMs + options.everyMs;
    const line = await describe(open, session.backendPid, blockers);
    options.progress(`running for ${formatDuration(runningMs)}: ${line}`);
  };
  const poll = async (): Promise<void> => {
    for (;;) {
      await pause(options.pollMs);
      if (state.isStopped) return;
      // Whatever goes wrong here must not end a migration.
      await look().catch(() => undefined);
    }
  };
  const [pause, wake] = createPause();
  const polling = poll();
  return {
    takeBlocker: () => {
      const last = blocker;
      blocker = null;
      return last;
    },
    stop: async () => {
      state.isStopped = true;
      wake();
      await polling;
      await open?.close();
    },
  };
}

async function readState(
  { client }: OpenClient,
  pid: number,
): Promise<{ runningMs: number; blockers: OtherSession[] }> {
  const { rows } = await client.query<{ running: number; waits: boolean }>(
    `SELECT (extract(epoch FROM clock_timestamp() - query_start) * 1000)::integer AS running,
       wait_event_type = 'Lock' AS waits
     FROM pg_stat_activity WHERE pid = $1 AND state = 'active'`,
    [pid],
  );
  const [row] = rows;
  if (row === undefined) return { runningMs: 0, blockers: [] };
  return { runningMs: row.running, blockers: row.waits ? await readBlockers(client, pid) : [] };
}

async function describe(
  { client }: OpenClient,
  pid: number,
  blockers: readonly OtherSession[],
): Promise<string> {
  const progress = await readProgress(client, pid);
  const parts = [
    progress === null ? null : describeProgress(progress),
    blockers.length === 0
      ? null
      : `waits for a lock that ${blockers.map(describeSession).join(" and ")} holds`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? "the statement is at work" : parts.join("; ");
}

/** A pause that can be ended early. */
function createPause(): [pause: (ms: number) => Promise<void>, wake: () => void] {
  let end: () => void = () => undefined;
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      end = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  return [
    pause,
    () => {
      end();
    },
  ];
}
