import type { MigratedServiceArgs } from "./args";
import { ContainerService } from "./containerService";
import { Connectivity } from "./core/choices";
import type { DatabaseSecrets } from "./databaseSecrets";
import { defined } from "./defined";
import type { Base, Data } from "./environmentParts";
import { ImageRepository } from "./imageRepository";
import { MigrationJob } from "./migrationJob";
import type { SecretVersionArgs } from "./secretVersionArgs";

/** What a release changes. */
export interface Runtime {
  service: ContainerService;
  images: ImageRepository;
  /** Only in `CloudRunJob`. */
  job?: MigrationJob;
}

export function createRuntime(base: Base, data: Data): Runtime {
  const { name, accounts, connectivity, place } = base;
  const { project, namePrefix, region, labels } = place;
  return {
    service: createService(base, data),
    images: new ImageRepository(
      `${name}-images`,
      {
        ...defined({ project, labels }),
        namePrefix,
        region,
        writers: { build: accounts.buildEmail },
      },
      base.options,
    ),
    ...(connectivity === Connectivity.CloudRunJob && { job: createJob(base, data) }),
  };
}

function createService(
  base: Base,
  { database, secrets, connectionSecrets }: Data,
): ContainerService {
  const { args, accounts, network } = base;
  const { environmentNames, passwordGeneration } = args.database ?? {};
  return new ContainerService(
    `${base.name}-service`,
    {
      ...args.service,
      ...base.place,
      serviceAccount: accounts.runtimeEmail,
      releasedBy: accounts.buildEmail,
      network: network.networkId,
      subnetwork: network.subnetworkId,
      deletionProtection: base.deletionProtection,
      secrets: secretsOf(base, secrets, ({ toRuntime }) => toRuntime !== false),
      connection: {
        connectionName: database.connectionName,
        database: database.databaseName,
        user: database.runtimeUser,
        ...defined({
          password: secrets.runtimePasswordSecret,
          passwordGeneration,
          environmentNames,
          secrets: connectionSecrets?.runtime,
        }),
      },
    },
    base.options,
  );
}

function createJob(base: Base, { database, secrets }: Data): MigrationJob {
  const { args, accounts, network } = base;
  const { directory, ownerRole, taskTimeoutSeconds } = args.migration ?? {};
  return new MigrationJob(
    `${base.name}-migration`,
    {
      ...base.place,
      serviceAccount: accounts.migratorEmail,
      releasedBy: accounts.buildEmail,
      network: network.networkId,
      subnetwork: network.subnetworkId,
      deletionProtection: base.deletionProtection,
      runtimeRole: database.runtimeUser,
      ...defined({ directory, ownerRole, taskTimeoutSeconds }),
      ...defined({ extensions: args.database?.extensions }),
      ...defined({ placeholderImage: args.service?.placeholderImage }),
      secrets: secretsOf(base, secrets, ({ toMigration }) => toMigration === true),
      connection: {
        connectionName: database.connectionName,
        database: database.databaseName,
        user: database.migratorUser,
        ...defined({ password: secrets.migratorPasswordSecret }),
      },
    },
    base.options,
  );
}

/** The named secrets that one of the two readers gets. */
function secretsOf(
  { args }: Base,
  { named }: DatabaseSecrets,
  isFor: (secret: NonNullable<MigratedServiceArgs["secrets"]>[string]) => boolean,
): Record<string, SecretVersionArgs> {
  const wanted = Object.entries(args.secrets ?? {}).filter(([, secret]) => isFor(secret));
  return defined(Object.fromEntries(wanted.map(([name]) => [name, named[name]]))) as Record<
    string,
    SecretVersionArgs
  >;
}
