import type * as pulumi from "@pulumi/pulumi";

import type { SecretVersionArgs } from "../secretVersionArgs";

/** What service and job have in common. */
export interface CloudRunArgs {
  /**
   * Project ID. A change replaces service or job.
   *
   * @default - the provider's project
   */
  project?: pulumi.Input<string>;

  /** Region of service or job. A change replaces it. */
  region: pulumi.Input<string>;

  /**
   * First part of its name, before the stack. A change replaces it.
   *
   * @default - the component's name
   */
  namePrefix?: string;

  /**
   * Its labels.
   *
   * @default - none
   */
  labels?: Record<string, pulumi.Input<string>>;

  /** Email of the account that it runs as. */
  serviceAccount: pulumi.Input<string>;

  /**
   * Email of the account that may release: give it an image, run it, move its traffic.
   *
   * @default - nobody is granted that
   */
  releasedBy?: pulumi.Input<string>;

  /**
   * Network of the instance's private address, with `subnetwork`.
   *
   * @default - the instance's public address is taken
   */
  network?: pulumi.Input<string>;

  /**
   * Subnet of `network`, in `region`.
   *
   * @default - none
   */
  subnetwork?: pulumi.Input<string>;

  /**
   * Google's flag and Pulumi's `protect`.
   *
   * @default true
   */
  deletionProtection?: boolean;
}

/** What a program needs to log in to the database. */
export interface ConnectionArgs {
  /** `{project}:{region}:{instance}` */
  connectionName: pulumi.Input<string>;

  /** Database that is used. */
  database: pulumi.Input<string>;

  /** Database user. */
  user: pulumi.Input<string>;

  /**
   * Version that holds the user's password.
   *
   * @default - the account logs in with its own token
   */
  password?: SecretVersionArgs;
}
