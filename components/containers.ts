import type * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

import { STEP_IMAGES } from "./build/images";
import type { ContainerServiceArgs, RuntimeConnectionArgs } from "./containerService";
import { connectionVariables, type ConnectionKey } from "./core/environment";
import { APP_CONTAINER } from "./build/deploy";
import {
  plainVariable,
  secretVariable,
  secretVariables,
  type EnvironmentVariable,
} from "./secretVersionArgs";

type Container = gcp.types.input.cloudrunv2.ServiceTemplateContainer;

/** Name of the Auth Proxy's container. */
export const PROXY_CONTAINER = "cloud-sql-proxy";

/** Where the proxy listens, as the application sees it. */
export const PROXY_HOST = "localhost";
export const PROXY_PORT = "5432";

/** Port of the proxy's own health check. */
export const HEALTH_PORT = 9090;

/** Ports that the application must leave alone, by what uses them. */
export const RESERVED_PORTS = { [PROXY_PORT]: PROXY_CONTAINER, [HEALTH_PORT]: PROXY_CONTAINER };

/** The application's container: image by the release, everything else by Pulumi. */
export function appContainer(args: ContainerServiceArgs, image: pulumi.Output<string>): Container {
  const { port = 8080, startupPath, livenessPath } = args;
  return {
    name: APP_CONTAINER,
    image,
    ports: { containerPort: port },
    resources: {
      limits: { cpu: args.cpu ?? "1", memory: args.memory ?? "512Mi" },
      cpuIdle: true,
      startupCpuBoost: true,
    },
    // The database can be reached before the application starts.
    dependsOns: [PROXY_CONTAINER],
    startupProbe: {
      periodSeconds: 5,
      timeoutSeconds: 5,
      failureThreshold: 24,
      ...(startupPath === undefined
        ? { tcpSocket: { port } }
        : { httpGet: { path: startupPath, port } }),
    },
    ...(livenessPath !== undefined && {
      livenessProbe: {
        periodSeconds: 30,
        timeoutSeconds: 5,
        failureThreshold: 3,
        httpGet: { path: livenessPath, port },
      },
    }),
    envs: [
      ...connectionEnvironment(args.connection),
      ...Object.entries(args.env ?? {}).map(([name, value]) => plainVariable(name, value)),
      ...secretVariables(args.secrets ?? {}),
    ],
  };
}

/**
 * The five facts of the connection; without a password for a login by token, which the proxy
 * brings.
 */
function connectionEnvironment(connection: RuntimeConnectionArgs): EnvironmentVariable[] {
  const { password, secrets } = connection;
  const plain: Record<Exclude<ConnectionKey, "password">, pulumi.Input<string>> = {
    user: connection.user,
    host: PROXY_HOST,
    port: PROXY_PORT,
    database: connection.database,
  };
  return connectionVariables(connection.environmentNames).flatMap(({ key, name }) => {
    if (key === "password") return password === undefined ? [] : [secretVariable(name, password)];
    return secrets === undefined
      ? [plainVariable(name, plain[key])]
      : [secretVariable(name, secrets[key])];
  });
}

/**
 * The Cloud SQL Auth Proxy.
 *
 * @see https://github.com/GoogleCloudPlatform/cloud-sql-proxy
 */
export function proxyContainer({ connection, network }: ContainerServiceArgs): Container {
  return {
    name: PROXY_CONTAINER,
    image: STEP_IMAGES.cloudSqlProxy,
    args: [
      "--structured-logs",
      // Between requests there is no processor time to renew certificates in the background.
      "--lazy-refresh",
      "--health-check",
      "--http-address",
      "0.0.0.0",
      "--http-port",
      `${HEALTH_PORT}`,
      "--port",
      PROXY_PORT,
      ...(network === undefined ? [] : ["--private-ip"]),
      ...(connection.password === undefined ? ["--auto-iam-authn"] : []),
      connection.connectionName,
    ],
    resources: { limits: { cpu: "500m", memory: "256Mi" }, cpuIdle: true },
    startupProbe: {
      periodSeconds: 2,
      timeoutSeconds: 2,
      failureThreshold: 30,
      httpGet: { path: "/startup", port: HEALTH_PORT },
    },
  };
}
