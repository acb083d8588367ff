import * as pulumi from "@pulumi/pulumi";
import { checkLabels, checkProject } from "./core/cloudChecks";
import type { Violation } from "./core/violations";
import { createPinnedSecret, type SecretReference, type SecretScope } from "./pinnedSecret";
import { throwIfInvalid } from "./throwIfInvalid";

/** One connection, but for its password. */
export interface ConnectionSetArgs {
  /** The database user. */
  user: pulumi.Input<string>;

  /** The host, as whoever connects sees it. */
  host: pulumi.Input<string>;

  /** The port, as text. */
  port: pulumi.Input<string>;

  /** The database's name. */
  database: pulumi.Input<string>;
}

export interface ConnectionSecretsArgs {
  /**
   * Project ID. A change replaces the secrets.
   *
   * @default - the provider's project
   */
  project?: pulumi.Input<string>;

  /**
   * First part of the secrets' IDs, before the stack. A change replaces the secrets.
   *
   * @default - the component's name
   */
  namePrefix?: string;

  /**
   * Labels of the secrets.
   *
   * @default - none
   */
  labels?: Record<string, pulumi.Input<string>>;

  /**
   * The migration's connection, with `migrationReader`.
   *
   * @default - only the service's is kept
   */
  migration?: ConnectionSetArgs;

  /** The service's connection: another user, and mostly another host. */
  runtime: ConnectionSetArgs;

  /**
   * Email of the account that reads the migration's set: the build in `BuildStep`.
   *
   * @default - none; needed with `migration`
   */
  migrationReader?: pulumi.Input<string>;

  /** Email of the account that the service runs as. */
  runtimeReader: pulumi.Input<string>;
}

/** Where one connection is kept, but for its password, which `DatabaseSecrets` keeps. */
export interface ConnectionSetReferences {
  /** The secret with the database user. */
  user: SecretReference;

  /** The secret with the host. */
  host: SecretReference;

  /** The secret with the port. */
  port: SecretReference;

  /** The secret with the database's name. */
  database: SecretReference;
}

/**
 * Keeps user, host, port and database in Secret Manager too, for programs that expect all five
 * variables of a connection to be secrets. There are two sets, for migration and service differ in
 * user and host.
 */
export class ConnectionSecrets extends pulumi.ComponentResource {
  /** The migration's set, when there is one. Resolves once the migration may read it. */
  readonly migration?: ConnectionSetReferences;

  /** The service's set. Resolves once the service may read it. */
  readonly runtime: ConnectionSetReferences;

  constructor(name: string, args: ConnectionSecretsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("cloud-run-migrations:index:ConnectionSecrets", name, {}, opts);
    throwIfInvalid(this, [
      ...checkProject("project", args.project),
      ...checkLabels("labels", args.labels),
      ...checkMigration(args),
    ]);

    const scope: SecretScope = {
      project: args.project,
      namePrefix: args.namePrefix ?? name,
      labels: args.labels,
      parent: this,
    };
    const { migration, migrationReader, runtimeReader } = args;
    if (migration !== undefined && migrationReader !== undefined) {
      const readers = { migration: migrationReader };
      this.migration = createSet("migrator", name, migration, readers, scope);
    }
    this.runtime = createSet("runtime", name, args.runtime, { runtime: runtimeReader }, scope);
    this.registerOutputs({ migration: this.migration, runtime: this.runtime });
  }
}

function checkMigration({ migration, migrationReader }: ConnectionSecretsArgs): Violation[] {
  if ((migration === undefined) === (migrationReader === undefined)) return [];
  return [
    {
      path: migration === undefined ? "migration" : "migrationReader",
      expected: "migration and migrationReader together, or neither",
      got: "nothing",
    },
  ];
}

function createSet(
  role: "migrator" | "runtime",
  name: string,
  connection: ConnectionSetArgs,
  readers: Record<string, pulumi.Input<string>>,
  scope: SecretScope,
): ConnectionSetReferences {
  const keep = (key: keyof ConnectionSetArgs) =>
    createPinnedSecret(
      {
        name: `${name}-${role}-${key}`,
        // The keys and not the variables' names, so that renaming a variable replaces nothing.
        purpose: `${role}_${key}`,
        value: connection[key],
        isGenerated: false,
        readers,
      },
      scope,
    ).reference;
  return { user: keep("user"), host: keep("host"), port: keep("port"), database: keep("database") };
}
