import type { MigratedServiceArgs, SecretArgs } from "../args";
import { checkJobVariables, checkServiceVariables } from "./checkVariables";
import { Connectivity, DatabaseAccess } from "../core/choices";
import type { Violation } from "../core/violations";

/** Nothing may set an environment variable twice, of the service, its workers or the migration. */
export function checkVariableArgs({
  database = {},
  service = {},
  secrets = {},
  migration = {},
}: MigratedServiceArgs): Violation[] {
  const namesOf = (isFor: (secret: SecretArgs) => boolean) =>
    Object.entries(secrets).flatMap(([name, secret]) => (isFor(secret) ? [name] : []));
  const shared = {
    environmentNames: database.environmentNames,
    namesPath: "database.environmentNames",
    isDirect: service.databaseAccess === DatabaseAccess.Direct,
    secrets: namesOf(({ toRuntime }) => toRuntime !== false),
  };
  const workers = Object.entries(service.workers ?? {}).flatMap(([name, { env }]) =>
    env === undefined
      ? []
      : checkServiceVariables({ ...shared, env, envPath: `service.workers.${name}.env` }),
  );
  return [
    ...checkServiceVariables({ ...shared, env: service.env, envPath: "service.env" }),
    ...workers,
    ...checkJobVariables(
      namesOf(({ toMigration }) => toMigration === true),
      (migration.command ?? []).length > 0 ? (database.environmentNames ?? {}) : undefined,
      "database.environmentNames",
      (migration.connectivity ?? Connectivity.CloudRunJob) === Connectivity.CloudRunJob,
    ),
  ];
}
