import { randomBytes } from "node:crypto";
import type { ContainerImage } from "./container";
import { excerpt } from "./excerpt";
import { type Container, type TrafficTarget, type WorkerPoolSpec, workContainer } from "./knative";
import { type Platform, timestamp } from "./platform";
import { sharesOf } from "./shares";
import { WorkerRevision } from "./workerRevision";

/** An update after which the pool's processes did not stay up. For gcloud's reader. */
export class WorkerPoolError extends Error {
  override name = "WorkerPoolError";
}

/** What an update of a pool does. */
export interface WorkerPoolChange {
  containers: Container[];
  /** Where its instances are from now on. */
  splits: TrafficTarget[];
}

/**
 * A Cloud Run worker pool: as many processes as it has instances, of the revisions that its splits
 * name. Its first revision has Google's sample, of which nothing is started here.
 */
export class WorkerPool {
  readonly createdAt = timestamp();
  generation = 1;
  latestCreated: string;
  latestReady: string;
  /** Where its instances are: one revision each, or the latest that is ready. */
  splits: TrafficTarget[];
  private readonly revisions = new Map<string, WorkerRevision>();
  private readonly log: string[] = [];
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly platform: Platform,
    readonly spec: WorkerPoolSpec,
  ) {
    this.splits = spec.splits;
    this.latestCreated = this.addRevision({ kind: "placeholder" }).name;
    this.latestReady = this.latestCreated;
  }

  get container(): Container {
    return workContainer(`worker pool ${this.spec.name}`, this.spec.containers);
  }

  /** Instances that run. */
  alive(): number {
    return [...this.revisions.values()].reduce((sum, revision) => sum + revision.alive(), 0);
  }

  hasRevision(name: string): boolean {
    return this.revisions.has(name);
  }

  /** Makes a revision; instances of others end when those of this one are up. */
  update(change: WorkerPoolChange, image: ContainerImage): Promise<void> {
    return this.inTurn(async () => {
      this.generation++;
      this.spec.containers = change.containers;
      this.splits = change.splits;
      const revision = this.addRevision(image);
      this.latestCreated = revision.name;
      await this.allocate(revision.name);
    });
  }

  /** Moves instances to other revisions. */
  split(splits: TrafficTarget[]): Promise<void> {
    return this.inTurn(async () => {
      this.generation++;
      this.splits = splits;
      await this.allocate(this.latestReady);
    });
  }

  private inTurn(action: () => Promise<void>): Promise<void> {
    const run = this.last.then(action);
    this.last = run.catch(() => undefined);
    return run;
  }

  private addRevision(image: ContainerImage): WorkerRevision {
    const { spec, platform, log } = this;
    const number = String(this.revisions.size + 1).padStart(5, "0");
    const name = `${spec.name}-${number}-${randomBytes(2).toString("hex")}`;
    const { containers, metadata } = spec;
    const template = { pool: spec.name, metadata, containers, image };
    const revision = new WorkerRevision(platform, name, template, log);
    this.revisions.set(name, revision);
    return revision;
  }

  /** Gives each revision its share of the instances, where `latest` is the latest one. */
  private async allocate(latest: string): Promise<void> {
    const shares = sharesOf(this.splits, latest, this.spec.instances);
    for (const [name, instances] of shares) {
      const revision = this.revisions.get(name);
      const code = (await revision?.scale(instances)) ?? null;
      if (code === null) continue;
      // The latest one that is ready keeps its instances.
      if (name !== this.latestReady) await revision?.stop();
      throw new WorkerPoolError(this.failure(name, code));
    }
    this.latestReady = latest;
    const others = [...this.revisions.values()].filter(({ name }) => !shares.has(name));
    await Promise.all(others.map((revision) => revision.stop()));
  }

  private failure(revision: string, code: number): string {
    return [
      `Revision '${revision}' is not ready: the container exited with ${code}.`,
      ...(this.log.length === 0 ? [] : ["Last lines of its log:"]),
      ...excerpt(this.log, 20).map((line) => `  ${line}`),
    ].join("\n");
  }

  async close(): Promise<void> {
    await this.last;
    await Promise.all([...this.revisions.values()].map((revision) => revision.stop()));
  }

  /** As gcloud prints it. */
  toJson(): Record<string, unknown> {
    const { spec, platform, createdAt, generation, latestCreated, latestReady, splits } = this;
    const ready = { type: "Ready", status: latestCreated === latestReady ? "True" : "False" };
    return {
      apiVersion: "run.googleapis.com/v1",
      kind: "WorkerPool",
      metadata: {
        name: spec.name,
        namespace: platform.project,
        labels: { ...spec.labels, "cloud.googleapis.com/location": platform.region },
        annotations: { "run.googleapis.com/manualInstanceCount": String(spec.instances) },
        generation,
        creationTimestamp: createdAt,
      },
      spec: {
        template: { metadata: spec.metadata, spec: { containers: spec.containers } },
        instanceSplits: splits,
      },
      status: {
        observedGeneration: generation,
        conditions: [{ ...ready, lastTransitionTime: createdAt }],
        latestCreatedRevisionName: latestCreated,
        latestReadyRevisionName: latestReady,
        instanceSplits: splits.map((split) => ({ revisionName: latestReady, ...split })),
      },
    };
  }
}
