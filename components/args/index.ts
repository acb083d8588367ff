export type { BuildArgs, WorkerPoolArgs } from "./build";
export type {
  CloudRunArgs,
  ConnectionArgs,
  ConnectionSecretVersionsArgs,
  RuntimeConnectionArgs,
} from "./cloudRun";
export type { BackupArgs, EnvironmentNamesArgs, DatabaseArgs } from "./database";
export type { MigratedServiceArgs } from "./migratedService";
export type { MigrationArgs } from "./migration";
export type { NetworkArgs } from "./network";
export type { ReleaseArgs } from "./release";
export type { SecretArgs } from "./secret";
export type { ServiceArgs, ServiceShapeArgs, WorkerArgs } from "./service";
export type { GithubSourceArgs, SourceArgs } from "./source";
export type {
  DatabaseUserArgs,
  MaintenanceWindowArgs,
  PostgresInstanceArgs,
} from "./postgresInstance";
export type { PostgresDatabaseArgs } from "./postgresDatabase";
