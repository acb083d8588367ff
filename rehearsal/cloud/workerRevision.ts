import { setTimeout as sleep } from "node:timers/promises";
import { type ContainerImage, planContainer } from "./container";
import { containerEnv } from "./containerEnv";
import { type Container, type Metadata, workContainer } from "./knative";
import { type Platform, logTo } from "./platform";
import type { RunningProcess } from "./processes";
import { isInNetwork } from "./readContainers";

/** A process without a port is up when it has not ended so soon. */
const SETTLE_MS = 500;

/** How long a process may finish after SIGTERM, as on Cloud Run. */
const GRACE_MS = 10_000;

/** What a revision of a worker pool is made from; it never changes. */
export interface WorkerTemplate {
  pool: string;
  metadata: Metadata;
  containers: Container[];
  image: ContainerImage;
}

/** One revision of a worker pool: its processes come and go with its share of the instances. */
export class WorkerRevision {
  private readonly processes = new Set<RunningProcess>();
  /** Exit codes of processes that nobody asked to end. */
  private readonly ended: number[] = [];
  private isUp = false;

  constructor(
    private readonly platform: Platform,
    readonly name: string,
    private readonly template: WorkerTemplate,
    private readonly log: string[],
  ) {}

  /** Processes that run. */
  alive(): number {
    return this.processes.size;
  }

  /**
   * Starts or ends processes until there are so many, and tells the exit code of one that did not
   * stay up. Of an image that is not ours nothing is started.
   */
  async scale(instances: number): Promise<number | null> {
    const { image } = this.template;
    const wanted = image.kind === "built" ? instances : 0;
    const surplus = [...this.processes].slice(wanted);
    await Promise.all(surplus.map((process) => this.end(process)));
    const missing = wanted - this.processes.size;
    if (missing <= 0) return null;
    this.ended.length = 0;
    for (let started = 0; started < missing; started++) await this.start(image);
    const settled = Date.now() + SETTLE_MS;
    while (this.ended.length === 0 && Date.now() < settled) await sleep(20);
    this.isUp = this.ended.length === 0;
    return this.ended[0] ?? null;
  }

  private async start(image: ContainerImage): Promise<void> {
    const { platform } = this;
    const { pool, metadata, containers } = this.template;
    const source = `worker pool ${pool}`;
    const onLine = logTo(platform, source, this.log);
    const container = workContainer(source, containers);
    const { env, refusals } = containerEnv(platform, source, container, {
      all: containers,
      inNetwork: isInNetwork(metadata.annotations),
    });
    refusals.forEach(onLine);
    const plan = planContainer(platform, {
      image,
      command: container.command,
      args: container.args,
      env: { ...env, CLOUD_RUN_WORKER_POOL: pool, CLOUD_RUN_REVISION: this.name },
      tools: platform.tools.withoutAny(),
    });
    const process = await platform.processes.start({ ...plan, onLine });
    const place = { pool, revision: this.name, pid: process.pid };
    this.processes.add(process);
    platform.emit({ type: "worker-started", ...place });
    void process.exited.then((code) => {
      platform.emit({ type: "worker-stopped", ...place });
      // One that was asked to end is no longer among them.
      if (!this.processes.delete(process)) return;
      this.ended.push(code);
      if (this.isUp) onLine(`the process ended with ${code}; Cloud Run would start another`);
    });
  }

  private async end(process: RunningProcess): Promise<void> {
    this.processes.delete(process);
    await process.stop(GRACE_MS);
  }

  async stop(): Promise<void> {
    await this.scale(0);
  }
}
