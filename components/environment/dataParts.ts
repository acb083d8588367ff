import type * as pulumi from "@pulumi/pulumi";

import type { DatabaseUserArgs } from "../args";
import { backsUpBefore } from "./backsUpBefore";
import type { Base } from "./baseParts";
import { PROXY_HOST as BUILD_PROXY_HOST, PROXY_PORT as BUILD_PROXY_PORT } from "../build/connect";
import { ConnectionSecrets } from "../connectionSecrets";
import { DATABASE_PORT, PROXY_HOST } from "../cloudRun/containers";
import { Connectivity, DatabaseAccess } from "../core/choices";
import { connectionSettings, plainTcpClients } from "../core/connectionSettings";
import { DatabaseSecrets } from "../databaseSecrets";
import { defined } from "../defined";
import { PostgresDatabase } from "../postgresDatabase";
import { PostgresInstance } from "../postgresInstance";
import type { DatabaseParts } from "../database/databaseParts";
import { pinnedGuard, type Guard } from "./pinnedGuard";

/** The database and what is needed to log in to it. */
export interface Data {
  database: DatabaseParts & pulumi.ComponentResource;
  secrets: DatabaseSecrets;
  /** Only when all five connection variables are secrets. */
  connectionSecrets?: ConnectionSecrets;
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
  // When a step migrates, Cloud Build itself reads what the step names in `secretEnv`.
  const migrationReader =
    connectivity === Connectivity.CloudRunJob ? accounts.migratorEmail : accounts.buildEmail;
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
      // Our own tool is told user and database by the document: only a command reads them as secrets.
      ...(base.hasCommand && {
        migrationReader,
        migration: {
          user: database.migratorUser,
          ...migrationAddress(base, database),
          database: database.databaseName,
        },
      }),
      runtime: {
        user: database.runtimeUser,
        host: base.access === DatabaseAccess.Direct ? database.privateIpAddress : PROXY_HOST,
        port: DATABASE_PORT,
        database: database.databaseName,
      },
    },
    base.options,
  );
  return { secrets, database, connectionSecrets };
}

function migrationAddress(
  { connectivity }: Base,
  { privateIpAddress }: DatabaseParts,
): { host: pulumi.Input<string>; port: string } {
  return connectivity === Connectivity.CloudRunJob
    ? { host: privateIpAddress, port: DATABASE_PORT }
    : { host: BUILD_PROXY_HOST, port: BUILD_PROXY_PORT };
}

function createDatabase(base: Base, secrets: DatabaseSecrets): Data["database"] {
  const { name, args, connectivity, access, hasCommand } = base;
  const { existingInstance, login, name: databaseName, ...own } = args.database ?? {};
  const guard = pinnedGuard(base);
  const users = { ...defined({ databaseName, login }), ...usersOf(base, secrets, guard) };
  const clients = { connectivity, login: base.login, access, hasCommand };
  const isPublic = connectivity === Connectivity.BuildStep;
  if (existingInstance !== undefined) {
    return new PostgresDatabase(
      `${name}-database`,
      {
        namePrefix: name,
        instance: existingInstance,
        ...users,
        // In a network the service's proxy takes the private address, whatever the build takes.
        privateAddress: base.network !== undefined,
        publicAddress: isPublic,
        plainConnections: plainTcpClients(clients).length > 0,
        ...defined({ network: args.network?.network }),
      },
      base.options,
    );
  }
  const { version, edition, tier, highAvailability, diskSizeGb, backups, flags, queryInsights } =
    own;
  const { plainConnections } = own;
  return new PostgresInstance(
    `${name}-database`,
    {
      ...base.place,
      ...defined({ preset: args.preset, version, edition, tier, highAvailability, diskSizeGb }),
      ...defined({ backups, flags, queryInsights }),
      deletionProtection: base.deletionProtection,
      ...connectionSettings({ ...clients, plainConnections }),
      // A serving revision may need the settings as they are.
      ...(base.network !== undefined && { privateNetwork: guard(base.network.networkId) }),
      publiclyAccessible: args.network?.publicIp ?? false,
      ...users,
    },
    base.options,
  );
}

/** Both users, and who may take and read backups. */
function usersOf(
  base: Base,
  secrets: DatabaseSecrets,
  guard: Guard,
): {
  migrator: DatabaseUserArgs;
  runtime: DatabaseUserArgs;
  backupBefore: boolean;
  backupReader: pulumi.Input<string>;
} {
  const { args, accounts } = base;
  const user = (email: pulumi.Output<string>, password: pulumi.Output<string> | undefined) => ({
    serviceAccount: guard(email),
    ...(password !== undefined && { password: guard(password) }),
  });
  return {
    migrator: user(accounts.migratorEmail, secrets.migratorPassword),
    runtime: user(accounts.runtimeEmail, secrets.runtimePassword),
    backupBefore: backsUpBefore(args),
    backupReader: accounts.buildEmail,
  };
}
