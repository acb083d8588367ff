import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

import { checkedArgs } from "./checks/checkedArgs";
import { physicalName } from "./core/names";
import { NAME, POOL_WORKERS, PROJECT, REGION } from "./checks/memberChecks";
import { integer, required, text, type Members } from "./checks/shape";

export interface PrivatePoolArgs {
  /**
   * Project ID.
   *
   * @default - the provider's project
   * @change replace of the pool
   */
  project?: pulumi.Input<string>;

  /**
   * Region of the pool, which is that of the builds in it.
   *
   * @change replace of the pool
   */
  region: pulumi.Input<string>;

  /**
   * First part of the pool's name, before the stack.
   *
   * @default - the component's name
   * @change replace of the pool
   */
  namePrefix?: string;

  /**
   * Self link or ID of the network that the workers are peered with. It needs private services
   * access first: `PrivateNetwork.networkId` resolves after it.
   *
   * @change replace of the pool
   * @see https://cloud.google.com/build/docs/private-pools/set-up-private-pool-to-use-in-vpc-network
   */
  network: pulumi.Input<string>;

  /**
   * Size of the workers' range of addresses, which is taken from those of private services access,
   * as a prefix length: 16 to 29. A /28 holds 14 workers, and so as many builds at once; Cloud SQL
   * takes a /24 beside it.
   *
   * @default 28
   * @change replace of the pool
   * @see https://cloud.google.com/build/docs/private-pools/private-pool-config-file-schema
   */
  workersPrefixLength?: number;

  /**
   * Machine of the workers, such as `e2-standard-2`.
   *
   * @default "e2-standard-2"
   * @change update of the pool
   * @see https://cloud.google.com/build/docs/private-pools/private-pool-config-file-schema#machinetype
   */
  machineType?: string;

  /**
   * Disk of a worker in GB: 100 to 4000.
   *
   * @default 100
   * @change update of the pool
   */
  diskSizeGb?: number;

  /**
   * Workers have public addresses. Without, the network must offer another way to whatever a build
   * fetches.
   *
   * @default true
   * @change update of the pool
   */
  externalIp?: boolean;
}

const ARGS: Members<PrivatePoolArgs> = {
  project: PROJECT,
  region: REGION,
  namePrefix: text("a text that is not empty", /./, "empty-text"),
  network: required(NAME),
  workersPrefixLength: integer(16, 29),
  ...POOL_WORKERS,
};

/**
 * The pool in which builds run when they are to reach a private database. It has no workers of its
 * own: each build gets one, and only their time is paid for.
 */
export class PrivatePool extends pulumi.ComponentResource {
  /** `projects/{project}/locations/{region}/workerPools/{name}`. Resolves once the pool is there. */
  readonly poolId: pulumi.Output<string>;

  constructor(name: string, args: PrivatePoolArgs, opts?: pulumi.ComponentResourceOptions) {
    super("cloud-run-migrations:index:PrivatePool", name, {}, opts);
    const checked = checkedArgs(this, ARGS, args);

    const { project, region, externalIp = true, workersPrefixLength = 28 } = checked;
    const pool = new gcp.cloudbuild.WorkerPool(
      name,
      {
        ...(project !== undefined && { project }),
        location: region,
        name: physicalName("privatePool", {
          name: checked.namePrefix ?? name,
          stack: pulumi.getStack(),
        }),
        networkConfig: {
          peeredNetwork: pulumi.output(checked.network).apply(networkPath),
          peeredNetworkIpRange: `/${workersPrefixLength}`,
        },
        workerConfig: {
          machineType: checked.machineType ?? "e2-standard-2",
          diskSizeGb: checked.diskSizeGb ?? 100,
          noExternalIp: !externalIp,
        },
      },
      { parent: this },
    );

    this.poolId = pool.id;
    this.registerOutputs({ poolId: this.poolId });
  }
}

/** Cloud Build takes no URL: `https://www.googleapis.com/compute/v1/projects/…` → `projects/…` */
function networkPath(network: string): string {
  return network.replace(/^https:\/\/.*?\/(?=projects\/)/, "");
}
