import type { CloudObject } from "./store";
import { isRecord, textOf, type Properties } from "./values";

/** Where an object is made. */
export interface Place {
  id: string;
  project: string;
  /** What is there already. */
  objects: Record<string, CloudObject>;
}

/** What the cloud adds to the inputs of a type. Every key is unknown in a preview. */
const COMPUTED: Record<string, (inputs: Properties, place: Place) => Properties> = {
  "gcp:serviceaccount/account:Account": (inputs, { project }) => {
    const email = `${textOf(inputs, "accountId")}@${project}.iam.gserviceaccount.com`;
    return {
      email,
      member: `serviceAccount:${email}`,
      name: `projects/${project}/serviceAccounts/${email}`,
      uniqueId: number(email, 21),
    };
  },
  "gcp:sql/databaseInstance:DatabaseInstance": (inputs, { project }) => {
    const addresses = addressesOf(inputs);
    return {
      connectionName: `${project}:${textOf(inputs, "region")}:${textOf(inputs, "name")}`,
      ...addresses,
      firstIpAddress: addresses.publicIpAddress || addresses.privateIpAddress,
      serviceAccountEmailAddress: `p${number(project, 12)}@gcp-sa-cloud-sql.iam.gserviceaccount.com`,
    };
  },
  "gcp:secretmanager/secret:Secret": (_inputs, { id }) => ({ name: id }),
  "gcp:secretmanager/secretVersion:SecretVersion": (_inputs, { id }) => ({
    name: id,
    version: id.split("/").at(-1) ?? "",
  }),
  "gcp:artifactregistry/repository:Repository": (inputs, { project }) => ({
    name: textOf(inputs, "repositoryId"),
    registryUri: `${textOf(inputs, "location")}-docker.pkg.dev/${project}/${textOf(inputs, "repositoryId")}`,
  }),
  "gcp:cloudbuild/trigger:Trigger": (_inputs, { id }) => ({ triggerId: uuid(id) }),
  "gcp:cloudbuild/workerPool:WorkerPool": () => ({ state: "RUNNING" }),
  "gcp:compute/network:Network": (_inputs, { id }) => ({ networkId: number(id, 19) }),
  "gcp:compute/subnetwork:Subnetwork": () => ({ gatewayAddress: "10.8.0.1" }),
  "gcp:compute/globalAddress:GlobalAddress": () => ({ address: "10.64.0.0" }),
  "gcp:servicenetworking/connection:Connection": (inputs) => ({
    peering: textOf(inputs, "service").replaceAll(".", "-"),
  }),
  "gcp:cloudrunv2/service:Service": (inputs, { id, project }) => ({
    uri: `https://${textOf(inputs, "name")}-${number(project, 12)}.${textOf(inputs, "location")}.run.app`,
    uid: uuid(id),
    ...revisions(inputs),
  }),
  "gcp:cloudrunv2/job:Job": (_inputs, { id }) => ({ uid: uuid(id), executionCount: 0 }),
  "gcp:cloudrunv2/workerPool:WorkerPool": (inputs, { id }) => ({
    uid: uuid(id),
    ...revisions(inputs),
  }),
};

/** What the cloud adds. `project` is not among it: the provider knows that before. */
export function computedOf(type: string, inputs: Properties, place: Place): Properties {
  const common: Properties = {
    selfLink: `https://www.googleapis.com/${place.id}`,
    etag: number(JSON.stringify(inputs), 16),
  };
  return { ...common, ...COMPUTED[type]?.(inputs, place) };
}

/** The number of the next version of a secret; no number is given twice. */
export function nextVersion(secret: string, objects: Record<string, CloudObject>): string {
  const numbers = Object.keys(objects).flatMap((id) =>
    id.startsWith(`${secret}/versions/`) ? [Number(id.split("/").at(-1))] : [],
  );
  return `${secret}/versions/${Math.max(0, ...numbers) + 1}`;
}

function addressesOf(inputs: Properties): { privateIpAddress: string; publicIpAddress: string } {
  const settings = isRecord(inputs["settings"]) ? inputs["settings"] : {};
  const ip = isRecord(settings["ipConfiguration"]) ? settings["ipConfiguration"] : {};
  return {
    privateIpAddress: textOf(ip, "privateNetwork") === "" ? "" : "10.64.0.3",
    publicIpAddress: ip["ipv4Enabled"] === true ? "203.0.113.7" : "",
  };
}

/** A revision's name follows from the template, as if each one had a number of its own. */
function revisions(inputs: Properties): Properties {
  const revision = `${textOf(inputs, "name")}-${number(JSON.stringify(inputs["template"] ?? {}), 5)}`;
  return { latestCreatedRevision: revision, latestReadyRevision: revision };
}

/** Digits that follow from a text. */
function number(text: string, length: number): string {
  let hash = 7n;
  for (const byte of Buffer.from(text))
    hash = (hash * 1_099_511_628_211n + BigInt(byte)) % 2n ** 128n;
  return String(hash).padStart(40, "1").slice(-length);
}

function uuid(text: string): string {
  const hex = Buffer.from(number(text, 32)).toString("hex");
  return [8, 4, 4, 4, 12].map((length, at) => hex.slice(at * 13, at * 13 + length)).join("-");
}
