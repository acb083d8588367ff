import type * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";

import type { ServiceShapeArgs } from "../args";
import type { RuntimeConnectionArgs } from "../args/cloudRun";
import { APP_CONTAINER } from "../build/deploy";
import { connectionEnvironment } from "./connectionEnvironment";
import { PROXY_CONTAINER } from "./containers";
import {
  plainVariable,
  secretVariables,
  type EnvironmentVariable,
  type SecretVersionArgs,
} from "../secretVersionArgs";

type Container = gcp.types.input.cloudrunv2.ServiceTemplateContainer;

/** What the application is told by its environment. */
interface ToldProgram {
  connection: RuntimeConnectionArgs;
  env?: Record<string, pulumi.Input<string>>;
  secrets?: Record<string, SecretVersionArgs>;
}

/** The application's container: image by the release, everything else by Pulumi. */
export function appContainer(
  args: ServiceShapeArgs & ToldProgram,
  image: pulumi.Output<string>,
): Container {
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
    ...afterProxy(args.connection),
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
    envs: programEnvironment(args),
  };
}

/** The database can be reached before the application starts; directly it can anyway. */
export function afterProxy({ host }: RuntimeConnectionArgs): { dependsOns?: string[] } {
  return host === undefined ? { dependsOns: [PROXY_CONTAINER] } : {};
}

/** All environment variables of the application, which workers get too. */
export function programEnvironment({
  connection,
  env = {},
  secrets = {},
}: ToldProgram): EnvironmentVariable[] {
  const { environmentNames, secrets: connectionSecrets } = connection;
  return [
    ...connectionEnvironment({ connection, environmentNames, secrets: connectionSecrets }),
    ...Object.entries(env).map(([name, value]) => plainVariable(name, value)),
    ...secretVariables(secrets),
  ];
}
