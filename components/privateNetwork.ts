import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

import { checkedArgs } from "./checks/checkedArgs";
import { checkNetworkPair } from "./checks/checkPlacement";
import { physicalName } from "./core/names";
import { quote, type Violation } from "./core/violations";
import { NAME, PROJECT, REGION } from "./checks/memberChecks";
import { createServicesAccess, exchangeRoutes } from "./servicesAccess";
import { flag, integer, text, type Members } from "./checks/shape";

export interface PrivateNetworkArgs {
  /**
   * Project ID.
   *
   * @default - the provider's project
   * @change replace of everything here
   */
  project?: pulumi.Input<string>;

  /**
   * Region of the subnet.
   *
   * @change replace of the subnet
   */
  region: pulumi.Input<string>;

  /**
   * First part of the resources' names, before the stack.
   *
   * @default - the component's name
   * @change replace of everything here
   */
  namePrefix?: string;

  /**
   * Self link or ID of a network that is there already.
   *
   * @default - a network of its own
   * @change the network of its own is deleted
   */
  network?: pulumi.Input<string>;

  /**
   * Self link or ID of a subnet of `network`. Needed with `network`, nothing without it.
   *
   * @default - a subnet of its own
   * @change the subnet of its own is deleted
   */
  subnetwork?: pulumi.Input<string>;

  /**
   * Makes private services access, through which Cloud SQL gets its private address. A network can
   * have it once: leave it out where `network` has it already.
   *
   * @default - true for a network of its own, false for `network`
   * @change creates it, or leaves it behind
   * @see https://cloud.google.com/vpc/docs/configure-private-services-access
   */
  privateServicesAccess?: boolean;

  /**
   * A network of its own exchanges its custom routes with Google's services. For `PrivatePool`,
   * whose workers reach Cloud SQL through the same peering. Cannot be had with `network`: whoever
   * owns that one also sets its peering.
   *
   * @default false
   * @change update of the peering; it stays as it is when this is taken back
   * @see https://cloud.google.com/sql/docs/postgres/configure-private-ip#vpn
   */
  exportCustomRoutes?: boolean;

  /**
   * Addresses of the subnet, a /26 or larger: Cloud Run takes twice as many as there are instances.
   *
   * @default "10.8.0.0/24"
   * @change replace of the subnet
   * @see https://cloud.google.com/run/docs/configuring/vpc-direct-vpc#ip-address-allocation
   */
  subnetRange?: string;

  /**
   * Size of the range for Google's services, as a prefix length: 16 to 24.
   *
   * @default 20
   * @change replace of the range
   */
  servicesPrefixLength?: number;
}

const OCTET = "(25[0-5]|2[0-4]\\d|1?\\d?\\d)";
const RANGE = new RegExp(`^${OCTET}(\\.${OCTET}){3}/([89]|1\\d|2[0-6])$`);

const ARGS: Members<PrivateNetworkArgs> = {
  project: PROJECT,
  region: REGION,
  namePrefix: text("a text that is not empty", /./, "empty-text"),
  network: NAME,
  subnetwork: NAME,
  privateServicesAccess: flag(),
  exportCustomRoutes: flag(),
  subnetRange: text("an IPv4 range such as 10.8.0.0/24, /8 to /26", RANGE, "subnet-range"),
  servicesPrefixLength: integer(16, 24),
};

/** The network in which Cloud Run reaches a private database; or one that is there already. */
export class PrivateNetwork extends pulumi.ComponentResource {
  /** The network's ID. Resolves once an instance can get a private address in it. */
  readonly networkId: pulumi.Output<string>;

  /** The subnet's ID, for direct VPC egress. */
  readonly subnetworkId: pulumi.Output<string>;

  constructor(name: string, args: PrivateNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("cloud-run-migrations:index:PrivateNetwork", name, {}, opts);
    const checked = checkedArgs(this, ARGS, args, checkPrivateNetwork);

    const physical = physicalName("network", {
      name: checked.namePrefix ?? name,
      stack: pulumi.getStack(),
    });
    const network = checked.network ?? createNetwork(name, physical, checked, this);
    const subnetwork =
      checked.subnetwork ?? createSubnetwork(name, physical, network, checked, this);
    const access: pulumi.CustomResource[] = [];
    if (checked.privateServicesAccess ?? checked.network === undefined) {
      const connection = createServicesAccess(name, network, checked, this);
      access.push(connection);
      if (checked.exportCustomRoutes === true) {
        access.push(exchangeRoutes(name, { network: physical, connection }, checked, this));
      }
    }

    this.networkId = pulumi
      .all([network, pulumi.all(access.map(({ id }) => id))])
      .apply(([id]) => id);
    this.subnetworkId = pulumi.output(subnetwork);
    this.registerOutputs({ networkId: this.networkId, subnetworkId: this.subnetworkId });
  }
}

function createNetwork(
  name: string,
  physical: string,
  args: PrivateNetworkArgs,
  parent: PrivateNetwork,
): pulumi.Output<string> {
  const network = new gcp.compute.Network(
    name,
    {
      name: physical,
      autoCreateSubnetworks: false,
      routingMode: "REGIONAL",
      ...projectOf(args),
    },
    { parent },
  );
  return network.id;
}

function createSubnetwork(
  name: string,
  physical: string,
  network: pulumi.Input<string>,
  args: PrivateNetworkArgs,
  parent: PrivateNetwork,
): pulumi.Output<string> {
  const subnetwork = new gcp.compute.Subnetwork(
    `${name}-subnet`,
    {
      name: physical,
      region: args.region,
      network,
      ipCidrRange: args.subnetRange ?? "10.8.0.0/24",
      // Google's APIs stay reachable for whatever egress goes through the subnet.
      privateIpGoogleAccess: true,
      // Scanners ask for flow logs; a tenth of the flows keeps them cheap.
      logConfig: { aggregationInterval: "INTERVAL_10_MIN", flowSampling: 0.1 },
      ...projectOf(args),
    },
    { parent },
  );
  return subnetwork.id;
}

function projectOf({ project }: PrivateNetworkArgs): { project?: pulumi.Input<string> } {
  return project === undefined ? {} : { project };
}

function checkPrivateNetwork(args: PrivateNetworkArgs): Violation[] {
  const { network, privateServicesAccess, exportCustomRoutes } = args;
  const violations = checkNetworkPair("", args);
  if (privateServicesAccess === false && network === undefined) {
    violations.push({
      rule: "own-network-access",
      path: "privateServicesAccess",
      expected: "true for a network of its own",
      got: quote(privateServicesAccess),
    });
  }
  if (exportCustomRoutes === true && network !== undefined) {
    violations.push({
      rule: "existing-network-routes",
      path: "exportCustomRoutes",
      expected: "nothing with network",
      got: quote(exportCustomRoutes),
      remedy: "set it on the peering where that network is made",
    });
  }
  return violations;
}
