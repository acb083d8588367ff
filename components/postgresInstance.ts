import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import type { PostgresInstanceArgs } from "./args";
import { checkedArgs } from "./checkedArgs";
import { checkPostgresInstance, POSTGRES_INSTANCE } from "./checkPostgresInstance";
import { Login } from "./core/choices";
import { iamUserName } from "./core/databaseChecks";
import { databaseUserName, physicalName } from "./core/names";
import { DEFAULT_VERSION } from "./core/presets";
import { grantsAt, instanceCondition, type Grant } from "./core/roleMatrix";
import { isDeletionProtected, renderInstanceSettings } from "./instanceSettings";

/** A Cloud SQL instance for PostgreSQL, its database, its two users, and who may connect to it. */
export class PostgresInstance extends pulumi.ComponentResource {
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
    const database = new gcp.sql.Database(
      `${name}-database`,
      {
        name: checked.databaseName ?? "app",
        instance: instance.name,
        // It goes with the instance. Alone it could not go: the service is connected to it.
        deletionPolicy: "ABANDON",
        ...projectOf(checked),
      },
      { parent: this },
    );
    const migrator = createUser("migrator", name, checked, instance, this);
    const runtime = createUser("runtime", name, checked, instance, this);
    const grants = createGrants(name, checked, instance, this);

    const ready = pulumi.all([database, migrator, runtime, ...grants].map(({ id }) => id));
    const whenReady = (text: pulumi.Output<string>) =>
      pulumi.all([text, ready]).apply(([value]) => value);
    this.instanceName = whenReady(instance.name);
    this.connectionName = whenReady(instance.connectionName);
    this.privateIpAddress = whenReady(instance.privateIpAddress);
    this.publicIpAddress = whenReady(instance.publicIpAddress);
    this.databaseName = database.name;
    this.migratorUser = migrator.name;
    this.runtimeUser = runtime.name;
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
      ...projectOf(args),
    },
    {
      parent,
      // The disk grows by itself; a smaller size in the program would replace the instance.
      ignoreChanges: ["settings.diskSize"],
    },
  );
}

/**
 * A user that the API makes is in `cloudsqlsuperuser` unless its request names roles. The migrator
 * needs it to make the owner role. The runtime gets a role that lets it do nothing by itself.
 */
const DATABASE_ROLES = { migrator: "cloudsqlsuperuser", runtime: "pg_stat_scan_tables" } as const;

function createUser(
  role: "migrator" | "runtime",
  name: string,
  args: PostgresInstanceArgs,
  instance: gcp.sql.DatabaseInstance,
  parent: PostgresInstance,
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
          name: user.name ?? databaseUserName(args.namePrefix ?? name, role),
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
      ...projectOf(args),
    },
    { parent },
  );
}

function createGrants(
  name: string,
  args: PostgresInstanceArgs,
  instance: gcp.sql.DatabaseInstance,
  parent: PostgresInstance,
): gcp.projects.IAMMember[] {
  const project = pulumi.output(args.project ?? instance.project);
  const condition = pulumi.all([project, instance.name]).apply(([id, instanceName]) => {
    return instanceCondition(id, instanceName);
  });
  // Where the migrations run does not matter at the instance.
  const options = { connectivity: "CloudRunJob", login: args.login ?? Login.Password } as const;
  return grantsAt("instance", options).map((grant) => {
    const { serviceAccount } = grant.account === "migrator" ? args.migrator : args.runtime;
    return new gcp.projects.IAMMember(
      `${name}-${grant.account}-${shortRole(grant)}`,
      {
        project,
        role: grant.role,
        member: pulumi.interpolate`serviceAccount:${serviceAccount}`,
        condition,
      },
      { parent },
    );
  });
}

/** `roles/cloudsql.client` → `cloudsql.client` */
function shortRole({ role }: Grant): string {
  return role.replace("roles/", "");
}

function projectOf({ project }: PostgresInstanceArgs): { project?: pulumi.Input<string> } {
  return project === undefined ? {} : { project };
}
