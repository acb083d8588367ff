import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

import type { DatabaseUserArgs } from "../args";
import type { BackupRoleOwner } from "../core/backupRole";
import { Login } from "../core/choices";
import { iamUserName } from "../core/databaseChecks";
import { createDatabaseGrants } from "./databaseGrants";

/** What others need of a database, whoever made the instance that it is on. */
export interface DatabaseParts {
  readonly instanceName: pulumi.Output<string>;
  readonly connectionName: pulumi.Output<string>;
  readonly privateIpAddress: pulumi.Output<string>;
  readonly publicIpAddress: pulumi.Output<string>;
  readonly databaseName: pulumi.Output<string>;
  readonly migratorUser: pulumi.Output<string>;
  readonly runtimeUser: pulumi.Output<string>;
}

/** The instance that they are made on. */
export interface InstanceOutputs {
  name: pulumi.Output<string>;
  connectionName: pulumi.Output<string>;
  privateIpAddress: pulumi.Output<string>;
  publicIpAddress: pulumi.Output<string>;
  /** The project that knows the grants. */
  grantProject: pulumi.Input<string>;
  /** The project as database and users are told it; left out for the provider's. */
  project?: pulumi.Input<string>;
}

/** Arguments that are the same on every instance. */
export interface DatabasePartsArgs {
  namePrefix?: string;
  login?: Login;
  migrator: DatabaseUserArgs;
  runtime: DatabaseUserArgs;
  backupBefore?: boolean;
  backupReader?: pulumi.Input<string>;
}

/** Names that depend on whether others use the instance too. */
export interface DatabaseNames {
  database: string;
  migrator: string;
  runtime: string;
  backupRoleOwner: BackupRoleOwner;
}

/**
 * A user that the API makes is in `cloudsqlsuperuser` unless its request names roles. The migrator
 * needs it to make the owner role. The runtime gets a role that lets it do nothing by itself.
 */
const DATABASE_ROLES = { migrator: "cloudsqlsuperuser", runtime: "pg_stat_scan_tables" } as const;

/** Makes the database, its two users, and who may connect to it. */
export function createDatabaseParts(
  name: string,
  args: DatabasePartsArgs,
  names: DatabaseNames,
  instance: InstanceOutputs,
  parent: pulumi.ComponentResource,
): DatabaseParts {
  const database = new gcp.sql.Database(
    `${name}-database`,
    {
      name: names.database,
      instance: instance.name,
      // With an instance of its own it goes with that, and alone it could not go: the service is
      // connected to it. On somebody else's instance it holds what nobody said to delete.
      deletionPolicy: "ABANDON",
      ...projectOf(instance),
    },
    { parent },
  );
  const migrator = createUser("migrator", name, args, names, instance, parent);
  const runtime = createUser("runtime", name, args, names, instance, parent);
  const grants = createDatabaseGrants(name, args, names.backupRoleOwner, instance, parent);

  const ready = pulumi.all([database, migrator, runtime, ...grants].map(({ id }) => id));
  const whenReady = (text: pulumi.Output<string>) =>
    pulumi.all([text, ready]).apply(([value]) => value);
  return {
    instanceName: whenReady(instance.name),
    connectionName: whenReady(instance.connectionName),
    privateIpAddress: whenReady(instance.privateIpAddress),
    publicIpAddress: whenReady(instance.publicIpAddress),
    databaseName: database.name,
    migratorUser: migrator.name,
    runtimeUser: runtime.name,
  };
}

function createUser(
  role: "migrator" | "runtime",
  name: string,
  args: DatabasePartsArgs,
  names: DatabaseNames,
  instance: InstanceOutputs,
  parent: pulumi.ComponentResource,
): gcp.sql.User {
  const user = args[role];
  const login =
    args.login === Login.Iam
      ? {
          type: "CLOUD_IAM_SERVICE_ACCOUNT",
          name: pulumi.output(user.serviceAccount).apply(iamUserName),
        }
      : {
          type: "BUILT_IN",
          name: user.name ?? names[role],
          ...(user.password === undefined ? {} : { password: pulumi.secret(user.password) }),
        };
  return new gcp.sql.User(
    `${name}-${role}-user`,
    {
      ...login,
      instance: instance.name,
      databaseRoles: [DATABASE_ROLES[role]],
      // PostgreSQL drops no role that something depends on.
      deletionPolicy: "ABANDON",
      ...projectOf(instance),
    },
    { parent },
  );
}

function projectOf({ project }: InstanceOutputs): { project?: pulumi.Input<string> } {
  return project === undefined ? {} : { project };
}
