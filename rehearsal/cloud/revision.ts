import { type ContainerImage, planContainer } from "./container";
import { containerEnv } from "./containerEnv";
import { type Condition, type RevisionTemplate, ingressContainer, isProxyImage } from "./knative";
import { type Platform, logTo, timestamp } from "./platform";
import { freePort } from "./ports";
import { startupFailure, waitForStartup } from "./probe";
import type { RunningProcess } from "./processes";
import { isInNetwork } from "./readContainers";

/** How long a process may finish after SIGTERM, as on Cloud Run. */
const GRACE_MS = 10_000;

/** The same for a process that never answered. */
const FAILED_GRACE_MS = 1000;

/** A process of a revision that has passed its startup probe. */
export interface Instance {
  port: number;
  process: RunningProcess;
}

/** One revision of a service: its template never changes, its process comes and goes. */
export class Revision {
  instance: Instance | null = null;
  /** Requests under way. */
  inFlight = 0;
  ready: Condition;
  readonly createdAt = timestamp();
  readonly log: string[] = [];
  private starting: Promise<Instance | null> | null = null;
  private process: RunningProcess | null = null;
  private retryMs = 1000;
  private retryAt = 0;

  constructor(
    private readonly platform: Platform,
    readonly service: string,
    readonly name: string,
    readonly template: RevisionTemplate,
    private readonly image: ContainerImage,
  ) {
    this.ready = { type: "Ready", status: "Unknown", lastTransitionTime: this.createdAt };
  }

  /** First start: decides whether the revision is ready. */
  async deploy(): Promise<boolean> {
    const instance = await this.start();
    this.ready = {
      type: "Ready",
      lastTransitionTime: timestamp(),
      ...(instance === null
        ? { status: "False" as const, reason: "HealthCheckContainerError", message: this.failure }
        : { status: "True" as const }),
    };
    if (instance !== null) {
      this.platform.emit({ type: "revision-ready", service: this.service, revision: this.name });
    }
    return instance !== null;
  }

  /** A process to send a request to; null while there is none and none can be started. */
  async ensure(): Promise<Instance | null> {
    if (this.instance !== null) return this.instance;
    if (this.ready.status !== "True" || Date.now() < this.retryAt) return null;
    const instance = await this.start();
    if (instance === null) this.postpone();
    return instance;
  }

  /** The next start is tried later, each time later. */
  private postpone(): void {
    this.retryAt = Date.now() + this.retryMs;
    this.retryMs = Math.min(this.retryMs * 2, 10_000);
  }

  private start(): Promise<Instance | null> {
    this.starting ??= this.launch()
      .catch((error: unknown) => {
        this.failure = error instanceof Error ? error.message : String(error);
        return null;
      })
      .finally(() => {
        this.starting = null;
      });
    return this.starting;
  }

  private failure = "";

  private async launch(): Promise<Instance | null> {
    const { platform, template } = this;
    const { containers } = template.spec;
    const container = ingressContainer(containers);
    const containerPort = container.ports?.[0]?.containerPort ?? 8080;
    const port = await freePort();
    const where = `service ${this.service}`;
    const writeLog = logTo(platform, `revision ${this.name}`, this.log);
    for (const { name, image } of containers) {
      if (name !== container.name && !isProxyImage(image))
        writeLog(`sidecar ${name} is not started here`);
    }
    const { env, refusals } = containerEnv(platform, where, container, {
      all: containers,
      inNetwork: isInNetwork(template.metadata.annotations),
    });
    refusals.forEach(writeLog);
    const plan = planContainer(platform, {
      image: this.image,
      command: container.command,
      args: container.args,
      env: {
        ...env,
        PORT: String(port),
        K_SERVICE: this.service,
        K_REVISION: this.name,
        K_CONFIGURATION: this.service,
      },
      tools: platform.tools.withoutAny(),
    });
    platform.recordRewrites([
      { where, name: "PORT", from: String(containerPort), to: "a free port" },
    ]);
    const process = await platform.processes.start({ ...plan, onLine: writeLog });
    this.process = process;
    platform.emit({
      type: "revision-started",
      service: this.service,
      revision: this.name,
      pid: process.pid,
    });
    const ended = new AbortController();
    const exited = process.exited.then((code) => {
      ended.abort();
      this.onExit(process);
      return code;
    });
    const ports = { container: containerPort, local: port };
    const isUp = await waitForStartup(container.startupProbe, ports, ended.signal);
    if (isUp) {
      this.instance = { port, process };
      this.retryMs = 1000;
      return this.instance;
    }
    if (ended.signal.aborted) this.failure = exitFailure(await exited);
    else {
      const isConfigured = container.startupProbe !== undefined;
      const why = await startupFailure(container.startupProbe, ports);
      this.failure = `${probeFailure(containerPort, isConfigured)} ${why}`;
    }
    await process.stop(FAILED_GRACE_MS);
    return null;
  }

  /** Cloud Run replaces an instance that has ended, slower each time. */
  private onExit(process: RunningProcess): void {
    const { service, name: revision } = this;
    this.platform.emit({ type: "revision-stopped", service, revision, pid: process.pid });
    if (this.process === process) this.process = null;
    if (this.instance?.process !== process) return;
    this.instance = null;
    if (!this.stopping) this.postpone();
  }

  private stopping = false;

  /** Ends the process; the next request starts another. */
  async stop(): Promise<void> {
    const { process } = this;
    if (process === null) return;
    this.stopping = true;
    this.instance = null;
    await process.stop(GRACE_MS);
    this.stopping = false;
  }

  toJson(): Record<string, unknown> {
    const { name, service, template, createdAt, ready } = this;
    return {
      apiVersion: "serving.knative.dev/v1",
      kind: "Revision",
      metadata: {
        name,
        namespace: this.platform.project,
        creationTimestamp: createdAt,
        labels: { ...template.metadata.labels, "serving.knative.dev/service": service },
        annotations: { ...template.metadata.annotations },
      },
      spec: template.spec,
      status: { observedGeneration: 1, conditions: [ready] },
    };
  }
}

function probeFailure(port: number, isConfigured: boolean): string {
  return isConfigured
    ? "The user-provided container failed the configured startup probe checks."
    : `The user-provided container failed to start and listen on the port defined provided by the PORT=${port} environment variable within the allocated timeout.`;
}

function exitFailure(code: number): string {
  return `The user-provided container failed the configured startup probe checks. Container called exit(${code}).`;
}
