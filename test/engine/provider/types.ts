import { textOf, type Properties } from "./values";

/** What is known of a type beyond what holds for all of them. */
interface TypeFacts {
  /** Its ID: `{input}` is replaced, `{project}` also when it is the provider's. */
  id?: string;
  /** Inputs whose change replaces the object, beside those of `REPLACING`. */
  replacing?: readonly string[];
  /** Inputs of `REPLACING` that can change in place. */
  inPlace?: readonly string[];
  /** Inputs that replace only when they get smaller. */
  replacingWhenSmaller?: readonly string[];
  /** Making it again is no error: it is a setting of something else. */
  repeatable?: true;
  /** Gets a name by itself: the logical name and seven random characters. */
  autonamed?: true;
}

/** Where a thing is, and what it is called. */
const REPLACING = ["project", "location", "region", "name"];

/** From the documentation of the provider's resources ("Changing this forces a new resource"). */
const TYPES: Record<string, TypeFacts> = {
  "gcp:projects/service:Service": {
    id: "{project}/{service}",
    replacing: ["service"],
    repeatable: true,
  },
  "gcp:projects/iAMCustomRole:IAMCustomRole": {
    id: "projects/{project}/roles/{roleId}",
    replacing: ["roleId"],
  },
  "gcp:serviceaccount/account:Account": {
    id: "projects/{project}/serviceAccounts/{accountId}@{project}.iam.gserviceaccount.com",
    replacing: ["accountId"],
  },
  "gcp:compute/network:Network": {
    id: "projects/{project}/global/networks/{name}",
    replacing: ["autoCreateSubnetworks"],
  },
  "gcp:compute/subnetwork:Subnetwork": {
    id: "projects/{project}/regions/{region}/subnetworks/{name}",
    replacing: ["network", "ipCidrRange"],
  },
  "gcp:compute/globalAddress:GlobalAddress": {
    id: "projects/{project}/global/addresses/{name}",
    replacing: ["purpose", "addressType", "prefixLength", "network", "address"],
  },
  "gcp:compute/networkPeeringRoutesConfig:NetworkPeeringRoutesConfig": {
    id: "projects/{project}/global/networks/{network}/networkPeerings/{peering}/routes",
    replacing: ["network", "peering"],
  },
  "gcp:servicenetworking/connection:Connection": {
    id: "{network}/connections/{service}",
    replacing: ["network", "service"],
    repeatable: true,
  },
  "gcp:sql/databaseInstance:DatabaseInstance": {
    id: "projects/{project}/instances/{name}",
    replacing: ["masterInstanceName"],
    replacingWhenSmaller: ["databaseVersion", "settings.diskSize"],
    autonamed: true,
  },
  "gcp:sql/database:Database": {
    id: "projects/{project}/instances/{instance}/databases/{name}",
    replacing: ["instance"],
  },
  "gcp:sql/user:User": {
    id: "projects/{project}/instances/{instance}/users/{name}",
    replacing: ["instance", "type", "host"],
  },
  "gcp:secretmanager/secret:Secret": {
    id: "projects/{project}/secrets/{secretId}",
    replacing: ["secretId", "replication"],
  },
  "gcp:secretmanager/secretVersion:SecretVersion": { replacing: ["secret", "secretData"] },
  "gcp:artifactregistry/repository:Repository": {
    id: "projects/{project}/locations/{location}/repositories/{repositoryId}",
    replacing: ["repositoryId", "format"],
  },
  "gcp:cloudbuild/trigger:Trigger": {
    id: "projects/{project}/locations/{location}/triggers/{name}",
    inPlace: ["name"],
  },
  "gcp:cloudbuild/workerPool:WorkerPool": {
    id: "projects/{project}/locations/{location}/workerPools/{name}",
    replacing: ["networkConfig"],
  },
  "gcp:cloudrunv2/service:Service": {
    id: "projects/{project}/locations/{location}/services/{name}",
  },
  "gcp:cloudrunv2/job:Job": { id: "projects/{project}/locations/{location}/jobs/{name}" },
  "gcp:cloudrunv2/workerPool:WorkerPool": {
    id: "projects/{project}/locations/{location}/workerPools/{name}",
  },
};

/** Grants are settings of what they are on, and nothing of them can change. */
export function isGrant(type: string): boolean {
  return /(IAM|Iam)(Member|Binding|Policy)$/.test(type);
}

function factsOf(type: string): TypeFacts {
  return TYPES[type] ?? {};
}

export function isRepeatable(type: string): boolean {
  return isGrant(type) || factsOf(type).repeatable === true;
}

export function isAutonamed(type: string): boolean {
  return factsOf(type).autonamed === true;
}

/** Whether changing the input at `path` replaces the object. */
export function replaces(type: string, path: string, before: unknown, after: unknown): boolean {
  if (isGrant(type)) return true;
  const { replacing = [], inPlace = [], replacingWhenSmaller = [] } = factsOf(type);
  if (replacingWhenSmaller.includes(path)) return isSmaller(after, before);
  return [...REPLACING, ...replacing].includes(path) && !inPlace.includes(path);
}

/** Inputs inside others that decide about a replacement. */
export function nestedReplacing(type: string): string[] {
  return (factsOf(type).replacingWhenSmaller ?? []).filter((path) => path.includes("."));
}

function isSmaller(after: unknown, before: unknown): boolean {
  const numberOf = (value: unknown): number =>
    Number(/\d+$/.exec(String(value))?.[0] ?? Number.NaN);
  return numberOf(after) < numberOf(before);
}

/** The object's ID; the same for the same inputs, so that making a thing twice is noticed. */
export function idOf(type: string, inputs: Properties, project: string): string {
  const all: Properties = { project, ...inputs };
  const template = factsOf(type).id;
  if (template !== undefined) {
    return template.replace(/\{(\w+)\}/g, (_, key: string) => textOf(all, key));
  }
  const [, path = "", kind = ""] = type.split(":");
  if (isGrant(type)) {
    const texts = Object.entries(all).filter(([, value]) => typeof value === "string");
    return [
      path,
      ...texts.sort().map(([, value]) => value),
      JSON.stringify(all["condition"] ?? ""),
    ].join("/");
  }
  const place = textOf(all, "location") || textOf(all, "region") || "global";
  const name = textOf(all, "name") || JSON.stringify(inputs);
  return `projects/${textOf(all, "project")}/locations/${place}/${kind}/${name}`;
}
