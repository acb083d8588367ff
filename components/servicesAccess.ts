import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

import { physicalName } from "./core/names";

/** What of a network's arguments its access to Google's services is made of. */
interface ServicesAccessOptions {
  project?: pulumi.Input<string>;
  namePrefix?: string;
  servicesPrefixLength?: number;
}

/** Reserves addresses for Google's services and peers their network with ours. */
export function createServicesAccess(
  name: string,
  network: pulumi.Input<string>,
  args: ServicesAccessOptions,
  parent: pulumi.Resource,
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
      ...(args.project !== undefined && { project: args.project }),
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

/**
 * Google peers the workers of a private pool and Cloud SQL's instances with the network by one and
 * the same connection. Peering hands on no routes by itself, and who got a pool to reach a private
 * instance says that this peering had to export its custom routes.
 *
 * @see https://cloud.google.com/sql/docs/postgres/connect-build
 * @see https://github.com/flyway/flyway/issues/3377
 */
export function exchangeRoutes(
  name: string,
  { network, connection }: { network: string; connection: gcp.servicenetworking.Connection },
  args: ServicesAccessOptions,
  parent: pulumi.Resource,
): gcp.compute.NetworkPeeringRoutesConfig {
  return new gcp.compute.NetworkPeeringRoutesConfig(
    `${name}-services-routes`,
    {
      // The name and not the ID: the provider writes it into the middle of a URL.
      network,
      peering: connection.peering,
      exportCustomRoutes: true,
      importCustomRoutes: true,
      ...(args.project !== undefined && { project: args.project }),
    },
    { parent },
  );
}
