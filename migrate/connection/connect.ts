import { InterruptedError, orAbort, sleep } from "../interrupt";
import type { ConnectionSettings } from "../settings/connection";
import { formatDuration } from "../settings/duration";
import { classifyFault, explainFailure } from "./failure";
import { type OpenClient, openClient } from "./open";

/** What connecting needs from outside. */
export interface ConnectContext {
  signal: AbortSignal;
  progress: (line: string) => void;
}

/** How long each fault is worth waiting for; the second is decision 15 of a first release. */
export const RETRY_BUDGET_MS = { starting: 30_000, propagating: 120_000, final: 0 } as const;

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Connects, trying again while the server starts and while a new IAM grant has not reached every
 * server of Google's. Everything else, a wrong password first of all, fails at once.
 */
export async function connect(
  settings: ConnectionSettings,
  applicationName: string,
  { signal, progress }: ConnectContext,
  open: typeof openClient = openClient,
): Promise<OpenClient> {
  const begin = Date.now();
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    signal.throwIfAborted();
    try {
      return await orAbort(open(settings, applicationName), signal);
    } catch (error) {
      if (error instanceof InterruptedError) throw error;
      const fault = classifyFault(error, settings);
      const left = RETRY_BUDGET_MS[fault] - (Date.now() - begin);
      const failure = explainFailure(error, settings);
      if (left <= 0) throw failure;
      const wait = Math.min(pause, left);
      progress(`${failure.message}; trying again in ${formatDuration(wait)}`);
      await sleep(wait, signal);
    }
  }
}
