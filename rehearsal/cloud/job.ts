import { randomBytes } from "node:crypto";
import { type ContainerImage, planContainer } from "./container";
import { containerEnv } from "./containerEnv";
import { executionJson, jobJson } from "./jobJson";
import { type Container, type JobSpec, workContainer } from "./knative";
import type { RunningProcess } from "./processes";
import { isInNetwork } from "./readContainers";
import { type Platform, logTo, timestamp } from "./platform";

/** One run of a job. */
export interface Execution {
  name: string;
  containers: Container[];
  createdAt: string;
  completedAt: string | null;
  succeeded: number;
  failed: number;
  /** Why it failed, with the last lines of its log. */
  message: string;
  log: string[];
}

/** A Cloud Run job. Its executions run the image that the job had when they began. */
export class Job {
  readonly executions: Execution[] = [];
  private generation = 1;
  private readonly createdAt = timestamp();

  constructor(
    private readonly platform: Platform,
    readonly spec: JobSpec,
    private image: ContainerImage | null,
  ) {}

  get container(): Container {
    return workContainer(`job ${this.spec.name}`, this.spec.containers);
  }

  /** Its later executions run these containers, the working one with this image. */
  update(containers: Container[], image: ContainerImage | null): void {
    this.generation++;
    this.spec.containers = containers;
    this.image = image;
  }

  /** Starts an execution. The promise resolves when it has ended. */
  execute(overrides: Record<string, string>): { execution: Execution; ended: Promise<void> } {
    const { platform, spec } = this;
    const containers = structuredClone(spec.containers);
    const execution: Execution = {
      name: `${spec.name}-${suffix()}`,
      containers,
      createdAt: timestamp(),
      completedAt: null,
      succeeded: 0,
      failed: 0,
      message: "",
      log: [],
    };
    this.executions.push(execution);
    const { image, name } = this.container;
    platform.emit({ type: "execution-started", job: spec.name, execution: execution.name, image });
    const container = containers.find((candidate) => candidate.name === name);
    const ended = this.run(execution, container ?? this.container, overrides).then(() => {
      execution.completedAt = timestamp();
      const succeeded = execution.failed === 0;
      platform.emit({
        type: "execution-ended",
        job: spec.name,
        execution: execution.name,
        succeeded,
      });
    });
    return { execution, ended };
  }

  private async run(
    execution: Execution,
    container: Container,
    overrides: Record<string, string>,
  ): Promise<void> {
    const { image } = this;
    const tasks = Array.from({ length: this.spec.taskCount }, async (_, index) => {
      for (let attempt = 0; attempt <= this.spec.maxRetries; attempt++) {
        const env = {
          ...overrides,
          CLOUD_RUN_TASK_INDEX: String(index),
          CLOUD_RUN_TASK_ATTEMPT: String(attempt),
        };
        const failure = await this.runTask(execution, container, image, env);
        if (failure === null) {
          execution.succeeded++;
          return;
        }
        execution.message = failure;
      }
      execution.failed++;
    });
    await Promise.all(tasks);
  }

  /** Null when the task succeeded, else why not. */
  private async runTask(
    execution: Execution,
    container: Container,
    image: ContainerImage | null,
    overrides: Record<string, string>,
  ): Promise<string | null> {
    const { platform, spec } = this;
    const onLine = logTo(platform, `job ${spec.name}`, execution.log);
    if (image === null) {
      onLine(
        `image ${container.image} is not from this environment's repository, and is not run here`,
      );
      return `Image '${container.image}' not found.`;
    }
    try {
      const changed = withOverrides(container, overrides);
      const { env, refusals } = containerEnv(platform, `job ${spec.name}`, changed, {
        all: spec.containers,
        inNetwork: isInNetwork(spec.annotations),
      });
      refusals.forEach(onLine);
      const plan = planContainer(platform, {
        image,
        command: container.command,
        args: container.args,
        env: {
          ...env,
          CLOUD_RUN_JOB: spec.name,
          CLOUD_RUN_EXECUTION: execution.name,
          CLOUD_RUN_TASK_COUNT: String(spec.taskCount),
        },
        tools: image.kind === "postgres" ? platform.tools.withPsql() : platform.tools.withoutAny(),
      });
      const process = await platform.processes.start({ ...plan, onLine });
      return await this.waitFor(process);
    } catch (error) {
      const message = platform.redactor.redact(
        error instanceof Error ? error.message : String(error),
      );
      onLine(message);
      return message;
    }
  }

  private async waitFor(process: RunningProcess): Promise<string | null> {
    const limit = new AbortController();
    const timer = setTimeout(() => {
      limit.abort();
      void process.stop(10_000);
    }, this.spec.timeoutSeconds * 1000);
    const code = await process.exited;
    clearTimeout(timer);
    if (limit.signal.aborted) {
      return `The configured timeout of ${this.spec.timeoutSeconds}s was reached.`;
    }
    return code === 0
      ? null
      : `The container exited with an error. Container called exit(${code}).`;
  }

  toJson(): Record<string, unknown> {
    const { spec, executions, generation, createdAt } = this;
    return jobJson(this.platform, spec, { executions, generation, createdAt });
  }

  executionJson(execution: Execution): Record<string, unknown> {
    return executionJson(this.platform, this.spec, execution);
  }
}

function withOverrides(container: Container, overrides: Record<string, string>): Container {
  const kept = (container.env ?? []).filter(({ name }) => !(name in overrides));
  const added = Object.entries(overrides).map(([name, value]) => ({ name, value }));
  return { ...container, env: [...kept, ...added] };
}

function suffix(): string {
  const letters = "bcdfghjklmnpqrstvwxz2456789";
  return [...randomBytes(5)].map((byte) => letters[byte % letters.length]).join("");
}
