import * as pulumi from "@pulumi/pulumi";

import { checkedArgs } from "./checks/checkedArgs";
import { checkLabels } from "./core/cloudChecks";
import type { Violation } from "./core/violations";
import { EMAIL, LABELS, NAME, PROJECT } from "./checks/memberChecks";
import { createPinnedSecret, type SecretReference, type SecretScope } from "./pinnedSecret";
import { group, required, text, type Members } from "./checks/shape";

/** One connection, but for its password. */
export interface ConnectionSetArgs {
  /**
   * The database user.
   *
   * @change replace of its version
   */
  user: pulumi.Input<string>;

  /**
   * The host, as whoever connects sees it.
   *
   * @change replace of its version
   */
  host: pulumi.Input<string>;

  /**
   * The port, as text.
   *
   * @change replace of its version
   */
  port: pulumi.Input<string>;

  /**
   * The database's name.
   *
   * @change replace of its version
   */
  database: pulumi.Input<string>;
}

export interface ConnectionSecretsArgs {
  /**
   * Project ID.
   *
   * @default - the provider's project
   * @change replace of the secrets
   */
  project?: pulumi.Input<string>;

  /**
   * First part of the secrets' IDs, before the stack.
   *
   * @default - the component's name
   * @change replace of the secrets
   */
  namePrefix?: string;

  /**
   * Labels of the secrets.
   *
   * @default - none
   * @change update of the secrets
   */
  labels?: Record<string, pulumi.Input<string>>;

  /**
   * The migration's connection, with `migrationReader`.
   *
   * @default - only the service's is kept
   * @change creates or deletes the set
   */
  migration?: ConnectionSetArgs;

  /**
   * The service's connection: another user, and mostly another host.
   *
   * @change see its members
   */
  runtime: ConnectionSetArgs;

  /**
   * Email of the account that reads the migration's set: the migrator in `CloudRunJob`, the build
   * in `BuildStep` and `PrivatePool`.
   *
   * @default - none; needed with `migration`
   * @change replace of its grants
   */
  migrationReader?: pulumi.Input<string>;

  /**
   * Email of the account that the service runs as.
   *
   * @change replace of its grants
   */
  runtimeReader: pulumi.Input<string>;
}

const SET: Members<ConnectionSetArgs> = {
  user: required(NAME),
  host: required(NAME),
  port: required(NAME),
  database: required(NAME),
};

const ARGS: Members<ConnectionSecretsArgs> = {
  project: PROJECT,
  namePrefix: text("a text that is not empty", /./, "empty-text"),
  labels: LABELS,
  migration: group(SET),
  runtime: required(group(SET)),
  migrationReader: EMAIL,
  runtimeReader: required(EMAIL),
};

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
    const checked = checkedArgs(this, ARGS, args, (fit) => [
      ...checkLabels("labels", fit.labels),
      ...checkMigration(fit),
    ]);

    const scope: SecretScope = {
      project: checked.project,
      namePrefix: checked.namePrefix ?? name,
      labels: checked.labels,
      parent: this,
    };
    const { migration, migrationReader, runtimeReader } = checked;
    if (migration !== undefined && migrationReader !== undefined) {
      const readers = { migration: migrationReader };
      this.migration = createSet("migrator", name, migration, readers, scope);
    }
    this.runtime = createSet("runtime", name, checked.runtime, { runtime: runtimeReader }, scope);
    this.registerOutputs({ migration: this.migration, runtime: this.runtime });
  }
}

function checkMigration({ migration, migrationReader }: ConnectionSecretsArgs): Violation[] {
  if ((migration === undefined) === (migrationReader === undefined)) return [];
  return [
    {
      rule: "migration-reader",
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
