import * as pulumi from "@pulumi/pulumi";

import type { PostgresDatabaseArgs } from "./args/postgresDatabase";
import { checkDatabaseUser, USER } from "./checks/checkDatabaseUser";
import { checkedArgs } from "./checks/checkedArgs";
import { Login } from "./core/choices";
import { checkConnectionName } from "./core/parseConnectionName";
import { checkDatabaseName } from "./core/databaseChecks";
import { sharedDatabaseName } from "./core/names";
import type { Violation } from "./core/violations";
import {
  createDatabaseParts,
  type DatabaseParts,
  type InstanceOutputs,
} from "./database/databaseParts";
import { readExistingInstance } from "./database/existingInstance";
import { EMAIL, EXISTING_NETWORK } from "./checks/memberChecks";
import {
  by,
  choice,
  flag,
  fromResource,
  group,
  hidden,
  required,
  text,
  type Members,
} from "./checks/shape";

const ARGS: Members<PostgresDatabaseArgs> = {
  // The pure checks take nothing for the default, and there is none.
  instance: required(fromResource(by((path, value) => checkConnectionName(path, value ?? null)))),
  namePrefix: text("a text that is not empty", /./, "empty-text"),
  databaseName: by(checkDatabaseName),
  login: choice(Login),
  migrator: required(group(USER, hidden)),
  runtime: required(group(USER, hidden)),
  backupBefore: flag(),
  backupReader: EMAIL,
  privateAddress: flag(),
  network: EXISTING_NETWORK,
  publicAddress: flag(),
  plainConnections: flag(),
};

/**
 * A database with its two users on a Cloud SQL instance that is there already, and who may connect
 * to it. The instance itself is only read. Database and users stay there when this is deleted.
 */
export class PostgresDatabase extends pulumi.ComponentResource implements DatabaseParts {
  /** The instance's name. This and the next three resolve once both users can log in. */
  readonly instanceName: pulumi.Output<string>;

  /** `{project}:{region}:{instance}`, as connectors want it. */
  readonly connectionName: pulumi.Output<string>;

  /** The instance's private address; empty when it has none. */
  readonly privateIpAddress: pulumi.Output<string>;

  /** The instance's public address; empty when it has none. */
  readonly publicIpAddress: pulumi.Output<string>;

  /** The database's name. */
  readonly databaseName: pulumi.Output<string>;

  /** The user that changes the schema. */
  readonly migratorUser: pulumi.Output<string>;

  /** The user of the service. */
  readonly runtimeUser: pulumi.Output<string>;

  constructor(name: string, args: PostgresDatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("cloud-run-migrations:index:PostgresDatabase", name, {}, opts);
    const checked = checkedArgs(this, ARGS, args, checkUsers);

    const prefix = checked.namePrefix ?? name;
    const stack = pulumi.getStack();
    const names = {
      database: checked.databaseName ?? sharedDatabaseName(prefix, stack),
      migrator: sharedDatabaseName(prefix, stack, "migrator"),
      runtime: sharedDatabaseName(prefix, stack, "runtime"),
      backupRoleOwner: "existingInstance",
    } as const;
    const parts = createDatabaseParts(name, checked, names, findInstance(checked, this), this);

    this.instanceName = parts.instanceName;
    this.connectionName = parts.connectionName;
    this.privateIpAddress = parts.privateIpAddress;
    this.publicIpAddress = parts.publicIpAddress;
    this.databaseName = parts.databaseName;
    this.migratorUser = parts.migratorUser;
    this.runtimeUser = parts.runtimeUser;
    this.registerOutputs({
      instanceName: this.instanceName,
      connectionName: this.connectionName,
      privateIpAddress: this.privateIpAddress,
      publicIpAddress: this.publicIpAddress,
      databaseName: this.databaseName,
      migratorUser: this.migratorUser,
      runtimeUser: this.runtimeUser,
    });
  }
}

function checkUsers({ login, migrator, runtime }: PostgresDatabaseArgs): Violation[] {
  return [
    ...checkDatabaseUser("migrator", migrator, login),
    ...checkDatabaseUser("runtime", runtime, login),
  ];
}

function findInstance(args: PostgresDatabaseArgs, component: PostgresDatabase): InstanceOutputs {
  const place = pulumi.all([args.instance, args.network]);
  const found = readExistingInstance(component, place, {
    login: args.login ?? Login.Password,
    privateAddress: args.privateAddress ?? false,
    publicAddress: args.publicAddress ?? false,
    plainConnections: args.plainConnections ?? false,
  });
  return {
    name: found.name,
    connectionName: found.connectionName,
    privateIpAddress: found.privateIpAddress,
    publicIpAddress: found.publicIpAddress,
    grantProject: found.project,
    project: found.project,
  };
}
