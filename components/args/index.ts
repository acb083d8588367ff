export type { BuildArgs } from "./build";
export type { CloudRunArgs, ConnectionArgs } from "./cloudRun";
export type { BackupArgs, EnvironmentNamesArgs, DatabaseArgs } from "./database";
export type { MigratedServiceArgs } from "./migratedService";
export type { MigrationArgs } from "./migration";
export type { NetworkArgs } from "./network";
export type { ReleaseArgs } from "./release";
export type { SecretArgs } from "./secret";
export type { ServiceArgs } from "./service";
export type { SourceArgs } from "./source";
export type {
  DatabaseUserArgs,
  MaintenanceWindowArgs,
  PostgresInstanceArgs,
} from "./postgresInstance";
