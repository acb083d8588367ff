import type { MigratedServiceArgs } from "./args";
import type {
  ConnectionPart,
  Migration,
  MigrationRoles,
  MigratorLogin,
  NodePgMigrateMigration,
  ReleaseOptions,
  ReleasePromotion,
} from "./build/options";
import { Connectivity, Promotion } from "./core/choices";
import { connectionVariables } from "./core/environment";
import { APP_CONTAINER } from "./build/deploy";

/** What the release depends on and only the deployment knows. */
export interface ReleaseFacts {
  region: string;
  /** Name of the service. */
  service: string;
  /** Name of the migration job; nothing in `BuildStep`. */
  job: string | undefined;
  /** `{region}-docker.pkg.dev/{project}/{repository}` */
  repositoryPath: string;
  /** `projects/{project}/serviceAccounts/{email}` of the account that builds. */
  buildAccount: string;
  /** Email of the account that migrates. */
  migratorAccount: string;
  connectionName: string;
  database: string;
  migratorUser: string;
  runtimeUser: string;
  /** Version that holds the migrator's password; nothing with login `Iam`. */
  passwordVersion: string | undefined;
  /** Versions that hold the rest of the migrator's connection, when it is to be secret. */
  connectionVersions: Record<Exclude<ConnectionPart, "password">, string> | undefined;
  buildArgs: Record<string, string>;
}

/** Everything that the release document is rendered from. */
export function releaseOptions(args: MigratedServiceArgs, facts: ReleaseFacts): ReleaseOptions {
  const { build = {}, migration = {}, release = {} } = args;
  return {
    region: facts.region,
    service: facts.service,
    image: `${facts.repositoryPath}/${APP_CONTAINER}`,
    serviceAccount: facts.buildAccount,
    build: {
      dockerfile: build.dockerfile ?? "Dockerfile",
      context: build.context ?? ".",
      buildArgs: facts.buildArgs,
      machineType: build.machineType ?? null,
      workingDirectory: build.workingDirectory ?? "/app",
    },
    migration: migrationOptions(args, facts),
    reach:
      migration.connectivity === Connectivity.BuildStep
        ? {
            connectivity: "BuildStep",
            instanceConnectionName: facts.connectionName,
            impersonate: facts.migratorAccount,
            database: facts.database,
            login: migratorLogin(facts),
          }
        : { connectivity: "CloudRunJob", job: facts.job ?? "", rolesJob: null },
    promotion: promotionOptions(args),
    timeouts: {
      guardSeconds: release.queueTimeoutSeconds ?? 3600,
      buildSeconds: build.timeoutSeconds ?? 1200,
      migrationSeconds: migration.taskTimeoutSeconds ?? DEFAULT_TASK_TIMEOUT_SECONDS,
      verifyRevisionSeconds: release.verifyTimeoutSeconds ?? 300,
      queueSeconds: 3600,
    },
  };
}

/** Limit of one run of the migrations. */
export const DEFAULT_TASK_TIMEOUT_SECONDS = 1200;

/** What the migration is told; the arguments that decide it. */
export interface ToolArgs {
  directory?: string | undefined;
  ownerRole?: string | undefined;
  extensions?: string[] | undefined;
}

/** node-pg-migrate by our tool: the same in the job and in a build step. */
export function toolMigration(
  { directory = "migrations", ...roles }: ToolArgs,
  runtimeRole: string,
): NodePgMigrateMigration {
  return {
    runs: "NodePgMigrate",
    directory,
    lockWait: "10min",
    ...migrationRoles(roles, runtimeRole),
  };
}

function migrationRoles(
  { ownerRole = "app_owner", extensions = [] }: ToolArgs,
  runtimeRole: string,
): MigrationRoles {
  return { ownerRole, runtimeRole, extensions, lockTimeout: "5s", statementTimeout: "15min" };
}

function migrationOptions(args: MigratedServiceArgs, facts: ReleaseFacts): Migration {
  const { command = [], directory, ownerRole } = args.migration ?? {};
  const { extensions, environmentNames } = args.database ?? {};
  if (command.length === 0) {
    return toolMigration({ directory, ownerRole, extensions }, facts.runtimeUser);
  }
  const names = Object.fromEntries(
    connectionVariables(environmentNames).map(({ key, name }) => [key, name]),
  ) as Record<ConnectionPart, string>;
  return {
    runs: "Command",
    command,
    environment: { names, secretVersions: facts.connectionVersions ?? null },
    ...migrationRoles({ ownerRole, extensions }, facts.runtimeUser),
  };
}

function migratorLogin({ migratorUser, passwordVersion }: ReleaseFacts): MigratorLogin {
  return passwordVersion === undefined
    ? { auth: "Iam", user: migratorUser }
    : { auth: "Password", user: migratorUser, passwordVersion };
}

function promotionOptions({ release = {} }: MigratedServiceArgs): ReleasePromotion {
  const { promotion = Promotion.AfterProbe, verifyCommand = [] } = release;
  if (promotion === Promotion.Immediately) return { promotion };
  return { promotion, verifyCommand: verifyCommand.length === 0 ? null : verifyCommand };
}
