import type * as pulumi from "@pulumi/pulumi";

import type { DatabaseAccess, Ingress, WorkerKind } from "../core/choices";

/** The Cloud Run service itself. */
export interface ServiceShapeArgs {
  /**
   * Port that the container listens on: 1 to 65535, given to it as `PORT`.
   *
   * @default 8080
   * @change update of the service
   */
  port?: number;

  /**
   * Processors of one instance's container: `1`, `2`, `4`, `6` or `8`.
   *
   * @default "1"
   * @change update of the service
   * @see https://cloud.google.com/run/docs/configuring/services/cpu
   */
  cpu?: string;

  /**
   * Memory of one instance's container: `512Mi` to `32Gi`; how much fits depends on `cpu`.
   *
   * @default "512Mi"
   * @change update of the service
   * @see https://cloud.google.com/run/docs/configuring/services/memory-limits
   */
  memory?: string;

  /**
   * Instances that are kept when there are no requests: 0 to 1000.
   *
   * @default 0
   * @change update of the service
   */
  minInstances?: number;

  /**
   * Most instances: 1 to 1000. Each may open as many connections as the application's pool allows.
   *
   * @default 10
   * @change update of the service
   */
  maxInstances?: number;

  /**
   * Requests that one instance answers at a time: 1 to 1000.
   *
   * @default 80
   * @change update of the service
   */
  concurrency?: number;

  /**
   * Plain environment variables by name. A change makes a new revision of the released image.
   *
   * @default - only the connection's variables
   * @change update of the service and workers
   */
  env?: Record<string, pulumi.Input<string>>;

  /**
   * Anybody may call the service without credentials.
   *
   * @default false
   * @change creation or deletion of grants
   */
  publiclyAccessible?: boolean;

  /**
   * Where requests may come from.
   *
   * @default "All"
   * @change update of the service
   */
  ingress?: Ingress;

  /**
   * Path that must answer 2xx or 3xx before a revision counts as ready.
   *
   * @default - the port must accept a connection
   * @change update of the service
   * @see https://cloud.google.com/run/docs/configuring/healthchecks
   */
  startupPath?: string;

  /**
   * Path that must go on answering 2xx or 3xx; else the instance is restarted.
   *
   * @default - none
   * @change update of the service
   */
  livenessPath?: string;

  /**
   * Image of service and job until the first release. It must listen on `PORT` and answer the
   * probes.
   *
   * @default - Google's sample, which answers every path
   * @change none; without a release: update of the service, workers and the job
   */
  placeholderImage?: pulumi.Input<string>;
}

/** A further program of the same image, which a release gives its image after the one migration. */
export interface WorkerArgs {
  /**
   * What runs it. `Job` needs `service.databaseAccess: Direct`: a job's task does not end while the
   * Auth Proxy beside it runs.
   *
   * @default "WorkerPool"
   * @change replace of workers and grants; update of the trigger
   */
  kind?: WorkerKind;

  /**
   * Program and arguments, `["node", "worker.js"]`, as they are written, without a shell.
   *
   * @change update of the trigger; with a released image: update of workers
   */
  command: string[];

  /**
   * Processors of one instance: `1`, `2`, `4`, `6` or `8`.
   *
   * @default "1"
   * @change update of workers
   */
  cpu?: string;

  /**
   * Memory of one instance: `512Mi` to `32Gi`; how much fits depends on `cpu`.
   *
   * @default "512Mi"
   * @change update of workers
   */
  memory?: string;

  /**
   * Instances of a `WorkerPool`: 0 to 1000. Each costs as long as it runs.
   *
   * @default 1
   * @change update of workers
   */
  instances?: number;

  /**
   * Limit of one run of a `Job` in seconds: 1 to 86400.
   *
   * @default 600
   * @change update of workers
   */
  taskTimeoutSeconds?: number;

  /**
   * How often a failed run of a `Job` is tried again: 0 to 10.
   *
   * @default 0
   * @change update of workers
   */
  maxRetries?: number;

  /**
   * Plain environment variables by name, over those of the service.
   *
   * @default - those of the service
   * @change update of workers
   */
  env?: Record<string, pulumi.Input<string>>;
}

/** The Cloud Run service, and what runs beside it from the same image. */
export interface ServiceArgs extends ServiceShapeArgs {
  /**
   * How service and workers reach the database. `Direct` relaxes the instance: TLS without a client
   * certificate, and connections without a connector; with login `Iam` the application then brings
   * the token itself. Back to `Sidecar` the instance turns strict before the new revision serves. A
   * change is refused while a release has left traffic on an older revision.
   *
   * @default "Sidecar"
   * @change update of the service, workers and the instance; running instances cannot log in until the new revision serves
   */
  databaseAccess?: DatabaseAccess;

  /**
   * Further programs of the same image by name: lower-case letters and digits, at most 20, not
   * `migrate` or `roles`. They get the service's connection, environment and secrets.
   *
   * @default - none
   * @change creation or deletion of workers and grants; update of the trigger
   */
  workers?: Record<string, WorkerArgs>;

  /**
   * Email of a service account that is there already: service and workers run as it, and it gets the
   * roles for it. With login `Iam` it is the database user too: start a release right after a change,
   * for only that gives the new user its rights. Such a change is refused while a release has left
   * traffic on an older revision.
   *
   * @default - an account of its own
   * @change update of the service and workers; replace of grants; deletion of the service account; with login Iam: replace of database users; with login Iam: update of the job; a new database user has no rights until the next release
   */
  serviceAccount?: pulumi.Input<string>;
}
