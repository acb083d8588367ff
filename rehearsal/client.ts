import { Agent, request } from "node:http";

/**
 * A user of the service, as a process of its own: it asks at a fixed rate, whether or not earlier
 * questions were answered, and reports what it counted when asked. Started by `startClient`.
 */

/** What the rehearsal says to this process. */
export type ClientQuestion = "count" | "stop";

/** What this process answers. */
export interface ClientReport {
  question: ClientQuestion;
  served: number;
  failed: number;
  /** Since the first request, in milliseconds. */
  elapsedMs: number;
  /** The first failures, in words. */
  failures: string[];
}

const REQUESTS_PER_SECOND = 100;
const TIMEOUT_MS = 5_000;
const FAILURES_TOLD = 10;

const url = new URL(process.argv[2] ?? "");
const agent = new Agent({ keepAlive: true, maxSockets: 16 });
const started = performance.now();
const failures: string[] = [];
let sent = 0;
let served = 0;
let failed = 0;

// A late timer is made up for: the rate holds over any second.
const timer = setInterval(() => {
  const due = Math.floor(((performance.now() - started) * REQUESTS_PER_SECOND) / 1000);
  while (sent < due) {
    sent += 1;
    ask();
  }
}, 5);

process.on("message", (question: ClientQuestion) => {
  if (question === "stop") clearInterval(timer);
  void settled(question).then(() => {
    const elapsedMs = Math.round(performance.now() - started);
    const report: ClientReport = { question, served, failed, elapsedMs, failures };
    process.send?.(report, () => {
      if (question === "stop") process.exit(0);
    });
  });
});

// The rehearsal is gone, however it ended.
process.on("disconnect", () => process.exit(0));
// Ctrl-C reaches the whole foreground group; the rehearsal decides when this one ends.
process.on("SIGINT", () => undefined);

/** After `stop` nothing more is sent: wait for the answers that are still to come. */
async function settled(question: ClientQuestion): Promise<void> {
  while (question === "stop" && served + failed < sent) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function ask(): void {
  const call = request(url, { agent, signal: AbortSignal.timeout(TIMEOUT_MS) }, (response) => {
    response.on("error", fail);
    response.resume().on("end", () => {
      const status = response.statusCode ?? 0;
      if (status >= 200 && status < 300) served += 1;
      else fail(new Error(`status ${status}`));
    });
  });
  call.on("error", fail);
  call.end();

  let done = false;
  function fail(error: Error): void {
    if (done) return;
    done = true;
    failed += 1;
    if (failures.length < FAILURES_TOLD) {
      const reason = error.name === "AbortError" ? `no answer in ${TIMEOUT_MS} ms` : error.message;
      failures.push(`after ${Math.round(performance.now() - started)} ms: ${reason}`);
    }
  }
}
