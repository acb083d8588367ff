import { checkStep } from "./check";
import { connectStep, PROXY_HOST, PROXY_PORT } from "./connect";
import type { BuildStep, SecretManagerSecret } from "./document";
import { builtImage, literal } from "./images";
import { imageStep } from "./imageStep";
import { migrateJobStep } from "./migrate";
import { migrationToolCommand } from "./migrateCommand";
import type {
  BuildStepReach,
  CommandMigration,
  ConnectionPart,
  NodePgMigrateMigration,
  ReleaseOptions,
} from "./options";
import { rolesExecutionStep, rolesStep } from "./roles";
import { migrateStepSeconds } from "./timeouts";

/** The steps between `push` and `deploy`. This file alone knows how the database is reached. */
export function migrationSteps(options: ReleaseOptions): BuildStep[] {
  const { migration, reach } = options;
  if (reach.connectivity === "CloudRunJob") {
    if (migration.runs === "NodePgMigrate") {
      return [checkStep(options, migration), migrateJobStep(options, reach, "check")];
    }
    const rolesJob = reach.rolesJob ?? "";
    return [
      rolesExecutionStep(options, rolesJob, "prepare", { id: "prepare-roles", waitFor: ["push"] }),
      migrateJobStep(options, reach, "prepare-roles"),
      rolesExecutionStep(options, rolesJob, "verify", { id: "verify-roles", waitFor: ["migrate"] }),
    ];
  }
  if (migration.runs === "NodePgMigrate") {
    return [checkStep(options, migration), toolStep(options, reach, migration)];
  }
  return [
    connectStep(reach),
    rolesStep(options, reach, "prepare", { id: "prepare-roles", waitFor: ["connect"] }),
    commandStep(options, reach, migration),
    rolesStep(options, reach, "verify", { id: "verify-roles", waitFor: ["migrate"] }),
  ];
}

/** Secrets that the build itself reads: none when a job migrates. */
export function releaseSecrets({ migration, reach }: ReleaseOptions): SecretManagerSecret[] {
  if (reach.connectivity === "CloudRunJob" || reach.login.auth === "Iam") {
    return reach.connectivity === "BuildStep" ? addressSecrets(migration) : [];
  }
  const { passwordVersion } = reach.login;
  const names = new Set(["PGPASSWORD"]);
  if (migration.runs === "Command") names.add(migration.environment.names.password);
  return [
    ...[...names].map((env) => ({ versionName: literal(passwordVersion), env })),
    ...addressSecrets(migration),
  ];
}

// Our tool connects by itself, impersonating the migrator, and retries what a first release's
// grants still refuse.
function toolStep(
  options: ReleaseOptions,
  reach: BuildStepReach,
  migration: NodePgMigrateMigration,
): BuildStep {
  const flags = ["--ip-type", "PUBLIC", "--impersonate", reach.impersonate];
  const iam = reach.login.auth === "Iam" ? ["--iam"] : [];
  const step = imageStep(
    options,
    {
      id: "migrate",
      waitFor: ["check"],
      timeout: `${migrateStepSeconds(options.timeouts.migrationSeconds)}s`,
      command: migrationToolCommand(migration, [...flags, ...iam]),
    },
    [
      `IMAGE=${builtImage(options.image)}`,
      `INSTANCE_CONNECTION_NAME=${literal(reach.instanceConnectionName)}`,
      `PGUSER=${literal(reach.login.user)}`,
      `PGDATABASE=${literal(reach.database)}`,
    ],
  );
  return reach.login.auth === "Password" ? { ...step, secretEnv: ["PGPASSWORD"] } : step;
}

// The command runs as given; libpq and its relatives read PGOPTIONS, so objects get the owner role.
function commandStep(
  options: ReleaseOptions,
  reach: BuildStepReach,
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
  const secretEnv = [
    ...(secretVersions === null ? [] : ADDRESS_PARTS.map((part) => names[part])),
    ...(reach.login.auth === "Password" ? [names.password] : []),
  ];
  const step = imageStep(
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
  return secretEnv.length === 0 ? step : { ...step, secretEnv };
}

/** `PGOPTIONS` for a command: what our tool sets by itself. */
export function sessionOptions(migration: CommandMigration): string {
  return Object.entries({
    role: migration.ownerRole,
    lock_timeout: migration.lockTimeout,
    statement_timeout: migration.statementTimeout,
  })
    .map(([name, value]) => `-c ${name}=${value.replaceAll(/[\\\s]/g, (mark) => `\\${mark}`)}`)
    .join(" ");
}

type AddressPart = Exclude<ConnectionPart, "password">;

const ADDRESS_PARTS = ["host", "port", "user", "database"] as const satisfies AddressPart[];

function addressSecrets(migration: ReleaseOptions["migration"]): SecretManagerSecret[] {
  if (migration.runs !== "Command" || migration.environment.secretVersions === null) return [];
  const { names, secretVersions } = migration.environment;
  return ADDRESS_PARTS.map((part) => ({
    versionName: literal(secretVersions[part]),
    env: names[part],
  }));
}
