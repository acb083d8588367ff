import { describe, expect, it } from "vitest";
import type { ReleaseResult, WorkerResult } from "../../rehearsal/result";
import {
  compareWorkers,
  findWorkerChanges,
  findWorkerDeviations,
  type WorkerState,
} from "../../rehearsal/workers";
import { firstRelease } from "./sampleResult";

const OLD = `sha256:${"0".repeat(64)}`;
const NEW = firstRelease.imageDigest!;
const MAILER: WorkerState = { name: "mailer", instances: 2, alive: 2, imageDigest: NEW };

function released(worker: Partial<WorkerResult>): ReleaseResult {
  const [same] = compareWorkers([{ ...MAILER, imageDigest: OLD }], [MAILER]);
  return { ...firstRelease, workers: [{ ...same!, ...worker }] };
}

describe("workers of a release", () => {
  it("are as announced when each instance runs the released image", () => {
    expect(findWorkerDeviations(released({}))).toEqual([]);
  });

  it("are not when they run another image, or too few", () => {
    const image = { before: OLD, after: OLD };
    expect(findWorkerDeviations(released({ imageDigest: image }))).toEqual([
      `worker mailer: expected the released image, got ${OLD}`,
    ]);
    expect(findWorkerDeviations(released({ alive: { before: 2, after: 1 } }))).toEqual([
      "worker mailer: expected 2 instances to run, got 1",
    ]);
  });

  it("are left alone by a release that fails", () => {
    expect(findWorkerChanges(released({ imageDigest: { before: OLD, after: OLD } }))).toEqual([]);
    expect(findWorkerChanges(released({}))).toHaveLength(1);
    const died = { alive: { before: 2, after: 0 }, imageDigest: { before: OLD, after: OLD } };
    expect(findWorkerChanges(released(died))).toEqual([
      "worker mailer: expected it as before, got another image or 0 instances",
    ]);
  });
});
