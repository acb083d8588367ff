import type { Cloud } from "./cloud";
import type { ReleaseResult, WorkerResult } from "./result";

/** A worker pool at one moment. */
export interface WorkerState {
  name: string;
  instances: number;
  alive: number;
  imageDigest: string | null;
}

/** All worker pools of the environment. */
export function readWorkers({ workerPools }: Pick<Cloud, "workerPools">): WorkerState[] {
  return [...workerPools.values()].map((pool) => ({
    name: pool.spec.name,
    instances: pool.spec.instances,
    alive: pool.alive(),
    imageDigest: /@(sha256:[0-9a-f]{64})$/.exec(pool.container.image)?.[1] ?? null,
  }));
}

/** The same pools before and after a release, which makes and deletes none. */
export function compareWorkers(before: WorkerState[], after: WorkerState[]): WorkerResult[] {
  return after.map(({ name, instances, alive, imageDigest }, index) => ({
    name,
    instances,
    alive: { before: before[index]?.alive ?? 0, after: alive },
    imageDigest: { before: before[index]?.imageDigest ?? null, after: imageDigest },
  }));
}

/** Where workers do not run what was released. */
export function findWorkerDeviations({ workers, imageDigest }: ReleaseResult): string[] {
  return workers.flatMap(({ name, instances, alive, imageDigest: image }) => [
    ...(image.after === imageDigest
      ? []
      : [`worker ${name}: expected the released image, got ${image.after ?? "none of ours"}`]),
    ...(alive.after === instances
      ? []
      : [`worker ${name}: expected ${instances} instances to run, got ${alive.after}`]),
  ]);
}

/** Where a release that failed did not leave workers alone. */
export function findWorkerChanges({ workers }: Pick<ReleaseResult, "workers">): string[] {
  return workers.flatMap(({ name, alive, imageDigest }) =>
    alive.before === alive.after && imageDigest.before === imageDigest.after
      ? []
      : [`worker ${name}: expected it as before, got another image or ${alive.after} instances`],
  );
}
