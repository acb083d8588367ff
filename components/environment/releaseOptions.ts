import type { MigratedServiceArgs, WorkerArgs } from "../args";
import type {
  BackupTarget,
  BuildReach,
  ConnectionPart,
  Migration,
  MigrationRoles,
  MigratorLogin,
  NodePgMigrateMigration,
  Reach,
  ReleaseOptions,
  ReleasePromotion,
  ReleaseWorker,
} from "../build/options";
import { APP_CONTAINER } from "../build/deploy";
import { backsUpBefore } from "./backsUpBefore";
import { Connectivity, Promotion, WorkerKind } from "../core/choices";
import { connectionVariables } from "../core/environment";
import { parseConnectionName } from "../core/parseConnectionName";

/** What the release depends on and only the deployment knows. */
export interface ReleaseFacts {
  region: string;
  /** Name of the service. */
  service: string;
  /** Name of the migration job; nothing when the build migrates. */
  job: string | undefined;
  /** Name of the job that prepares roles for a command; nothing without one, or when the build migrates. */
  rolesJob: string | undefined;
  /** `projects/{project}/locations/{region}/workerPools/{name}` of the build; only in `PrivatePool`. */
  workerPool: string | undefined;
  /** Names of the workers in Google Cloud, by their names here. */
  workers: Record<string, string>;
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
  /** Role that owns every object. */
  ownerRole: string;
  /** Version that holds the migrator's password; nothing with login `Iam`. */
  passwordVersion: string | undefined;
  /** Versions of the named secrets that the build hands to the migration. */
  migrationSecrets: Record<string, string>;
  /** Versions that hold the rest of the migrator's connection, when it is to be secret. */
  connectionVersions: Record<Exclude<ConnectionPart, "password">, string> | undefined;
  buildArgs: Record<string, string>;
}

/** Everything that the release document is rendered from. */
export function releaseOptions(args: MigratedServiceArgs, facts: ReleaseFacts): ReleaseOptions {
  const { build = {}, migration = {}, release = {} } = args;
  const isPooled = migration.connectivity === Connectivity.PrivatePool;
  return {
    region: facts.region,
    service: facts.service,
    image: `${facts.repositoryPath}/${APP_CONTAINER}`,
    serviceAccount: facts.buildAccount,
    build: {
      dockerfile: build.dockerfile ?? "Dockerfile",
      context: build.context ?? ".",
      buildArgs: facts.buildArgs,
      machineType: isPooled ? null : (build.machineType ?? null),
      workingDirectory: build.workingDirectory ?? "/app",
    },
    migrationImage:
      migration.dockerfile === undefined
        ? null
        : { image: `${facts.repositoryPath}/migrate`, dockerfile: migration.dockerfile },
    migration: migrationOptions(args, facts),
    reach: reachOptions(args, facts),
    promotion: promotionOptions(args),
    workers: workerOptions(args, facts),
    timeouts: {
      guardSeconds: release.queueTimeoutSeconds ?? 3600,
      buildSeconds: build.timeoutSeconds ?? 1200,
      migrationSeconds: migrationSeconds(migration.taskTimeoutSeconds, backsUpBefore(args)),
      verifyRevisionSeconds: release.verifyTimeoutSeconds ?? 300,
      queueSeconds: 3600,
    },
  };
}

/** Limit of one run of the migrations. */
const DEFAULT_TASK_TIMEOUT_SECONDS = 1200;

/** For how long our tool waits for a backup: the default of its `--backup-timeout`. */
const BACKUP_SECONDS = 1800;

/** Limit of one run, in which a backup takes nothing away from the migrations. */
export function migrationSeconds(
  taskTimeoutSeconds: number = DEFAULT_TASK_TIMEOUT_SECONDS,
  backupBefore: boolean,
): number {
  return taskTimeoutSeconds + (backupBefore ? BACKUP_SECONDS : 0);
}

function reachOptions({ migration = {} }: MigratedServiceArgs, facts: ReleaseFacts): Reach {
  const inBuild: BuildReach = {
    instanceConnectionName: facts.connectionName,
    impersonate: facts.migratorAccount,
    database: facts.database,
    login: migratorLogin(facts),
  };
  switch (migration.connectivity ?? Connectivity.CloudRunJob) {
    case Connectivity.BuildStep:
      return { connectivity: "BuildStep", ...inBuild };
    case Connectivity.PrivatePool:
      return { connectivity: "PrivatePool", workerPool: facts.workerPool ?? "", ...inBuild };
    case Connectivity.CloudRunJob:
      return {
        connectivity: "CloudRunJob",
        job: facts.job ?? "",
        rolesJob: facts.rolesJob ?? null,
      };
  }
}

function workerOptions(
  { service = {} }: MigratedServiceArgs,
  { workers }: ReleaseFacts,
): ReleaseWorker[] {
  // Checks render it too, and before them even a required argument may be missing.
  const asked: [string, Partial<WorkerArgs>][] = Object.entries(service.workers ?? {});
  return asked.flatMap(([name, { kind = WorkerKind.WorkerPool, command }]) =>
    command === undefined ? [] : [{ kind, name: workers[name] ?? "", command }],
  );
}

/** What the migration is told; the arguments that decide it. */
export interface ToolArgs {
  directory?: string | undefined;
  ownerRole?: string | undefined;
  extensions?: string[] | undefined;
  secrets?: Record<string, string> | undefined;
}

/** node-pg-migrate by our tool: the same in the job and in a build step. */
export function toolMigration(
  { directory = "migrations", ...roles }: ToolArgs,
  runtimeRole: string,
  backup: BackupTarget | null,
): NodePgMigrateMigration {
  return {
    runs: "NodePgMigrate",
    directory,
    lockWait: "10min",
    backup,
    ...migrationRoles(roles, runtimeRole),
  };
}

function migrationRoles(
  { ownerRole = "app_owner", extensions = [], secrets = {} }: ToolArgs,
  runtimeRole: string,
): MigrationRoles {
  return {
    ownerRole,
    runtimeRole,
    extensions,
    lockTimeout: "5s",
    statementTimeout: "15min",
    secrets,
  };
}

function migrationOptions(args: MigratedServiceArgs, facts: ReleaseFacts): Migration {
  const { command = [], directory } = args.migration ?? {};
  const { extensions, environmentNames } = args.database ?? {};
  const { ownerRole, runtimeUser, migrationSecrets: secrets } = facts;
  if (command.length === 0) {
    const backup = backsUpBefore(args) ? backupTarget(facts) : null;
    return toolMigration({ directory, ownerRole, extensions, secrets }, runtimeUser, backup);
  }
  const names = Object.fromEntries(
    connectionVariables(environmentNames).map(({ key, name }) => [key, name]),
  ) as Record<ConnectionPart, string>;
  return {
    runs: "Command",
    command,
    environment: { names, secretVersions: facts.connectionVersions ?? null },
    ...migrationRoles({ ownerRole, extensions, secrets }, runtimeUser),
  };
}

/** What cannot be read is left for the check of the options to refuse: no backup must go missing. */
function backupTarget({ connectionName }: ReleaseFacts): BackupTarget {
  const { project, instance } = parseConnectionName(connectionName) ?? {};
  return { project: project ?? "", instance: instance ?? connectionName };
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
