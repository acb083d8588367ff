/** What the rest of the repository uses of the migration tool: a real PostgreSQL and its catalogue. */
export { type SchemaState, readCatalogue, readSchema } from "./catalogue";
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
