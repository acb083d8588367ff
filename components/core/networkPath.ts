/** Google's own prefixes of a self link. */
const SELF_LINK = "(?:https://[\\w.-]+/compute/\\w+/)?";
const PROJECT = "projects/(?:[a-z0-9.-]+:)?[a-z0-9-]+";
const NAME = "[a-z](?:[-a-z0-9]*[a-z0-9])?";

/** ID or self link of a network. */
export const NETWORK_PATH = new RegExp(`^${SELF_LINK}${PROJECT}/global/networks/${NAME}$`);

/** ID or self link of a subnet. */
export const SUBNETWORK_PATH = new RegExp(
  `^${SELF_LINK}${PROJECT}/regions/[a-z0-9-]+/subnetworks/${NAME}$`,
);

/** Region of a subnet; undefined when it is something else. */
export function regionOfSubnetwork(path: string): string | undefined {
  return /\/regions\/([^/]+)\/subnetworks\//.exec(path)?.[1];
}

/**
 * Whether two paths, IDs or self links, may mean one network. Nobody here can tell which number a
 * project has, so where one path has the number and the other the ID only the names are compared.
 */
export function mayBeSameNetwork(one: string, other: string): boolean {
  const [a, b] = [partsOf(one), partsOf(other)];
  // What cannot be read is refused elsewhere, or Google writes it in a way of its own.
  if (a === undefined || b === undefined) return true;
  const isComparable = /^\d+$/.test(a.project) === /^\d+$/.test(b.project);
  return a.name === b.name && (!isComparable || a.project === b.project);
}

function partsOf(path: string): { project: string; name: string } | undefined {
  const [, project, name] =
    /(?:^|\/)projects\/([^/]+)\/global\/networks\/([^/]+)$/.exec(path) ?? [];
  return project === undefined || name === undefined ? undefined : { project, name };
}
