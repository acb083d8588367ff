import type { MigratedServiceArgs } from "../args";
import { checkNetworkPair, checkSubnetRegion } from "./checkPlacement";
import { Connectivity } from "../core/choices";
import { quote, type Violation } from "../core/violations";

/** Whether build, job and service find the database's address. */
export function checkReachArgs(args: MigratedServiceArgs): Violation[] {
  const { network = {}, database = {} } = args;
  const reach =
    database.existingInstance === undefined ? checkOwnInstance(args) : checkOtherInstance(args);
  return [
    ...reach,
    ...checkNetworkPair("network.", network),
    ...checkSubnetRegion("network.subnetwork", network.subnetwork, args.region),
  ];
}

function checkOwnInstance({ network = {}, migration = {} }: MigratedServiceArgs): Violation[] {
  if (migration.connectivity !== Connectivity.BuildStep || network.publicIp === true) return [];
  return [
    {
      rule: "build-step-public-ip",
      path: "network.publicIp",
      expected: "true with migration.connectivity BuildStep",
      got: quote(network.publicIp),
      remedy:
        "the build is outside the network; take CloudRunJob or PrivatePool to stay without a public address",
    },
  ];
}

/** A network of our own would never lead to an instance that stands in another. */
function checkOtherInstance({
  network = {},
  migration = {},
  service = {},
}: MigratedServiceArgs): Violation[] {
  const violations: Violation[] = [];
  if (network.publicIp !== undefined) {
    violations.push({
      rule: "existing-instance-setting",
      path: "network.publicIp",
      expected: "nothing with database.existingInstance",
      got: quote(network.publicIp),
      remedy: "set it where the instance is made",
    });
  }
  const needsNetwork =
    migration.connectivity !== Connectivity.BuildStep || service.databaseAccess === "Direct";
  if (needsNetwork && network.network === undefined && network.subnetwork === undefined) {
    violations.push({
      rule: "existing-instance-network",
      path: "network.network",
      expected: "the network of database.existingInstance, with a subnet of it",
      got: "nothing",
      remedy:
        "give network.network and network.subnetwork; or take connectivity BuildStep for an instance with a public address only",
    });
  }
  return violations;
}

/** The pool of the build. */
export function checkPoolArgs({
  region,
  build = {},
  migration = {},
}: MigratedServiceArgs): Violation[] {
  const { workerPool, machineType } = build;
  if (migration.connectivity !== Connectivity.PrivatePool) {
    if (workerPool === undefined) return [];
    return [
      {
        rule: "pool-connectivity",
        path: "build.workerPool",
        expected: "nothing without migration.connectivity PrivatePool",
        got: "a pool",
      },
    ];
  }
  const violations: Violation[] = [];
  if (machineType !== undefined) {
    violations.push({
      rule: "pool-machine",
      path: "build.machineType",
      expected: "nothing with migration.connectivity PrivatePool",
      got: quote(machineType),
      remedy: "its workers are build.workerPool.machineType",
    });
  }
  return [...violations, ...checkExistingPool(workerPool, region)];
}

function checkExistingPool(
  pool: NonNullable<MigratedServiceArgs["build"]>["workerPool"],
  region: unknown,
): Violation[] {
  const { existing, ...own } = pool ?? {};
  if (existing === undefined) return [];
  const violations: Violation[] = Object.entries(own).map(([key, value]) => ({
    rule: "existing-pool-setting",
    path: `build.workerPool.${key}`,
    expected: "nothing beside build.workerPool.existing",
    got: quote(value),
    remedy: "set it where the pool is made",
  }));
  const location =
    typeof existing === "string" ? /\/locations\/([^/]+)\//.exec(existing)?.[1] : undefined;
  if (typeof region === "string" && location !== undefined && location !== region) {
    violations.push({
      rule: "pool-region",
      path: "build.workerPool.existing",
      expected: `a pool in region ${region}`,
      got: quote(existing),
      remedy: "builds run where their trigger is",
    });
  }
  return violations;
}
