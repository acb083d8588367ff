export type {
  BackupArgs,
  BuildArgs,
  CloudRunArgs,
  ConnectionArgs,
  ConnectionSecretVersionsArgs,
  DatabaseArgs,
  DatabaseUserArgs,
  EnvironmentNamesArgs,
  GithubSourceArgs,
  MaintenanceWindowArgs,
  MigratedServiceArgs,
  MigrationArgs,
  NetworkArgs,
  PostgresDatabaseArgs,
  PostgresInstanceArgs,
  ReleaseArgs,
  RuntimeConnectionArgs,
  SecretArgs,
  ServiceArgs,
  ServiceShapeArgs,
  SourceArgs,
  WorkerArgs,
  WorkerPoolArgs,
} from "./args";
export { checkRelease } from "./build/checkRelease";
export { checkReleaseOptions } from "./build/checkReleaseOptions";
export { releaseProperties } from "./build/compareRelease";
export type { AnyBuildDocument, AnyBuildStep, BuildDocument, BuildStep } from "./build/document";
export { formatDocument, parseDocument } from "./build/formatDocument";
export type { ReleaseOptions } from "./build/options";
export { renderRelease } from "./build/renderRelease";
export { createsRevision, movesTraffic } from "./build/stepFacts";
export { ConnectionSecrets } from "./connectionSecrets";
export type { ConnectionSecretsArgs, ConnectionSetArgs } from "./connectionSecrets";
export { ContainerService } from "./containerService";
export type { ContainerServiceArgs } from "./containerService";
export {
  ConnectorEnforcement,
  Connectivity,
  DatabaseAccess,
  Ingress,
  Login,
  Preset,
  Promotion,
  TlsMode,
  WorkerKind,
} from "./core/choices";
export { formatViolation, formatViolations } from "./core/violations";
export type { Misfit, Violation } from "./core/violations";
export { DatabaseSecrets } from "./databaseSecrets";
export type { DatabaseSecretsArgs } from "./databaseSecrets";
export { ImageRepository } from "./imageRepository";
export type { ImageRepositoryArgs } from "./imageRepository";
export { MigratedService } from "./migratedService";
export { MigrationJob } from "./migrationJob";
export type { MigrationJobArgs } from "./migrationJob";
export { PostgresDatabase } from "./postgresDatabase";
export { PostgresInstance } from "./postgresInstance";
export { PrivateNetwork } from "./privateNetwork";
export type { PrivateNetworkArgs } from "./privateNetwork";
export { PrivatePool } from "./privatePool";
export type { PrivatePoolArgs } from "./privatePool";
export { ReleasePipeline } from "./releasePipeline";
export type { ReleasePipelineArgs } from "./releasePipeline";
export { RolesJob } from "./rolesJob";
export type { RolesJobArgs } from "./rolesJob";
export type { SecretVersionArgs } from "./secretVersionArgs";
export { ServiceAccounts } from "./serviceAccounts";
export type { ServiceAccountsArgs } from "./serviceAccounts";
export { ServiceApis } from "./serviceApis";
export type { ServiceApisArgs } from "./serviceApis";
export type { SecretReference } from "./pinnedSecret";
export { Worker } from "./worker";
export type { CloudRunWorkerArgs } from "./worker";
