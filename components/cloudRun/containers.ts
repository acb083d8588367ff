import type * as pulumi from "@pulumi/pulumi";

import type { CloudRunArgs, ConnectionArgs } from "../args";
import { STEP_IMAGES } from "../build/images";

/** Name of the Auth Proxy's container. */
export const PROXY_CONTAINER = "cloud-sql-proxy";

/** Where the proxy listens, as the application sees it. */
export const PROXY_HOST = "localhost";

/** Port of PostgreSQL, of the proxy as of the instance. */
export const DATABASE_PORT = "5432";

/** Port of the proxy's own health check. */
export const HEALTH_PORT = 9090;

/** Ports that the application must leave alone, by what uses them. */
export const RESERVED_PORTS = {
  [DATABASE_PORT]: PROXY_CONTAINER,
  [HEALTH_PORT]: PROXY_CONTAINER,
};

/** A container as services and worker pools alike take it. */
interface ProxyContainer {
  name: string;
  image: string;
  args: pulumi.Input<string>[];
  resources: { limits: Record<string, string> };
  startupProbe: {
    periodSeconds: number;
    timeoutSeconds: number;
    failureThreshold: number;
    httpGet: { path: string; port: number };
  };
}

/**
 * The Cloud SQL Auth Proxy, for a program that does not connect to the instance itself.
 *
 * @see https://github.com/GoogleCloudPlatform/cloud-sql-proxy
 */
export function proxyContainer({
  connection,
  network,
}: CloudRunArgs & { connection: ConnectionArgs }): ProxyContainer {
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
      DATABASE_PORT,
      ...(network === undefined ? [] : ["--private-ip"]),
      ...(connection.password === undefined ? ["--auto-iam-authn"] : []),
      connection.connectionName,
    ],
    resources: { limits: { cpu: "500m", memory: "256Mi" } },
    startupProbe: {
      periodSeconds: 2,
      timeoutSeconds: 2,
      failureThreshold: 30,
      httpGet: { path: "/startup", port: HEALTH_PORT },
    },
  };
}
