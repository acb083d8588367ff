/**
 * Cloud Run's v1 API, which gcloud speaks.
 *
 * @see https://cloud.google.com/run/docs/reference/rest/v1/namespaces.services
 */
export interface Container {
  name: string;
  image: string;
  command?: string[];
  args?: string[];
  env?: EnvVar[];
  ports?: { name?: string; containerPort: number }[];
  startupProbe?: Probe;
  resources?: unknown;
}

export interface EnvVar {
  name: string;
  value?: string;
  valueFrom?: { secretKeyRef: { name: string; key: string } };
}

export interface Probe {
  httpGet?: { path: string; port?: number };
  tcpSocket?: { port?: number };
  initialDelaySeconds?: number;
  timeoutSeconds?: number;
  periodSeconds?: number;
  failureThreshold?: number;
}

export interface Metadata {
  name?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

export interface RevisionTemplate {
  metadata: Metadata;
  spec: {
    containers: Container[];
    serviceAccountName?: string;
    timeoutSeconds?: number;
    containerConcurrency?: number;
  };
}

export interface TrafficTarget {
  revisionName?: string;
  latestRevision?: boolean;
  percent?: number;
  tag?: string;
  url?: string;
}

export interface Condition {
  type: string;
  status: "True" | "False" | "Unknown";
  reason?: string;
  message?: string;
  lastTransitionTime: string;
}

/** What a Cloud Run service is made from, before anything runs. */
export interface ServiceSpec {
  name: string;
  labels: Record<string, string>;
  template: RevisionTemplate;
  traffic: TrafficTarget[];
}

export interface JobSpec {
  name: string;
  labels: Record<string, string>;
  /** Of the task. */
  annotations: Record<string, string>;
  taskCount: number;
  containers: Container[];
  maxRetries: number;
  timeoutSeconds: number;
}

/** A worker pool: containers that run without being asked. */
export interface WorkerPoolSpec {
  name: string;
  labels: Record<string, string>;
  instances: number;
  /** Which revisions have them. */
  splits: TrafficTarget[];
  metadata: Metadata;
  containers: Container[];
}

/** The container that does the work, beside the Auth Proxy. */
export function workContainer(name: string, containers: readonly Container[]): Container {
  const container = containers.find(({ image }) => !isProxyImage(image));
  if (container === undefined) throw new Error(`${name}: expected a container, got none`);
  return container;
}

/** The container that answers requests: the one with a port, or the only one. */
export function ingressContainer(containers: readonly Container[]): Container {
  const container =
    containers.find(({ ports }) => ports !== undefined && ports.length > 0) ?? containers[0];
  if (container === undefined) throw new Error("containers: expected at least one, got none");
  return container;
}

/** True for the Cloud SQL Auth Proxy, which is not started here: the database is on the loopback. */
export function isProxyImage(image: string): boolean {
  return /(^|\/)cloud-sql-proxy(:|@|$)/.test(image);
}

/** True for PostgreSQL's official image. */
export function isPostgresImage(image: string): boolean {
  return /^((index\.)?docker\.io\/(library\/)?)?postgres(:|@|$)/.test(image);
}
