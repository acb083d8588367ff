import type * as pulumi from "@pulumi/pulumi";

/** The network between service, migration job and database. */
export interface NetworkArgs {
  /**
   * ID or self link of a network that is there already and has private services access:
   * `projects/{project}/global/networks/{name}`. A change replaces the instance's private address.
   * With `database.existingInstance` it must be the network of that instance.
   *
   * Of another project (Shared VPC), Cloud Run has to be let in on the subnet first: its agent,
   * `service-PROJECT_NUMBER@serverless-robot-prod.iam.gserviceaccount.com`, needs
   * `roles/compute.networkUser` on `subnetwork`.
   *
   * @default - a network of its own, with private services access
   * @change restart of the instance; update of the service, workers and the job; deletion of the network; with another existing network: restart of the instance
   * @see https://cloud.google.com/vpc/docs/configure-private-services-access
   */
  network?: pulumi.Input<string>;

  /**
   * ID or self link of a subnet of `network`, `projects/{project}/regions/{region}/subnetworks/{name}`,
   * with at least a /26 for Cloud Run. Its region must be `region`. Needed with `network`.
   *
   * @default - a subnet of its own
   * @change update of the service, workers and the job
   * @see https://cloud.google.com/run/docs/configuring/vpc-direct-vpc
   */
  subnetwork?: pulumi.Input<string>;

  /**
   * The instance also has a public address, with no authorised network: only Google's connectors
   * get in. `BuildStep` needs it.
   *
   * @default false
   * @change update of the instance
   */
  publicIp?: boolean;
}
