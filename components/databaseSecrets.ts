import { randomBytes } from "node:crypto";

import * as pulumi from "@pulumi/pulumi";

import type { SecretArgs } from "./args";
import { checkedArgs } from "./checks/checkedArgs";
import { Login } from "./core/choices";
import { checkLabels } from "./core/cloudChecks";
import { generatePassword } from "./core/passwords";
import { checkSecrets } from "./core/secrets";
import { EMAIL, LABELS, PROJECT } from "./checks/memberChecks";
import {
  createPinnedSecret,
  grantReader,
  type PinnedSecret,
  type SecretReference,
  type SecretScope,
} from "./pinnedSecret";
import { SECRETS } from "./checks/secretMembers";
import { choice, integer, required, text, type Members } from "./checks/shape";

export interface DatabaseSecretsArgs {
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
   * With `Password`, one is made for the migrator and one for the runtime; with `Iam` there is none.
   *
   * @default "Password"
   * @change creates or deletes the passwords
   */
  login?: Login;

  /**
   * Raising it by one makes new passwords in the same `up`: 1 to 1000. Between the change of the
   * users' passwords and the new revision, running instances cannot open new connections.
   *
   * @default 1
   * @change replace of both versions; the old ones stay in Secret Manager
   */
  passwordGeneration?: number;

  /**
   * Further secrets by the name of the environment variable.
   *
   * @default - none
   * @change creates or deletes secrets; another value replaces the version, and the old one stays
   */
  secrets?: Record<string, SecretArgs>;

  /**
   * Email of the account that reads what the migration gets: the migrator in `CloudRunJob`, the
   * build in `BuildStep` and `PrivatePool`.
   *
   * @change replace of its grants
   */
  migrationReader: pulumi.Input<string>;

  /**
   * Email of the account that the service runs as.
   *
   * @change replace of its grants
   */
  runtimeReader: pulumi.Input<string>;
}

const ARGS: Members<DatabaseSecretsArgs> = {
  project: PROJECT,
  namePrefix: text("a text that is not empty", /./, "empty-text"),
  labels: LABELS,
  login: choice(Login),
  passwordGeneration: integer(1, 1000),
  secrets: SECRETS,
  migrationReader: required(EMAIL),
  runtimeReader: required(EMAIL),
};

/** Generated passwords and named secrets, each with a pinned version and only the readers it needs. */
export class DatabaseSecrets extends pulumi.ComponentResource {
  /** The migrator's password, for its database user; a secret. Nothing with login `Iam`. */
  readonly migratorPassword?: pulumi.Output<string>;

  /** The runtime's password, for its database user; a secret. Nothing with login `Iam`. */
  readonly runtimePassword?: pulumi.Output<string>;

  /** Where the migrator's password is kept. Resolves once the migration may read it. */
  readonly migratorPasswordSecret?: SecretReference;

  /** Where the runtime's password is kept. Resolves once the service may read it. */
  readonly runtimePasswordSecret?: SecretReference;

  /** The further secrets by the name of the environment variable. */
  readonly named: Record<string, SecretReference>;

  constructor(name: string, args: DatabaseSecretsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("cloud-run-migrations:index:DatabaseSecrets", name, {}, opts);
    const checked = checkedArgs(this, ARGS, args, ({ labels, secrets }) => [
      ...checkLabels("labels", labels),
      ...checkSecrets("secrets", secrets),
    ]);

    const scope: SecretScope = {
      project: checked.project,
      namePrefix: checked.namePrefix ?? name,
      labels: checked.labels,
      parent: this,
    };
    if (checked.login !== Login.Iam) {
      const migrator = createPassword("migrator", name, checked, scope);
      const runtime = createPassword("runtime", name, checked, scope);
      this.migratorPassword = migrator.value;
      this.migratorPasswordSecret = migrator.reference;
      this.runtimePassword = runtime.value;
      this.runtimePasswordSecret = runtime.reference;
    }
    this.named = Object.fromEntries(
      Object.entries(checked.secrets ?? {}).map(([env, secret]) => [
        env,
        createNamedSecret(name, env, secret, checked, scope),
      ]),
    );
    this.registerOutputs({
      migratorPasswordSecret: this.migratorPasswordSecret,
      runtimePasswordSecret: this.runtimePasswordSecret,
      named: this.named,
    });
  }
}

/** A new generation is a new version under a new logical name, so the old one outlives the revisions that pin it. */
function createPassword(
  role: "migrator" | "runtime",
  name: string,
  { passwordGeneration = 1, migrationReader, runtimeReader }: DatabaseSecretsArgs,
  scope: SecretScope,
): PinnedSecret {
  return createPinnedSecret(
    {
      name: `${name}-${role}-password`,
      purpose: `${role}_password`,
      value: generatePassword(randomBytes),
      isGenerated: true,
      versionSuffix: `-${passwordGeneration}`,
      readers: role === "migrator" ? { migration: migrationReader } : { runtime: runtimeReader },
    },
    scope,
  );
}

function createNamedSecret(
  name: string,
  env: string,
  secret: SecretArgs,
  args: DatabaseSecretsArgs,
  scope: SecretScope,
): SecretReference {
  const readers = {
    ...(secret.toRuntime === false ? {} : { runtime: args.runtimeReader }),
    ...(secret.toMigration === true ? { migration: args.migrationReader } : {}),
  };
  const { existingSecret, version, value } = secret;
  if (existingSecret !== undefined && version !== undefined) {
    return referExisting(`${name}-${env}`, { secret: existingSecret, version }, readers, scope);
  }
  const options = { name: `${name}-${env}`, purpose: env, isGenerated: false, readers };
  return createPinnedSecret({ ...options, value: value ?? "" }, scope).reference;
}

/** Pins a version of a secret that somebody else keeps, maybe in another project. */
function referExisting(
  name: string,
  existing: { secret: pulumi.Input<string>; version: pulumi.Input<string> },
  readers: Record<string, pulumi.Input<string>>,
  scope: SecretScope,
): SecretReference {
  const place = pulumi
    .all([existing.secret, scope.project])
    .apply(([secret, project]) => parseSecret(secret, project));
  const grants = Object.entries(readers).map(([key, email]) =>
    grantReader(`${name}-reader-${key}`, place.secretId, place.project, email, scope.parent),
  );
  const granted = pulumi.all(grants.map(({ id }) => id));
  // A grant knows the project where nobody named one.
  const project = pulumi.all([place.project, grants[0]?.project]);
  const version = pulumi.all([existing.version, granted]).apply(([number]) => number);
  return {
    secret: pulumi.all([existing.secret, granted]).apply(([secret]) => secret),
    version,
    versionName: pulumi
      .all([place.secretId, project, version])
      .apply(([secretId, [named, found], number]) => {
        return `projects/${named ?? found ?? ""}/secrets/${secretId}/versions/${number}`;
      }),
  };
}

function parseSecret(
  secret: string,
  project: string | undefined,
): { secretId: string; project: string | undefined } {
  const full = /^projects\/([^/]+)\/secrets\/([^/]+)$/.exec(secret);
  return { secretId: full?.[2] ?? secret, project: full?.[1] ?? project };
}
