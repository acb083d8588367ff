import type * as pulumi from "@pulumi/pulumi";

import type { CloudRunArgs } from "../args";
import { defined } from "../defined";

/**
 * What gcloud writes at every release. Never `template.revision`: re-sent, Google refuses it as
 * taken. Never the image either: it is read from the live object.
 */
export const WRITTEN_BY_RELEASES = [
  "client",
  "clientVersion",
  "template.labels",
  "template.annotations",
];

/** Where something of Cloud Run stands. */
export function runPlace({ project, region, labels }: CloudRunArgs): {
  project?: pulumi.Input<string>;
  location: pulumi.Input<string>;
  labels?: Record<string, pulumi.Input<string>>;
} {
  return { ...defined({ project, labels }), location: region };
}

/** Private addresses are reached through the network, everything else directly. */
export function vpcAccess({ network, subnetwork }: CloudRunArgs): {
  vpcAccess?: {
    egress: string;
    networkInterfaces: { network: pulumi.Input<string>; subnetwork: pulumi.Input<string> }[];
  };
} {
  if (network === undefined || subnetwork === undefined) return {};
  return {
    vpcAccess: { egress: "PRIVATE_RANGES_ONLY", networkInterfaces: [{ network, subnetwork }] },
  };
}

/** A program and its arguments. Without arguments the field stays away: Google gives no empty list back. */
export function commandLine([program = "", ...args]: string[]): {
  commands: string[];
  args: string[] | undefined;
} {
  return { commands: [program], args: args.length === 0 ? undefined : args };
}
