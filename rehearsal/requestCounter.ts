import { setTimeout as sleep } from "node:timers/promises";
import type { ClientReport } from "./client";
import type { RequestCounts } from "./result";
import { type ClientProcess, startClient } from "./startClient";

/** The client over a whole rehearsal: started once, asked at the end of each release. */
export interface RequestCounter {
  /** Starts the client; later calls do nothing. */
  start(url: string): ClientProcess | null;
  /** Requests since the last call. */
  since(): Promise<RequestCounts>;
  /** Waits until there were `minimum` requests, and ends the client. */
  finish(minimum: number, signal: AbortSignal): Promise<void>;
  /** Ends the client at once, if it still runs. */
  kill(): Promise<void>;
  /** What it reported last; null when it was never started. */
  report: ClientReport | null;
}

/** A client that is not started yet. */
export function createRequestCounter(): RequestCounter {
  let client: ClientProcess | null = null;
  let stopped = false;
  let told: RequestCounts = { served: 0, failed: 0 };

  const counter: RequestCounter = {
    report: null,
    start(url) {
      if (client !== null) return null;
      client = startClient(url);
      return client;
    },
    async since() {
      if (client !== null && !stopped) counter.report = await client.count();
      const { served, failed } = counter.report ?? { served: 0, failed: 0 };
      const counts = { served: served - told.served, failed: failed - told.failed };
      told = { served, failed };
      return counts;
    },
    async finish(minimum, signal) {
      if (client === null || stopped) return;
      let report = await client.count();
      while (report.served + report.failed < minimum) {
        await sleep(50, undefined, { signal });
        report = await client.count();
      }
      stopped = true;
      counter.report = await client.stop();
    },
    async kill() {
      if (!stopped) await client?.kill();
    },
  };
  return counter;
}
