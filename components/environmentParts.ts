import * as pulumi from "@pulumi/pulumi";

import type { MigratedServiceArgs } from "./args";
import { PROXY_HOST as BUILD_PROXY_HOST, PROXY_PORT as BUILD_PROXY_PORT } from "./build/connect";
import { ConnectionSecrets } from "./connectionSecrets";
import { PROXY_HOST, PROXY_PORT } from "./containers";
import { serviceNameOf } from "./containerService";
import { Connectivity, DatabaseAccess, Login } from "./core/choices";
import { connectionSettings } from "./core/connectionSettings";
import { DatabaseSecrets } from "./databaseSecrets";
import { defined } from "./defined";
import { isDeletionProtected } from "./instanceSettings";
import { readLiveService, rotationRefusal } from "./liveService";
import { PostgresInstance } from "./postgresInstance";
import { PrivateNetwork } from "./privateNetwork";
import { ServiceAccounts } from "./serviceAccounts";
import { ServiceApis } from "./serviceApis";
import { applyThrowing, resourceError } from "./resourceError";

/** Where everything is made, and what everything else stands on. */
export interface Base {
  name: string;
  args: MigratedServiceArgs;
  parent: pulumi.ComponentResource;
  connectivity: Connectivity;
  login: Login;
  deletionProtection: boolean;
  /** Arguments that every part takes. */
  place: {
    namePrefix: string;
    region: pulumi.Input<string>;
    project?: pulumi.Input<string>;
    labels?: Record<string, pulumi.Input<string>>;
  };
  /** Options of every part: after the APIs are enabled. */
  options: pulumi.ComponentResourceOptions;
  accounts: ServiceAccounts;
  network: PrivateNetwork;
}

/** The database and what is needed to log in to it. */
export interface Data {
  database: PostgresInstance;
  secrets: DatabaseSecrets;
  /** Only when all five connection variables are secrets. */
  connectionSecrets?: ConnectionSecrets;
}

/** Whether nothing may be deleted. Looks at arguments that nobody has checked yet. */
export function isProtected(args: MigratedServiceArgs | undefined): boolean {
  return isDeletionProtected({
    deletionProtection: args?.database?.deletionProtection,
    preset: args?.preset,
  });
}

export function createBase(
  name: string,
  args: MigratedServiceArgs,
  parent: pulumi.ComponentResource,
): Base {
  const { project, region, labels, network = {} } = args;
  const connectivity = args.migration?.connectivity ?? Connectivity.CloudRunJob;
  const projectArgs = defined({ project });
  const apis =
    args.enableApis === false
      ? []
      : [new ServiceApis(`${name}-apis`, { ...projectArgs }, { parent })];
  const options = { parent, dependsOn: apis };
  return {
    name,
    args,
    parent,
    connectivity,
    login: args.database?.login ?? Login.Password,
    deletionProtection: isProtected(args),
    place: { namePrefix: name, region, ...defined({ project, labels }) },
    options,
    accounts: new ServiceAccounts(
      `${name}-accounts`,
      { ...projectArgs, namePrefix: name, connectivity },
      options,
    ),
    // Always there, in `BuildStep` too: an instance that once had a private address cannot lose it,
    // so changing the connectivity would replace the database.
    network: new PrivateNetwork(
      `${name}-network`,
      {
        ...projectArgs,
        region,
        namePrefix: name,
        ...defined({ network: network.network, subnetwork: network.subnetwork }),
      },
      options,
    ),
  };
}

export function createData(base: Base): Data {
  const { name, args, accounts, connectivity, login } = base;
  const { passwordGeneration = 1 } = args.database ?? {};
  const { project, namePrefix, labels } = base.place;
  const shared = {
    ...defined({ project, labels }),
    namePrefix,
    runtimeReader: accounts.runtimeEmail,
  };
  // In `BuildStep` Cloud Build itself reads what a step names in `secretEnv`.
  const migrationReader =
    connectivity === Connectivity.BuildStep ? accounts.buildEmail : accounts.migratorEmail;
  const secrets = new DatabaseSecrets(
    `${name}-secrets`,
    {
      ...shared,
      migrationReader,
      ...defined({ secrets: args.secrets }),
      login,
      passwordGeneration,
    },
    base.options,
  );
  const database = createDatabase(base, secrets);
  if (args.database?.environmentAsSecrets !== true) return { secrets, database };
  const connectionSecrets = new ConnectionSecrets(
    `${name}-connection`,
    {
      ...shared,
      ...(readsConnection(base) && {
        migrationReader,
        migration: {
          user: database.migratorUser,
          host: BUILD_PROXY_HOST,
          port: BUILD_PROXY_PORT,
          database: database.databaseName,
        },
      }),
      runtime: {
        user: database.runtimeUser,
        host: PROXY_HOST,
        port: PROXY_PORT,
        database: database.databaseName,
      },
    },
    base.options,
  );
  return { secrets, database, connectionSecrets };
}

/** Our own tool is told user and database by the document: only a command reads them as secrets. */
function readsConnection({ connectivity, args }: Base): boolean {
  return connectivity === Connectivity.BuildStep && (args.migration?.command ?? []).length > 0;
}

function createDatabase(base: Base, secrets: DatabaseSecrets): PostgresInstance {
  const { args, accounts, network, connectivity, login } = base;
  const { name: databaseName, ...database } = args.database ?? {};
  const { tlsMode, connectorEnforcement } = connectionSettings({
    connectivity,
    login,
    access: DatabaseAccess.Sidecar,
    hasCommand: (args.migration?.command ?? []).length > 0,
  });
  const { version, edition, tier, highAvailability, diskSizeGb, backups, flags, queryInsights } =
    database;
  const afterGuard = rotationGuard(base);
  return new PostgresInstance(
    `${base.name}-database`,
    {
      ...base.place,
      ...defined({ preset: args.preset, version, edition, tier, highAvailability, diskSizeGb }),
      ...defined({ backups, flags, queryInsights, databaseName }),
      deletionProtection: base.deletionProtection,
      tlsMode,
      connectorEnforcement,
      privateNetwork: network.networkId,
      publiclyAccessible: args.network?.publicIp ?? false,
      login,
      migrator: {
        serviceAccount: accounts.migratorEmail,
        ...defined({ password: afterGuard(secrets.migratorPassword) }),
      },
      runtime: {
        serviceAccount: accounts.runtimeEmail,
        ...defined({ password: afterGuard(secrets.runtimePassword) }),
      },
    },
    base.options,
  );
}

/**
 * Holds new passwords back until it is known that the service can take them: while its traffic is
 * pinned, the serving revision keeps the old ones, and would lose its login.
 */
function rotationGuard({
  name,
  args,
  parent,
  login,
  place,
}: Base): (password: pulumi.Output<string> | undefined) => pulumi.Output<string> | undefined {
  if (login === Login.Iam) return (password) => password;
  const service = serviceNameOf(name);
  const generation = args.database?.passwordGeneration ?? 1;
  const { project, region } = place;
  const live = readLiveService(parent, { project, region, name: service });
  const guard = applyThrowing(live, (found) => {
    const refusal = rotationRefusal(service, found, generation);
    if (refusal !== undefined) throw resourceError(refusal, parent);
    return true;
  });
  return (password) => password && pulumi.all([password, guard]).apply(([text]) => text);
}
