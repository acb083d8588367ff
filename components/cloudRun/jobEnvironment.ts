import type * as pulumi from "@pulumi/pulumi";

import type { ConnectionArgs, EnvironmentNamesArgs } from "../args";
import type { ConnectionSecretVersionsArgs } from "../args/cloudRun";
import type { NodePgMigrateMigration } from "../build/options";
import { sessionOptions } from "../build/sessionOptions";
import { connectionEnvironment } from "./connectionEnvironment";
import { plainVariable, secretVariable, type EnvironmentVariable } from "../secretVersionArgs";

/** Our tool finds the instance by its connection name, and sets everything else itself. */
export function toolEnvironment(connection: ConnectionArgs): EnvironmentVariable[] {
  return [
    plainVariable("INSTANCE_CONNECTION_NAME", connection.connectionName),
    plainVariable("PGDATABASE", connection.database),
    plainVariable("PGUSER", connection.user),
    ...(connection.password === undefined
      ? []
      : [secretVariable("PGPASSWORD", connection.password)]),
  ];
}

/** How a command of the image wants to be told. */
interface ToldCommand {
  connection: ConnectionArgs;
  environmentNames?: EnvironmentNamesArgs;
  connectionSecrets?: ConnectionSecretVersionsArgs;
}

/** A command knows nothing of ours: libpq and its relatives take role and limits from PGOPTIONS. */
export function commandEnvironment(
  { connection, environmentNames, connectionSecrets }: ToldCommand,
  migration: pulumi.Output<NodePgMigrateMigration>,
): EnvironmentVariable[] {
  return [
    ...connectionEnvironment({ connection, environmentNames, secrets: connectionSecrets }),
    plainVariable("PGOPTIONS", migration.apply(sessionOptions)),
  ];
}
