import type { Instance } from "./instance";
import type { JobSpec, ServiceSpec, TrafficTarget, WorkerPoolSpec } from "./knative";
import { type Properties, labels, list, number, plain, properties } from "./properties";
import { seconds, strings, text } from "./properties";
import { readContainer, readNetwork } from "./readContainers";
import { mayBackUp, readInstance, readPools } from "./readDatabase";

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
  workerPools: WorkerPoolSpec[];
  /** Payloads by secret ID, oldest version first. */
  secrets: { id: string; payload: string }[];
  /** Secrets that somebody else made: the environment only grants their use. */
  existingSecrets: string[];
  databases: string[];
  users: DatabaseUser[];
  /** Null when the environment uses an instance that somebody else made. */
  instance: Instance | null;
  /** Private pools of builds by full name, and whether each is on the instance's network. */
  pools: Map<string, boolean>;
  /** Whether somebody is granted to take backups. */
  mayBackUp: boolean;
}

/** Reads services, jobs, secrets, databases and users out of an inventory, by type alone. */
export function readEnvironment({ resources }: EnvironmentInventory): Environment {
  const of = (type: string): Properties[] =>
    resources.filter((resource) => resource.type === type).map(propertiesOf);
  return {
    services: of("gcp:cloudrunv2/service:Service").map(readService),
    jobs: of("gcp:cloudrunv2/job:Job").map(readJob),
    workerPools: of("gcp:cloudrunv2/workerPool:WorkerPool").map(readWorkerPool),
    secrets: of("gcp:secretmanager/secretVersion:SecretVersion").map((version) => ({
      id: secretId(version.secret),
      payload: text(version.secretData),
    })),
    existingSecrets: existingSecrets(
      of("gcp:secretmanager/secretIamMember:SecretIamMember"),
      of("gcp:secretmanager/secretVersion:SecretVersion"),
    ),
    databases: of("gcp:sql/database:Database").map(({ name }) => text(name)),
    users: of("gcp:sql/user:User").map(readUser),
    instance: readInstance(of("gcp:sql/databaseInstance:DatabaseInstance")),
    pools: readPools(of("gcp:cloudbuild/workerPool:WorkerPool")),
    mayBackUp: mayBackUp(
      of("gcp:projects/iAMCustomRole:IAMCustomRole"),
      of("gcp:projects/iAMMember:IAMMember"),
    ),
  };
}

function secretId(value: unknown): string {
  return text(value).replace(/^.*\/secrets\//, "");
}

function existingSecrets(
  members: readonly Properties[],
  versions: readonly Properties[],
): string[] {
  const own = new Set(versions.map(({ secret }) => secretId(secret)));
  const granted = members.map((member) => secretId(member.secretId));
  return [...new Set(granted)].filter((id) => !own.has(id));
}

function propertiesOf({ name, inputs, state }: EnvironmentResource): Properties {
  return { name, ...(plain(state ?? {}) as Properties), ...(plain(inputs) as Properties) };
}

function readService(service: Properties): ServiceSpec {
  const template = properties(service.template);
  const traffic = list(service.traffics).map(readTarget);
  return {
    name: text(service.name),
    labels: labels(service.labels),
    template: {
      metadata: readMetadata(template),
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

function readMetadata(template: Properties): {
  labels: Record<string, string>;
  annotations: Record<string, string>;
} {
  const annotations = { ...labels(template.annotations), ...readNetwork(template) };
  return { labels: labels(template.labels), annotations };
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
    annotations: readNetwork(task),
    taskCount: number(execution.taskCount, 1),
    containers: list(task.containers).map(readContainer),
    maxRetries: number(task.maxRetries, 3),
    timeoutSeconds: seconds(task.timeout, 600),
  };
}

function readWorkerPool(pool: Properties): WorkerPoolSpec {
  const template = properties(pool.template);
  const splits = list(pool.instanceSplits).map(readTarget);
  return {
    name: text(pool.name),
    labels: labels(pool.labels),
    instances: number(properties(pool.scaling).manualInstanceCount, 1),
    splits: splits.length === 0 ? [{ latestRevision: true, percent: 100 }] : splits,
    metadata: readMetadata(template),
    containers: list(template.containers).map(readContainer),
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
