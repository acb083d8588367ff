import type { Difference } from "../../../inventory/reference/diff";

/** What happens to one resource. */
export interface Touch {
  kind: "creation" | "deletion" | "replace" | "update" | "protection";
  type: string;
  name: string;
}

const PLACE = ["project", "location", "name"];

/**
 * Properties that cannot be changed in place (`ForceNew` in the provider's source); of a type that is
 * not here, none can: a grant is replaced whatever changes.
 */
const REPLACES: Record<string, readonly string[]> = {
  "gcp:artifactregistry/repository:Repository": ["project", "location", "repositoryId", "format"],
  "gcp:cloudbuild/trigger:Trigger": ["project", "location"],
  "gcp:cloudbuild/workerPool:WorkerPool": [...PLACE, "networkConfig"],
  "gcp:cloudrunv2/job:Job": PLACE,
  "gcp:cloudrunv2/service:Service": PLACE,
  "gcp:cloudrunv2/workerPool:WorkerPool": PLACE,
  "gcp:compute/network:Network": ["project", "name"],
  "gcp:compute/subnetwork:Subnetwork": ["project", "name", "region", "network"],
  "gcp:secretmanager/secret:Secret": ["project", "secretId", "replication"],
  "gcp:secretmanager/secretVersion:SecretVersion": ["secret", "secretData"],
  "gcp:serviceaccount/account:Account": ["project", "accountId"],
  "gcp:sql/database:Database": ["project", "instance", "name"],
  "gcp:sql/databaseInstance:DatabaseInstance": ["project", "region", "name", "settings.diskType"],
  "gcp:sql/user:User": ["project", "instance", "name", "type"],
};

const PROTECT = "(protect)";

/** One line for each resource that differs: the strongest of what happens to it. */
export function classify(differences: readonly Difference[]): Touch[] {
  const resources = new Set(differences.map(({ type, name }) => `${type} ${name}`));
  return [...resources].flatMap((resource): Touch[] => {
    const found = differences.filter(({ type, name }) => `${type} ${name}` === resource);
    const { type = "", name = "", kind } = found[0] ?? {};
    if (kind === "+") return [{ kind: "creation", type, name }];
    if (kind === "-") return [{ kind: "deletion", type, name }];
    const properties = found.map(({ property }) => property);
    const others = properties.filter((property) => property !== PROTECT);
    const touches: Touch[] = [];
    if (others.length < properties.length) touches.push({ kind: "protection", type, name });
    if (others.length > 0) {
      const isReplaced = others.some((property) => forcesNew(type, property));
      touches.push({ kind: isReplaced ? "replace" : "update", type, name });
    }
    return touches;
  });
}

function forcesNew(type: string, property: string): boolean {
  const replaces = REPLACES[type];
  if (replaces === undefined) return true;
  return replaces.some((path) => property === path || property.startsWith(`${path}.`));
}
