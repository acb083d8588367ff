import { regionOfSubnetwork } from "../core/networkPath";
import { quote, type Violation } from "../core/violations";

/** A network and its subnet; `unknown` because JavaScript may give anything. */
interface NetworkPair {
  network?: unknown;
  subnetwork?: unknown;
}

/** A network without its subnet, or the other way round, would be left out silently. */
export function checkNetworkPair(
  prefix: string,
  { network, subnetwork }: NetworkPair,
): Violation[] {
  if ((network === undefined) === (subnetwork === undefined)) return [];
  return [
    {
      rule: "network-pair",
      path: `${prefix}${network === undefined ? "network" : "subnetwork"}`,
      expected: "network and subnetwork together, or neither",
      got: "nothing",
    },
  ];
}

/** Cloud Run takes addresses only of its own region. What is not known yet is right. */
export function checkSubnetRegion(path: string, subnetwork: unknown, region: unknown): Violation[] {
  if (typeof subnetwork !== "string" || typeof region !== "string") return [];
  const actual = regionOfSubnetwork(subnetwork);
  if (actual === undefined || actual === region) return [];
  return [
    {
      rule: "subnet-region",
      path,
      expected: `a subnet in region ${region}`,
      got: quote(subnetwork),
      remedy: "take a subnet of that region, or make one in the same network",
    },
  ];
}
