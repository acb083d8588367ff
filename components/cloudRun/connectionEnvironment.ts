import type * as pulumi from "@pulumi/pulumi";

import type { EnvironmentNamesArgs } from "../args";
import type { ConnectionArgs, ConnectionSecretVersionsArgs } from "../args/cloudRun";
import { DATABASE_PORT, PROXY_HOST } from "./containers";
import { connectionVariables, TLS_VARIABLE, type ConnectionKey } from "../core/environment";
import { plainVariable, secretVariable, type EnvironmentVariable } from "../secretVersionArgs";

/** A connection, and how a program wants to be told. */
interface ToldConnection {
  connection: ConnectionArgs;
  environmentNames?: EnvironmentNamesArgs | undefined;
  secrets?: ConnectionSecretVersionsArgs | undefined;
}

/**
 * The five facts of a connection; without a password for a login by token, which the proxy brings or
 * the program itself. Without a host the proxy is the host.
 */
export function connectionEnvironment({
  connection,
  environmentNames,
  secrets,
}: ToldConnection): EnvironmentVariable[] {
  const { password, host } = connection;
  const plain: Record<Exclude<ConnectionKey, "password">, pulumi.Input<string>> = {
    user: connection.user,
    host: host ?? PROXY_HOST,
    port: DATABASE_PORT,
    database: connection.database,
  };
  const five = connectionVariables(environmentNames).flatMap(({ key, name }) => {
    if (key === "password") return password === undefined ? [] : [secretVariable(name, password)];
    return secrets === undefined
      ? [plainVariable(name, plain[key])]
      : [secretVariable(name, secrets[key])];
  });
  // libpq would take a connection in the clear where the server lets it; the proxy's own has no TLS.
  return host === undefined ? five : [...five, plainVariable(TLS_VARIABLE, "require")];
}
