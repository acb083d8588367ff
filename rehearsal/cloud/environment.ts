import type { Container, EnvVar, JobSpec, Probe, ServiceSpec, TrafficTarget } from "./knative";

/** The part of an inventory's resource that the rehearsal reads. */
export interface EnvironmentResource {
  /** `gcp:cloudrunv2/service:Service` */
  type: string;
  name: string;
  /** Resolved; a secret is an object with `reveal()`. */
  inputs: Record<string, unknown>;
  /** Inputs and what the cloud would have computed. */
  state?: Record<string, unknown>;
}

/** A whole environment, as a Pulumi program describes it. */
export interface EnvironmentInventory {
  resources: readonly EnvironmentResource[];
}

export interface DatabaseUser {
  name: string;
  /** Absent for an IAM user. */
  password?: string;
  databaseRoles?: string[];
}

/** What the cloud's stand-in is made from. */
export interface Environment {
  services: ServiceSpec[];
  jobs: JobSpec[];
  /** Payloads by secret ID, oldest version first. */
  secrets: { id: string; payload: string }[];
  databases: string[];
  users: DatabaseUser[];
  /** IP addresses of the instances. */
  databaseHosts: string[];
}

/** Reads services, jobs, secrets, databases and users out of an inventory, by type alone. */
export function readEnvironment({ resources }: EnvironmentInventory): Environment {
  const of = (type: string): Properties[] =>
    resources.filter((resource) => resource.type === type).map(propertiesOf);
  return {
    services: of("gcp:cloudrunv2/service:Service").map(readService),
    jobs: of("gcp:cloudrunv2/job:Job").map(readJob),
    secrets: of("gcp:secretmanager/secretVersion:SecretVersion").map((version) => ({
      id: text(version.secret).replace(/^.*\/secrets\//, ""),
      payload: text(version.secretData),
    })),
    databases: of("gcp:sql/database:Database").map(({ name }) => text(name)),
    users: of("gcp:sql/user:User").map(readUser),
    databaseHosts: of("gcp:sql/databaseInstance:DatabaseInstance").flatMap((instance) =>
      [instance.privateIpAddress, instance.publicIpAddress, instance.firstIpAddress]
        .map(text)
        .filter((address) => address !== ""),
    ),
  };
}

type Properties = Record<string, unknown>;

function propertiesOf({ name, inputs, state }: EnvironmentResource): Properties {
  return { name, ...(plain(state ?? {}) as Properties), ...(plain(inputs) as Properties) };
}

/** Opens secrets, which the inventory wraps. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const { reveal } = value as { reveal?: unknown };
  if (typeof reveal === "function") return plain((reveal as () => unknown).call(value));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

function readService(service: Properties): ServiceSpec {
  const template = properties(service.template);
  const traffic = list(service.traffics).map(readTarget);
  return {
    name: text(service.name),
    labels: labels(service.labels),
    template: {
      metadata: { labels: labels(template.labels), annotations: labels(template.annotations) },
      spec: {
        containers: list(template.containers).map(readContainer),
        serviceAccountName: text(template.serviceAccount),
        timeoutSeconds: seconds(template.timeout, 300),
        containerConcurrency: number(template.maxInstanceRequestConcurrency, 80),
      },
    },
    traffic: traffic.length === 0 ? [{ latestRevision: true, percent: 100 }] : traffic,
  };
}

function readTarget(target: Properties): TrafficTarget {
  const isLatest = text(target.type) !== "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION";
  return {
    ...(isLatest ? { latestRevision: true } : { revisionName: text(target.revision) }),
    percent: number(target.percent, 0),
    ...(target.tag === undefined ? {} : { tag: text(target.tag) }),
  };
}

function readJob(job: Properties): JobSpec {
  const execution = properties(job.template);
  const task = properties(execution.template);
  return {
    name: text(job.name),
    labels: labels(job.labels),
    taskCount: number(execution.taskCount, 1),
    containers: list(task.containers).map(readContainer),
    maxRetries: number(task.maxRetries, 3),
    timeoutSeconds: seconds(task.timeout, 600),
  };
}

function readContainer(container: Properties, index: number): Container {
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

function readUser(user: Properties): DatabaseUser {
  const isIam = text(user.type).startsWith("CLOUD_IAM");
  const roles = strings(user.databaseRoles);
  return {
    name: text(user.name),
    ...(isIam ? {} : { password: text(user.password) }),
    ...(roles.length === 0 ? {} : { databaseRoles: roles }),
  };
}

function properties(value: unknown): Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Properties)
    : {};
}

function list(value: unknown): Properties[] {
  return Array.isArray(value) ? value.map(properties) : [];
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(text) : [];
}

function labels(value: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(properties(value)).map(([key, item]) => [key, text(item)]),
  );
}

function text(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

function number(value: unknown, fallback: number): number {
  const result = Number(text(value));
  return text(value) === "" || Number.isNaN(result) ? fallback : result;
}

/** `900s` */
function seconds(value: unknown, fallback: number): number {
  const amount = /^(\d+(?:\.\d+)?)s$/.exec(text(value))?.[1];
  return amount === undefined ? fallback : Number(amount);
}
