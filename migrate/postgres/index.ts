export {
  type AdministeredServer,
  type ApiUser,
  CLOUD_SQL_GRANT,
  CLOUD_SQL_ROLES,
  createApiUser,
  createCloudSqlLayout,
  createDatabase,
} from "./cloudSqlLayout";
export type { KeptCluster } from "./cluster";
export { type RunningServer, findRunning } from "./running";
export { type PostgresOptions, type PostgresServer, startPostgres } from "./server";
export { type Watchdog, startWatchdog } from "./watchdog";
export { type UnprivilegedUser, canEnter, chooseUnprivilegedUser } from "./unprivilegedUser";
