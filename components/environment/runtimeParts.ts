import type * as pulumi from "@pulumi/pulumi";

import type { MigratedServiceArgs, RuntimeConnectionArgs } from "../args";
import { backsUpBefore } from "./backsUpBefore";
import type { Base } from "./baseParts";
import { ContainerService } from "../containerService";
import { Connectivity, DatabaseAccess } from "../core/choices";
import type { Data } from "./dataParts";
import { defined } from "../defined";
import { ImageRepository } from "../imageRepository";
import { MigrationJob } from "../migrationJob";
import { ownerRoleOf } from "./ownerRole";
import { RolesJob } from "../rolesJob";
import type { SecretVersionArgs } from "../secretVersionArgs";
import { Worker } from "../worker";

/** What a release changes. */
export interface Runtime {
  service: ContainerService;
  images: ImageRepository;
  /** By their names here. */
  workers: Record<string, Worker>;
  /** Only in `CloudRunJob`. */
  job?: MigrationJob;
  /** Prepares and checks roles for a command; only in `CloudRunJob`. */
  rolesJob?: RolesJob;
}

export function createRuntime(base: Base, data: Data): Runtime {
  const { name, args, accounts, connectivity, place } = base;
  const { project, namePrefix, region, labels } = place;
  const isJob = connectivity === Connectivity.CloudRunJob;
  return {
    service: createService(base, data),
    images: new ImageRepository(
      `${name}-images`,
      {
        ...defined({ project, labels, existing: args.build?.imageRepository }),
        namePrefix,
        region,
        writers: { build: accounts.buildEmail },
      },
      base.options,
    ),
    workers: createWorkers(base, data),
    ...(isJob && { job: createJob(base, data) }),
    ...(isJob && base.hasCommand && { rolesJob: createRolesJob(base, data) }),
  };
}

/** What service, workers and jobs have in common. */
function runArgs({ place, accounts, network, deletionProtection }: Base): typeof place & {
  releasedBy: pulumi.Output<string>;
  network?: pulumi.Output<string>;
  subnetwork?: pulumi.Output<string>;
  deletionProtection: boolean;
} {
  return {
    ...place,
    releasedBy: accounts.buildEmail,
    ...(network !== undefined && {
      network: network.networkId,
      subnetwork: network.subnetworkId,
    }),
    deletionProtection,
  };
}

function createService(base: Base, data: Data): ContainerService {
  // What decides about others than the service itself is no argument of its component.
  const notItsOwn = { workers: undefined, databaseAccess: undefined, serviceAccount: undefined };
  return new ContainerService(
    `${base.name}-service`,
    {
      ...defined({ ...base.args.service, ...notItsOwn }),
      ...runArgs(base),
      serviceAccount: base.accounts.runtimeEmail,
      secrets: secretsOf(base, data.secrets, ({ toRuntime }) => toRuntime !== false),
      connection: runtimeConnection(base, data),
    },
    base.options,
  );
}

function createWorkers(base: Base, data: Data): Record<string, Worker> {
  const { workers = {}, env = {}, placeholderImage } = base.args.service ?? {};
  const made = Object.entries(workers).map(([workerName, worker]) => [
    workerName,
    new Worker(
      `${base.name}-worker-${workerName}`,
      {
        ...worker,
        workerName,
        env: { ...env, ...worker.env },
        ...defined({ placeholderImage }),
        ...runArgs(base),
        serviceAccount: base.accounts.runtimeEmail,
        secrets: secretsOf(base, data.secrets, ({ toRuntime }) => toRuntime !== false),
        connection: runtimeConnection(base, data),
      },
      base.options,
    ),
  ]);
  return Object.fromEntries(made) as Record<string, Worker>;
}

function runtimeConnection(
  { args, access }: Base,
  { database, secrets, connectionSecrets }: Data,
): RuntimeConnectionArgs {
  const { environmentNames, passwordGeneration } = args.database ?? {};
  return {
    connectionName: database.connectionName,
    database: database.databaseName,
    user: database.runtimeUser,
    ...(access === DatabaseAccess.Direct && { host: database.privateIpAddress }),
    ...defined({
      password: secrets.runtimePasswordSecret,
      passwordGeneration,
      environmentNames,
      secrets: connectionSecrets?.runtime,
    }),
  };
}

function createJob(base: Base, data: Data): MigrationJob {
  const { args, hasCommand } = base;
  const { directory, taskTimeoutSeconds, command } = args.migration ?? {};
  const { extensions, environmentNames } = args.database ?? {};
  return new MigrationJob(
    `${base.name}-migration`,
    {
      ...runArgs(base),
      ...migratorArgs(base, data),
      ...defined({ directory, taskTimeoutSeconds, extensions }),
      ...defined({ placeholderImage: args.service?.placeholderImage }),
      backupBefore: backsUpBefore(args),
      ...(hasCommand && {
        ...defined({ command, environmentNames }),
        ...defined({ connectionSecrets: data.connectionSecrets?.migration }),
      }),
      secrets: secretsOf(base, data.secrets, ({ toMigration }) => toMigration === true),
    },
    base.options,
  );
}

function createRolesJob(base: Base, data: Data): RolesJob {
  return new RolesJob(
    `${base.name}-roles`,
    {
      ...runArgs(base),
      ...migratorArgs(base, data),
      ...defined({ extensions: base.args.database?.extensions }),
    },
    base.options,
  );
}

/** Who migrates, and in whose name. */
function migratorArgs({ name, args, accounts, hasCommand }: Base, { database, secrets }: Data) {
  return {
    serviceAccount: accounts.migratorEmail,
    ownerRole: ownerRoleOf(name, args),
    runtimeRole: database.runtimeUser,
    connection: {
      connectionName: database.connectionName,
      database: database.databaseName,
      user: database.migratorUser,
      ...(hasCommand && { host: database.privateIpAddress }),
      ...defined({ password: secrets.migratorPasswordSecret }),
    },
  };
}

/** The named secrets that one of the two readers gets. */
export function secretsOf<T extends SecretVersionArgs>(
  { args }: Base,
  { named }: { named: Record<string, T> },
  isFor: (secret: NonNullable<MigratedServiceArgs["secrets"]>[string]) => boolean,
): Record<string, T> {
  const wanted = Object.entries(args.secrets ?? {}).filter(([, secret]) => isFor(secret));
  return defined(Object.fromEntries(wanted.map(([name]) => [name, named[name]])));
}
