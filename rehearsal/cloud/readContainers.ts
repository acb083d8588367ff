import type { Container, EnvVar, Probe } from "./knative";
import { type Properties, list, number, properties, strings, text } from "./properties";

/** A container of Cloud Run's v2 API, which Pulumi speaks, as one of the v1 API, which gcloud speaks. */
export function readContainer(container: Properties, index: number): Container {
  const port = properties(container.ports).containerPort;
  const commands = strings(container.commands);
  const args = strings(container.args);
  return {
    name: text(container.name) || `container-${index + 1}`,
    image: text(container.image),
    ...(commands.length === 0 ? {} : { command: commands }),
    ...(args.length === 0 ? {} : { args }),
    env: list(container.envs).map(readVariable),
    ...(port === undefined ? {} : { ports: [{ containerPort: number(port, 8080) }] }),
    ...(container.startupProbe === undefined
      ? {}
      : { startupProbe: readProbe(properties(container.startupProbe)) }),
    ...(container.resources === undefined ? {} : { resources: container.resources }),
  };
}

function readVariable(variable: Properties): EnvVar {
  const reference = properties(properties(variable.valueSource).secretKeyRef);
  const name = text(variable.name);
  if (reference.secret === undefined) return { name, value: text(variable.value) };
  const secret = text(reference.secret).replace(/^.*\/secrets\//, "");
  return {
    name,
    valueFrom: { secretKeyRef: { name: secret, key: text(reference.version) || "latest" } },
  };
}

function readProbe(probe: Properties): Probe {
  const { httpGet, tcpSocket } = probe;
  const port = (action: unknown): { port?: number } => {
    const value = properties(action).port;
    return value === undefined ? {} : { port: number(value, 8080) };
  };
  const numbers = ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "failureThreshold"];
  const limits = numbers.filter((name) => probe[name] !== undefined);
  return {
    ...(httpGet === undefined
      ? { tcpSocket: port(tcpSocket) }
      : { httpGet: { path: text(properties(httpGet).path) || "/", ...port(httpGet) } }),
    ...Object.fromEntries(limits.map((name) => [name, number(probe[name], 0)])),
  };
}

/** How v1 writes that a container runs on a network. */
const NETWORK_ANNOTATION = "run.googleapis.com/network-interfaces";

/** Annotations of a template's `vpcAccess`. */
export function readNetwork(template: Properties): Record<string, string> {
  const access = properties(template.vpcAccess);
  const interfaces = list(access.networkInterfaces);
  if (interfaces.length === 0 && access.connector === undefined) return {};
  const networks = interfaces.map(({ network, subnetwork }) => ({
    network: text(network),
    subnetwork: text(subnetwork),
  }));
  return { [NETWORK_ANNOTATION]: JSON.stringify(networks) };
}

/** Whether a template with these annotations runs on the database's network. */
export function isInNetwork(annotations: Readonly<Record<string, string>> = {}): boolean {
  return NETWORK_ANNOTATION in annotations;
}
