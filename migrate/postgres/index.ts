export {
  type ApiUser,
  createApiUser,
  createCloudSqlLayout,
  createDatabase,
} from "./cloudSqlLayout";
export { type PostgresOptions, type PostgresServer, startPostgres } from "./server";
export { type Watchdog, startWatchdog } from "./watchdog";
