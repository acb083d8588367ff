import { type IpType, PROXY_HOST, PROXY_PORT } from "./connect";
import type { BuildStep, SecretManagerSecret } from "./document";
import { builtImage, literal, migratingImage } from "./images";
import { imageStep } from "./imageStep";
import { migrationToolCommand } from "./migrateCommand";
import type {
  BuildReach,
  CommandMigration,
  ConnectionPart,
  Migration,
  NodePgMigrateMigration,
  ReleaseOptions,
} from "./options";
import { sessionOptions } from "./sessionOptions";
import { migrateStepSeconds } from "./timeouts";

/**
 * Our tool connects by itself, impersonating the migrator, and retries what a first release's
 * grants still refuse.
 */
export function toolStep(
  options: ReleaseOptions,
  reach: BuildReach,
  migration: NodePgMigrateMigration,
  ipType: IpType,
): BuildStep {
  const flags = ["--ip-type", ipType, "--impersonate", reach.impersonate];
  const iam = reach.login.auth === "Iam" ? ["--iam"] : [];
  const step = imageStep(
    migratingImage(options),
    options,
    {
      id: "migrate",
      waitFor: ["check"],
      timeout: `${migrateStepSeconds(options.timeouts.migrationSeconds)}s`,
      command: migrationToolCommand(migration, [...flags, ...iam]),
    },
    [
      `IMAGE=${builtImage(migratingImage(options))}`,
      `INSTANCE_CONNECTION_NAME=${literal(reach.instanceConnectionName)}`,
      `PGUSER=${literal(reach.login.user)}`,
      `PGDATABASE=${literal(reach.database)}`,
    ],
  );
  const password = reach.login.auth === "Password" ? ["PGPASSWORD"] : [];
  return withSecrets(step, [...password, ...Object.keys(migration.secrets)]);
}

/** The command runs as given; libpq and its relatives read PGOPTIONS, so objects get the owner role. */
export function commandStep(
  options: ReleaseOptions,
  reach: BuildReach,
  migration: CommandMigration,
): BuildStep {
  const { names, secretVersions } = migration.environment;
  const values: Record<AddressPart, string> = {
    host: PROXY_HOST,
    port: PROXY_PORT,
    user: literal(reach.login.user),
    database: literal(reach.database),
  };
  const address = ADDRESS_PARTS.map((part) => `${names[part]}=${values[part]}`);
  const step = imageStep(
    migratingImage(options),
    options,
    {
      id: "migrate",
      waitFor: ["prepare-roles"],
      timeout: `${migrateStepSeconds(options.timeouts.migrationSeconds)}s`,
      command: migration.command,
    },
    [
      ...(secretVersions === null ? address : []),
      `PGOPTIONS=${literal(sessionOptions(migration))}`,
    ],
  );
  return withSecrets(step, [
    ...(secretVersions === null ? [] : ADDRESS_PARTS.map((part) => names[part])),
    ...(reach.login.auth === "Password" ? [names.password] : []),
    ...Object.keys(migration.secrets),
  ]);
}

/** Secrets that a build reads which reaches the database itself. */
export function buildSecrets(migration: Migration, { login }: BuildReach): SecretManagerSecret[] {
  return [
    ...(login.auth === "Iam" ? [] : passwordSecrets(migration, login.passwordVersion)),
    ...addressSecrets(migration),
    ...Object.entries(migration.secrets).map(([env, version]) => ({
      versionName: literal(version),
      env,
    })),
  ];
}

function withSecrets(step: BuildStep, secretEnv: string[]): BuildStep {
  return secretEnv.length === 0 ? step : { ...step, secretEnv };
}

// The steps around a command get the password by libpq's name, whatever the command's is.
function passwordSecrets(migration: Migration, version: string): SecretManagerSecret[] {
  const names = new Set(["PGPASSWORD"]);
  if (migration.runs === "Command") names.add(migration.environment.names.password);
  return [...names].map((env) => ({ versionName: literal(version), env }));
}

type AddressPart = Exclude<ConnectionPart, "password">;

const ADDRESS_PARTS = ["host", "port", "user", "database"] as const satisfies AddressPart[];

function addressSecrets(migration: Migration): SecretManagerSecret[] {
  if (migration.runs !== "Command" || migration.environment.secretVersions === null) return [];
  const { names, secretVersions } = migration.environment;
  return ADDRESS_PARTS.map((part) => ({
    versionName: literal(secretVersions[part]),
    env: names[part],
  }));
}
