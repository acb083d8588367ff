import { checkLabels, checkProject, checkRegion } from "./core/cloudChecks";
import type { Violation } from "./core/violations";

/** Where something of Cloud Run stands; `unknown` because JavaScript may give anything. */
export interface Placement {
  project?: unknown;
  region: unknown;
  labels?: unknown;
  network?: unknown;
  subnetwork?: unknown;
}

/** Checks what service and job have in common, for those who make one by itself. */
export function checkPlacement(placement: Placement): Violation[] {
  const { project, region, labels } = placement;
  return [
    ...checkProject("project", project),
    // The pure checks take nothing for the default, and a region has none.
    ...checkRegion("region", region ?? null),
    ...checkLabels("labels", labels),
    ...checkNetworkPair("", placement),
  ];
}

/** A network without its subnet, or the other way round, would be left out silently. */
export function checkNetworkPair(
  prefix: string,
  { network, subnetwork }: Pick<Placement, "network" | "subnetwork">,
): Violation[] {
  if ((network === undefined) === (subnetwork === undefined)) return [];
  return [
    {
      path: `${prefix}${network === undefined ? "network" : "subnetwork"}`,
      expected: "network and subnetwork together, or neither",
      got: "nothing",
    },
  ];
}
