import * as pulumi from "@pulumi/pulumi";

import type { MigratedServiceArgs } from "../args";
import { checkSubnetRegion } from "../checks/checkPlacement";
import { refuseLate } from "../checks/refuseLate";
import { Connectivity, DatabaseAccess, Login } from "../core/choices";
import { defined } from "../defined";
import { isDeletionProtected } from "../database/instanceSettings";
import { PrivateNetwork } from "../privateNetwork";
import { PrivatePool } from "../privatePool";
import { applyThrowing } from "../resourceError";
import { ServiceAccounts } from "../serviceAccounts";
import { ServiceApis } from "../serviceApis";

/** Where everything is made, and what everything else stands on. */
export interface Base {
  name: string;
  args: MigratedServiceArgs;
  parent: pulumi.ComponentResource;
  connectivity: Connectivity;
  login: Login;
  access: DatabaseAccess;
  /** A command takes our tool's place. */
  hasCommand: boolean;
  deletionProtection: boolean;
  /** Arguments that every part takes. */
  place: {
    namePrefix: string;
    region: pulumi.Input<string>;
    project?: pulumi.Input<string>;
    labels?: Record<string, pulumi.Input<string>>;
  };
  /** Options of every part: after the APIs are enabled. */
  options: pulumi.ComponentResourceOptions;
  accounts: ServiceAccounts;
  /** Nothing where an existing instance is reached by its public address. */
  network?: PrivateNetwork;
  /** The pool that builds run in; only in `PrivatePool`. */
  poolId?: pulumi.Output<string>;
}

/** Options of every part, whose parent is the environment. */
type PartOptions = pulumi.ComponentResourceOptions & { parent: pulumi.Resource };

/** Whether nothing may be deleted. Looks at arguments that nobody has checked yet. */
export function isProtected(args: MigratedServiceArgs | undefined): boolean {
  return isDeletionProtected({
    deletionProtection: args?.database?.deletionProtection,
    preset: args?.preset,
  });
}

export function createBase(
  name: string,
  args: MigratedServiceArgs,
  parent: pulumi.ComponentResource,
): Base {
  const { project, region, labels, build, database, migration, service } = args;
  const connectivity = migration?.connectivity ?? Connectivity.CloudRunJob;
  const projectArgs = defined({ project });
  const apis =
    args.enableApis === false
      ? []
      : [new ServiceApis(`${name}-apis`, { ...projectArgs }, { parent })];
  const options = { parent, dependsOn: apis };
  const place = { namePrefix: name, region, ...defined({ project, labels }) };
  const network = createNetwork(name, args, connectivity, options);
  const poolId = createPool(name, args, connectivity, network, options);
  return {
    name,
    args,
    parent,
    connectivity,
    login: database?.login ?? Login.Password,
    access: service?.databaseAccess ?? DatabaseAccess.Sidecar,
    hasCommand: (migration?.command ?? []).length > 0,
    deletionProtection: isProtected(args),
    place,
    options,
    accounts: new ServiceAccounts(
      `${name}-accounts`,
      {
        ...projectArgs,
        namePrefix: name,
        connectivity,
        ...defined({
          build: build?.serviceAccount,
          migrator: migration?.serviceAccount,
          runtime: service?.serviceAccount,
          workerPool: build?.workerPool?.existing,
        }),
      },
      options,
    ),
    ...(network !== undefined && { network }),
    ...(poolId !== undefined && { poolId }),
  };
}

/**
 * Always there for an instance of our own, in `BuildStep` too: an instance that once had a private
 * address cannot lose it, so changing the connectivity would replace the database.
 */
function createNetwork(
  name: string,
  { project, region, network = {}, database }: MigratedServiceArgs,
  connectivity: Connectivity,
  options: PartOptions,
): PrivateNetwork | undefined {
  const isOwn = network.network === undefined;
  if (database?.existingInstance !== undefined && isOwn) return undefined;
  return new PrivateNetwork(
    `${name}-network`,
    {
      region,
      namePrefix: name,
      ...defined({
        project,
        network: network.network,
        subnetwork: subnetworkIn(network.subnetwork, region, options.parent),
      }),
      ...(connectivity === Connectivity.PrivatePool && isOwn && { exportCustomRoutes: true }),
    },
    options,
  );
}

/** The subnet, once it is known that Cloud Run can take addresses of it. */
function subnetworkIn(
  subnetwork: pulumi.Input<string> | undefined,
  region: pulumi.Input<string>,
  parent: pulumi.Resource,
): pulumi.Output<string> | undefined {
  if (subnetwork === undefined) return undefined;
  const both = pulumi.all([subnetwork, region]);
  return applyThrowing(both, ([found, location]) =>
    refuseLate(
      parent,
      both,
      checkSubnetRegion("network.subnetwork", found, location),
      (violation) => ({
        ...violation,
        expected: "a subnet in the service's region",
        got: "[secret]",
      }),
    ).then(() => found),
  );
}

function createPool(
  name: string,
  { project, region, build }: MigratedServiceArgs,
  connectivity: Connectivity,
  network: PrivateNetwork | undefined,
  options: pulumi.ComponentResourceOptions,
): pulumi.Output<string> | undefined {
  if (connectivity !== Connectivity.PrivatePool || network === undefined) return undefined;
  const { existing, ...pool } = build?.workerPool ?? {};
  if (existing !== undefined) return pulumi.output(existing);
  const { poolId } = new PrivatePool(
    `${name}-pool`,
    { ...defined({ project }), region, namePrefix: name, network: network.networkId, ...pool },
    options,
  );
  return poolId;
}
