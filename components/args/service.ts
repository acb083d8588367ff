import type * as pulumi from "@pulumi/pulumi";

import type { Ingress } from "../core/choices";

/** The Cloud Run service. */
export interface ServiceArgs {
  /**
   * Port that the container listens on: 1 to 65535, given to it as `PORT`.
   *
   * @default 8080
   */
  port?: number;

  /**
   * Processors of one instance's container: `1`, `2`, `4`, `6` or `8`.
   *
   * @default "1"
   * @see https://cloud.google.com/run/docs/configuring/services/cpu
   */
  cpu?: string;

  /**
   * Memory of one instance's container: `512Mi` to `32Gi`; how much fits depends on `cpu`.
   *
   * @default "512Mi"
   * @see https://cloud.google.com/run/docs/configuring/services/memory-limits
   */
  memory?: string;

  /**
   * Instances that are kept when there are no requests: 0 to 1000.
   *
   * @default 0
   */
  minInstances?: number;

  /**
   * Most instances: 1 to 1000. Each may open as many connections as the application's pool allows.
   *
   * @default 10
   */
  maxInstances?: number;

  /**
   * Requests that one instance answers at a time: 1 to 1000.
   *
   * @default 80
   */
  concurrency?: number;

  /**
   * Plain environment variables by name. A change makes a new revision of the released image.
   *
   * @default - only the connection's variables
   */
  env?: Record<string, pulumi.Input<string>>;

  /**
   * Anybody may call the service without credentials.
   *
   * @default false
   */
  publiclyAccessible?: boolean;

  /**
   * Where requests may come from.
   *
   * @default "All"
   */
  ingress?: Ingress;

  /**
   * Path that must answer 2xx or 3xx before a revision counts as ready.
   *
   * @default - the port must accept a connection
   * @see https://cloud.google.com/run/docs/configuring/healthchecks
   */
  startupPath?: string;

  /**
   * Path that must go on answering 2xx or 3xx; else the instance is restarted.
   *
   * @default - none
   */
  livenessPath?: string;

  /**
   * Image of service and job until the first release. It must listen on `PORT` and answer the
   * probes.
   *
   * @default - Google's sample, which answers every path
   */
  placeholderImage?: pulumi.Input<string>;
}
