export type {
  BackupArgs,
  BuildArgs,
  CloudRunArgs,
  ConnectionArgs,
  DatabaseArgs,
  DatabaseUserArgs,
  EnvironmentNamesArgs,
  MaintenanceWindowArgs,
  MigratedServiceArgs,
  MigrationArgs,
  NetworkArgs,
  PostgresInstanceArgs,
  ReleaseArgs,
  SecretArgs,
  ServiceArgs,
  SourceArgs,
} from "./args";
export { checkRelease } from "./build/checkRelease";
export { checkReleaseOptions } from "./build/checkReleaseOptions";
export { releaseProperties } from "./build/compareRelease";
export type { AnyBuildDocument, AnyBuildStep, BuildDocument, BuildStep } from "./build/document";
export { formatDocument, parseDocument } from "./build/formatDocument";
export type { ReleaseOptions } from "./build/options";
export { renderRelease } from "./build/renderRelease";
export { ConnectionSecrets } from "./connectionSecrets";
export type { ConnectionSecretsArgs, ConnectionSetArgs } from "./connectionSecrets";
export { ContainerService } from "./containerService";
export type {
  ConnectionSecretVersionsArgs,
  ContainerServiceArgs,
  RuntimeConnectionArgs,
} from "./containerService";
export {
  ConnectorEnforcement,
  Connectivity,
  Ingress,
  Login,
  Preset,
  Promotion,
  TlsMode,
} from "./core/choices";
export { formatViolation, formatViolations } from "./core/violations";
export type { Violation } from "./core/violations";
export { DatabaseSecrets } from "./databaseSecrets";
export type { DatabaseSecretsArgs } from "./databaseSecrets";
export { ImageRepository } from "./imageRepository";
export type { ImageRepositoryArgs } from "./imageRepository";
export { MigratedService } from "./migratedService";
export { MigrationJob } from "./migrationJob";
export type { MigrationJobArgs } from "./migrationJob";
export { PostgresInstance } from "./postgresInstance";
export { PrivateNetwork } from "./privateNetwork";
export type { PrivateNetworkArgs } from "./privateNetwork";
export { ReleasePipeline } from "./releasePipeline";
export type { ReleasePipelineArgs } from "./releasePipeline";
export type { SecretVersionArgs } from "./secretVersionArgs";
export { ServiceAccounts } from "./serviceAccounts";
export type { ServiceAccountsArgs } from "./serviceAccounts";
export { ServiceApis } from "./serviceApis";
export type { ServiceApisArgs } from "./serviceApis";
export type { SecretReference } from "./pinnedSecret";
