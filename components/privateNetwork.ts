import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { checkProject, checkRegion } from "./core/cloudChecks";
import { checkInteger, checkText } from "./core/checkText";
import { physicalName } from "./core/names";
import { quote, type Violation } from "./core/violations";
import { throwIfInvalid } from "./throwIfInvalid";

export interface PrivateNetworkArgs {
  /**
   * Project ID.
   *
   * @default - the provider's project
   */
  project?: pulumi.Input<string>;

  /** Region of the subnet. A change replaces it. */
  region: pulumi.Input<string>;

  /**
   * First part of the resources' names, before the stack.
   *
   * @default - the component's name
   */
  namePrefix?: string;

  /**
   * Self link or ID of a network that is there already.
   *
   * @default - a network of its own
   */
  network?: pulumi.Input<string>;

  /**
   * Self link or ID of a subnet of `network`. Needed with `network`, nothing without it.
   *
   * @default - a subnet of its own
   */
  subnetwork?: pulumi.Input<string>;

  /**
   * Makes private services access, through which Cloud SQL gets its private address. A network can
   * have it once: leave it out where `network` has it already.
   *
   * @default - true for a network of its own, false for `network`
   * @see https://cloud.google.com/vpc/docs/configure-private-services-access
   */
  privateServicesAccess?: boolean;

  /**
   * Addresses of the subnet, a /26 or larger: Cloud Run takes twice as many as there are instances.
   * A change replaces the subnet.
   *
   * @default "10.8.0.0/24"
   * @see https://cloud.google.com/run/docs/configuring/vpc-direct-vpc#ip-address-allocation
   */
  subnetRange?: string;

  /**
   * Size of the range for Google's services, as a prefix length: 16 to 24. A change replaces the range.
   *
   * @default 20
   */
  servicesPrefixLength?: number;
}

/** The network in which Cloud Run reaches a private database; or one that is there already. */
export class PrivateNetwork extends pulumi.ComponentResource {
  /** The network's ID. Resolves once an instance can get a private address in it. */
  readonly networkId: pulumi.Output<string>;

  /** The subnet's ID, for direct VPC egress. */
  readonly subnetworkId: pulumi.Output<string>;

  constructor(name: string, args: PrivateNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("cloud-run-migrations:index:PrivateNetwork", name, {}, opts);
    throwIfInvalid(this, checkPrivateNetwork(args));

    const physical = physicalName("network", {
      name: args.namePrefix ?? name,
      stack: pulumi.getStack(),
    });
    const network = args.network ?? createNetwork(name, physical, args, this);
    const subnetwork = args.subnetwork ?? createSubnetwork(name, physical, network, args, this);
    const needsAccess = args.privateServicesAccess ?? args.network === undefined;
    const access = needsAccess ? [createServicesAccess(name, network, args, this)] : [];

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

/** Reserves addresses for Google's services and peers their network with ours. */
function createServicesAccess(
  name: string,
  network: pulumi.Input<string>,
  args: PrivateNetworkArgs,
  parent: PrivateNetwork,
): gcp.servicenetworking.Connection {
  const range = new gcp.compute.GlobalAddress(
    `${name}-services-range`,
    {
      name: physicalName("network", {
        name: args.namePrefix ?? name,
        stack: pulumi.getStack(),
        purpose: "services",
      }),
      purpose: "VPC_PEERING",
      addressType: "INTERNAL",
      prefixLength: args.servicesPrefixLength ?? 20,
      network,
      ...projectOf(args),
    },
    { parent },
  );
  return new gcp.servicenetworking.Connection(
    `${name}-services-connection`,
    {
      network,
      service: "servicenetworking.googleapis.com",
      reservedPeeringRanges: [range.name],
      // Google refuses to delete it for days after the last instance is gone.
      deletionPolicy: "ABANDON",
    },
    { parent },
  );
}

function projectOf({ project }: PrivateNetworkArgs): { project?: pulumi.Input<string> } {
  return project === undefined ? {} : { project };
}

function checkPrivateNetwork(args: PrivateNetworkArgs): Violation[] {
  const { network, subnetwork } = args;
  const pair: Violation[] =
    (network === undefined) === (subnetwork === undefined)
      ? []
      : [
          {
            path: "subnetwork",
            expected: "network and subnetwork together, or neither",
            got: network === undefined ? "subnetwork only" : "network only",
          },
        ];
  return [
    ...checkProject("project", args.project),
    ...checkRegion("region", args.region),
    ...pair,
    ...checkText(
      "subnetRange",
      args.subnetRange,
      "an IPv4 range such as 10.8.0.0/24, /8 to /26",
      isRange,
    ),
    ...checkInteger("servicesPrefixLength", args.servicesPrefixLength, 16, 24),
    ...(args.privateServicesAccess === false && network === undefined
      ? [
          {
            path: "privateServicesAccess",
            expected: "true for a network of its own",
            got: quote(false),
          },
        ]
      : []),
  ];
}

function isRange(text: string): boolean {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (match === null) return false;
  const [bits = 0, ...octets] = match.slice(1).map(Number).reverse();
  return octets.every((octet) => octet <= 255) && bits >= 8 && bits <= 26;
}
