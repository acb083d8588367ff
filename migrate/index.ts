/** What the rest of the repository uses of the migration tool: a real PostgreSQL, its catalogue, Dockerfiles. */
export { type SchemaState, readCatalogue, readSchema } from "./catalogue";
export { type Lookup, expandWord } from "./dockerfile/expandWord";
export {
  DockerfileError,
  type DockerfileLine,
  type DockerfileStage,
  type ParsedDockerfile,
  parseDockerfile,
} from "./dockerfile/parseDockerfile";
export {
  type ApiUser,
  type PostgresOptions,
  type PostgresServer,
  type Watchdog,
  createApiUser,
  createCloudSqlLayout,
  createDatabase,
  startPostgres,
  startWatchdog,
} from "./postgres";
