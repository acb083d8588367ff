import type * as pulumi from "@pulumi/pulumi";

/** The network between service, migration job and database. */
export interface NetworkArgs {
  /**
   * Self link or ID of a network that is there already and has private services access. A change
   * replaces the instance's private address.
   *
   * @default - a network of its own, with private services access
   * @see https://cloud.google.com/vpc/docs/configure-private-services-access
   */
  network?: pulumi.Input<string>;

  /**
   * Self link or ID of a subnet of `network`, in `region`, with at least a /26 for Cloud Run.
   * Needed with `network`.
   *
   * @default - a subnet of its own
   * @see https://cloud.google.com/run/docs/configuring/vpc-direct-vpc
   */
  subnetwork?: pulumi.Input<string>;

  /**
   * The instance also has a public address, with no authorised network: only Google's connectors
   * get in. `BuildStep` needs it.
   *
   * @default false
   */
  publicIp?: boolean;
}
