import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  type PostgresServer,
  createApiUser,
  createCloudSqlLayout,
  createDatabase,
  startWatchdog,
} from "../../migrate";
import { Builds } from "./builds";
import type { ContainerImage } from "./container";
import { createDocker } from "./docker/docker";
import { type Environment, type EnvironmentInventory, readEnvironment } from "./environment";
import type { CloudEvent, Rewrite } from "./events";
import type { CloudState } from "./gcloud/context";
import { createGcloud } from "./gcloud/gcloud";
import { createPlatform } from "./createPlatform";
import { Job } from "./job";
import { type ServiceSpec, ingressContainer, isPostgresImage, workContainer } from "./knative";
import type { Platform } from "./platform";
import { endProcesses } from "./processList";
import { Processes } from "./processes";
import { createPsql, pgIsReady } from "./psql/psql";
import { Service } from "./service";
import { WorkerPool } from "./workerPool";

export interface CloudOptions {
  /** What the environment consists of. */
  inventory: EnvironmentInventory;

  /** A server without Cloud SQL's roles: they, databases and users are made here. */
  postgres: PostgresServer;

  /** Everything is written below it; what was written goes with `close`. */
  folder: string;

  /** @default - nobody is told */
  onEvent?: (event: CloudEvent) => void;

  /** @default "example-project" */
  project?: string;

  /** @default "europe-west1" */
  region?: string;
}

/** The stand-in for one Google Cloud project. */
export interface Cloud extends CloudState {
  /** Where the first service of the inventory answers. */
  routerUrl: string;

  /** Where a service answers. */
  url(service: string): string;

  /** Names of the revisions that have traffic and a process, joined by commas; null when none has. */
  serving(service: string): string | null;

  /** What a service's router counted. */
  requests(service: string): { served: number; failed: number };

  /** Every variable that is another here than on Google Cloud. */
  rewrites: readonly Rewrite[];

  /** How images differ from really built ones. */
  notes: readonly string[];

  /** Hides every secret of this cloud. */
  redact(text: string): string;

  /** Processes that were started here and have not ended. */
  processes(): number[];

  /** Ends everything and removes what was written. Safe to call again. */
  close(): Promise<void>;
}

/** Makes a cloud with all that the inventory describes; its services answer with a placeholder. */
export async function createCloud(options: CloudOptions): Promise<Cloud> {
  const environment = readEnvironment(options.inventory);
  const rewrites: Rewrite[] = [];
  const watchdog = startWatchdog();
  const folder = join(options.folder, "cloud");
  watchdog.watchFolder(folder);
  const platform = createPlatform(
    { ...options, folder },
    environment,
    rewrites,
    new Processes(watchdog),
  );
  const state = createState(platform);
  const close = once(async () => {
    const programs = [...state.services.values(), ...state.workerPools.values()];
    await Promise.all(programs.map((program) => program.close()));
    await platform.processes.stopAll(2000);
    await endProcesses(folder); // daemons of services and jobs
    await platform.tools.close();
    await platform.doors.close();
    await platform.sqlAdmin.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    await watchdog.close();
  });
  try {
    for (const path of [platform.home, platform.temporary]) await mkdir(path, { recursive: true });
    await platform.tools.listen({
      docker: createDocker(platform),
      gcloud: createGcloud(state),
      psql: createPsql(platform.redactor),
      pg_isready: pgIsReady,
    });
    await platform.doors.open();
    await platform.sqlAdmin.listen();
    await createDatabases(options.postgres, environment);
    for (const job of environment.jobs) {
      const { image } = workContainer(`job ${job.name}`, job.containers);
      state.jobs.set(job.name, new Job(platform, job, state.findImage(image)));
    }
    for (const pool of environment.workerPools) {
      state.workerPools.set(pool.name, new WorkerPool(platform, pool));
    }
    for (const service of environment.services) {
      const { image } = ingressContainer(service.template.spec.containers);
      await state.createService(service, state.findImage(image) ?? PLACEHOLDER);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { ...state, ...createView(platform, state, rewrites), close };
}

const PLACEHOLDER: ContainerImage = { kind: "placeholder" };

function createState(platform: Platform): CloudState {
  const services = new Map<string, Service>();
  return {
    platform,
    services,
    jobs: new Map(),
    workerPools: new Map(),
    builds: new Builds(platform.project, platform.region),
    findImage(reference) {
      if (isPostgresImage(reference)) return { kind: "postgres" };
      const image = platform.registry.find(reference);
      return image === null ? null : { kind: "built", image };
    },
    async createService(spec: ServiceSpec, image) {
      const service = new Service(platform, spec);
      services.set(spec.name, service);
      await service.create(image);
      return service;
    },
  };
}

async function createDatabases(server: PostgresServer, environment: Environment): Promise<void> {
  await createCloudSqlLayout(server);
  for (const name of environment.databases) {
    if (name !== "postgres") await createDatabase(server, name);
  }
  for (const user of environment.users) await createApiUser(server, user);
}

function createView(
  platform: Platform,
  state: CloudState,
  rewrites: readonly Rewrite[],
): Omit<Cloud, keyof CloudState | "close"> {
  const service = (name: string): Service => {
    const found = state.services.get(name);
    if (found !== undefined) return found;
    const names = [...state.services.keys()].join(", ");
    throw new Error(`service: expected one of ${names}, got ${name}`);
  };
  return {
    routerUrl: [...state.services.values()][0]?.router.url ?? "",
    url: (name) => service(name).router.url,
    serving: (name) => service(name).serving(),
    requests: (name) => ({ ...service(name).router.requests }),
    rewrites,
    notes: platform.registry.notes,
    redact: (text) => platform.redactor.redact(text),
    processes: () => platform.processes.alive(),
  };
}

function once(action: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | undefined;
  return () => (result ??= action());
}
