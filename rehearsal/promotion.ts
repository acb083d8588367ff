import { delimiter } from "node:path";
import { type AnyBuildDocument, createsRevision, movesTraffic } from "../components";
import type { Cloud } from "./cloud";
import { hostPath } from "./cloud/container";
import { excerpt } from "./cloud/excerpt";
import { logTo } from "./cloud/platform";
import type { Promotion } from "./result";
import { type WorkerState, compareWorkers, findWorkerChanges, readWorkers } from "./workers";

/** Whether a document makes a revision and leaves it to somebody to route traffic to it. */
export function leavesTraffic({ steps = [] }: AnyBuildDocument): boolean {
  return steps.some(createsRevision) && !steps.some(movesTraffic);
}

/** What the log of a release says how to promote it: `to route it: gcloud run services update-traffic …` */
export function printedLines(log: readonly string[]): string[] {
  const pattern = /: (gcloud (?:(?:alpha|beta) )?run (?:services|jobs|worker-pools) update\S* .+)$/;
  return log.flatMap((line) => pattern.exec(line)?.[1] ?? []);
}

/**
 * Does what a release has printed, in a shell, as whoever promotes it would; the first failure ends
 * it. A release that leaves traffic alone leaves workers alone too: they are as they were `before`.
 */
export async function promote(
  cloud: Cloud,
  log: readonly string[],
  before: WorkerState[],
): Promise<Promotion> {
  const lines = printedLines(log);
  const deviations = findWorkerChanges({ workers: compareWorkers(before, readWorkers(cloud)) }).map(
    (text) => `before its promotion, ${text}`,
  );
  if (lines.length === 0) deviations.push(NOT_SAID);
  return { lines, error: await runLines(cloud, lines), deviations };
}

const NOT_SAID =
  "promotion: expected traffic on the new revision, or a line that says how to route it, got neither";

/** Tells why one failed; null when all have succeeded. */
async function runLines({ platform }: Cloud, lines: readonly string[]): Promise<string | null> {
  const tools = platform.tools.folderWith(["gcloud"], null);
  const env = {
    HOME: platform.home,
    TMPDIR: platform.temporary,
    LANG: "C.UTF-8",
    PATH: [tools, ...hostPath()].join(delimiter),
  };
  for (const line of lines) {
    const said: string[] = [];
    const shell = await platform.processes.start({
      argv: ["bash", "-c", line],
      cwd: platform.temporary,
      env,
      onLine: logTo(platform, "by hand", said),
    });
    const code = await shell.exited;
    if (code === 0) continue;
    return [`${line} ended with exit code ${code}`, ...excerpt(said, 15)].join("\n  ");
  }
  return null;
}
