import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import type { PostgresInstanceArgs } from "./args";
import { checkedArgs } from "./checks/checkedArgs";
import { checkPostgresInstance, POSTGRES_INSTANCE } from "./checks/checkPostgresInstance";
import { databaseUserName, physicalName } from "./core/names";
import { DEFAULT_VERSION } from "./core/presets";
import { createDatabaseParts, type DatabaseParts } from "./database/databaseParts";
import { defined } from "./defined";
import { isDeletionProtected, renderInstanceSettings } from "./database/instanceSettings";

/** A Cloud SQL instance for PostgreSQL, its database, its two users, and who may connect to it. */
export class PostgresInstance extends pulumi.ComponentResource implements DatabaseParts {
  /** The instance's name. This and the next three resolve once both users can log in. */
  readonly instanceName: pulumi.Output<string>;

  /** `{project}:{region}:{instance}`, as connectors want it. */
  readonly connectionName: pulumi.Output<string>;

  /** The private address; empty without a private network. */
  readonly privateIpAddress: pulumi.Output<string>;

  /** The public address; empty unless publicly accessible. */
  readonly publicIpAddress: pulumi.Output<string>;

  /** The database's name. */
  readonly databaseName: pulumi.Output<string>;

  /** The user that changes the schema. */
  readonly migratorUser: pulumi.Output<string>;

  /** The user of the service. */
  readonly runtimeUser: pulumi.Output<string>;

  constructor(name: string, args: PostgresInstanceArgs, opts?: pulumi.ComponentResourceOptions) {
    const protection = isDeletionProtected(args) ? { protect: true } : {};
    super("cloud-run-migrations:index:PostgresInstance", name, {}, { ...protection, ...opts });
    const checked = checkedArgs(this, POSTGRES_INSTANCE, args, checkPostgresInstance);

    const instance = createInstance(name, checked, this);
    const prefix = checked.namePrefix ?? name;
    const parts = createDatabaseParts(
      name,
      checked,
      {
        database: checked.databaseName ?? "app",
        migrator: databaseUserName(prefix, "migrator"),
        runtime: databaseUserName(prefix, "runtime"),
        backupRoleOwner: "ownInstance",
      },
      {
        name: instance.name,
        connectionName: instance.connectionName,
        privateIpAddress: instance.privateIpAddress,
        publicIpAddress: instance.publicIpAddress,
        grantProject: checked.project ?? instance.project,
        ...defined({ project: checked.project }),
      },
      this,
    );

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
      databaseName: this.databaseName,
      migratorUser: this.migratorUser,
      runtimeUser: this.runtimeUser,
    });
  }
}

/**
 * Its physical name is Pulumi's autoname: the logical name and seven random characters, for Google
 * blocks the name of a deleted instance for a week. So the logical name has to be legal itself.
 */
function createInstance(
  name: string,
  args: PostgresInstanceArgs,
  parent: PostgresInstance,
): gcp.sql.DatabaseInstance {
  const parts = { name: args.namePrefix ?? name, stack: pulumi.getStack() };
  return new gcp.sql.DatabaseInstance(
    physicalName("sqlInstance", parts),
    {
      region: args.region,
      databaseVersion: args.version ?? DEFAULT_VERSION,
      deletionProtection: isDeletionProtected(args),
      settings: renderInstanceSettings(args),
      ...defined({ project: args.project }),
    },
    {
      parent,
      // The disk grows by itself; a smaller size in the program would replace the instance.
      ignoreChanges: ["settings.diskSize"],
    },
  );
}
