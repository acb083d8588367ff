/** What Google Cloud would compute for a resource, as far as other resources read it. */
type Computed = (name: string, inputs: Inputs) => Record<string, unknown>;

/** Inputs as a mock sees them; secrets inside are opaque. */
export type Inputs = Record<string, unknown>;

/** Project of every evaluation that names none. */
export const EXAMPLE_PROJECT = "example-project";

const PROJECT_NUMBER = "123456789012";

const COMPUTED: Record<string, Computed> = {
  "gcp:artifactregistry/repository:Repository": (_, inputs) => ({
    id: `projects/${project(inputs)}/locations/${text(inputs, "location")}/repositories/${text(inputs, "repositoryId")}`,
    name: text(inputs, "repositoryId"),
  }),
  "gcp:cloudbuild/trigger:Trigger": (name, inputs) => ({
    id: `projects/${project(inputs)}/locations/${text(inputs, "location")}/triggers/${uuid(name)}`,
    triggerId: uuid(name),
  }),
  "gcp:cloudbuild/workerPool:WorkerPool": (_, inputs) => ({
    id: `projects/${project(inputs)}/locations/${text(inputs, "location")}/workerPools/${text(inputs, "name")}`,
    state: "RUNNING",
  }),
  "gcp:cloudrunv2/job:Job": (_, inputs) => ({
    id: `projects/${project(inputs)}/locations/${text(inputs, "location")}/jobs/${text(inputs, "name")}`,
  }),
  "gcp:cloudrunv2/service:Service": (_, inputs) => ({
    id: `projects/${project(inputs)}/locations/${text(inputs, "location")}/services/${text(inputs, "name")}`,
    uri: `https://${text(inputs, "name")}-${PROJECT_NUMBER}.${text(inputs, "location")}.run.app`,
  }),
  "gcp:cloudrunv2/workerPool:WorkerPool": (_, inputs) => ({
    id: `projects/${project(inputs)}/locations/${text(inputs, "location")}/workerPools/${text(inputs, "name")}`,
  }),
  "gcp:compute/network:Network": (_, inputs) => selfLink(inputs, "global/networks"),
  "gcp:compute/subnetwork:Subnetwork": (_, inputs) =>
    selfLink(inputs, `regions/${text(inputs, "region")}/subnetworks`),
  "gcp:compute/globalAddress:GlobalAddress": (_, inputs) => selfLink(inputs, "global/addresses"),
  "gcp:compute/networkPeeringRoutesConfig:NetworkPeeringRoutesConfig": (_, inputs) => ({
    id: `projects/${project(inputs)}/global/networks/${text(inputs, "network")}/networkPeerings/${text(inputs, "peering")}`,
  }),
  "gcp:projects/iAMCustomRole:IAMCustomRole": (_, inputs) => {
    const name = `projects/${project(inputs)}/roles/${text(inputs, "roleId")}`;
    return { id: name, name };
  },
  "gcp:projects/service:Service": (_, inputs) => ({
    id: `${project(inputs)}/${text(inputs, "service")}`,
  }),
  "gcp:secretmanager/secret:Secret": (_, inputs) => ({
    id: secretName(inputs),
    name: secretName(inputs),
  }),
  "gcp:secretmanager/secretVersion:SecretVersion": (_, inputs) => ({
    id: `${text(inputs, "secret")}/versions/1`,
    name: `${text(inputs, "secret")}/versions/1`,
    version: "1",
  }),
  "gcp:serviceaccount/account:Account": (_, inputs) => {
    const email = `${text(inputs, "accountId")}@${project(inputs)}.iam.gserviceaccount.com`;
    const name = `projects/${project(inputs)}/serviceAccounts/${email}`;
    return { id: name, name, email, member: `serviceAccount:${email}` };
  },
  "gcp:servicenetworking/connection:Connection": () => ({
    peering: "servicenetworking-googleapis-com",
  }),
  "gcp:sql/databaseInstance:DatabaseInstance": (name, inputs) => {
    // Without a name of its own it gets Pulumi's: the logical name and seven random digits.
    const instance = text(inputs, "name") || `${name}-0a1b2c3`;
    return {
      id: instance,
      name: instance,
      connectionName: `${project(inputs)}:${text(inputs, "region")}:${instance}`,
      privateIpAddress: "10.20.0.3",
      publicIpAddress: "203.0.113.3",
      firstIpAddress: "10.20.0.3",
    };
  },
};

/** Identifier and state of a resource that has just been created. */
export function createdState(
  type: string,
  name: string,
  inputs: Inputs,
): { id: string; state: Record<string, unknown> } {
  const computed = COMPUTED[type]?.(name, inputs) ?? {};
  const state = { name, project: project(inputs), ...inputs, ...computed };
  return { id: (computed["id"] as string | undefined) ?? `${name}-id`, state };
}

/** What a provider function says, where everything that the program did not make is there and fits. */
export function foundState(token: string): Record<string, unknown> {
  return token.startsWith("gcp:sql/getDatabaseInstance:") ? EXISTING_INSTANCE : {};
}

/**
 * An instance that takes everybody. Its region and its network are left out, for they are whatever
 * the program says they are.
 */
const EXISTING_INSTANCE = {
  databaseVersion: "POSTGRES_17",
  instanceType: "CLOUD_SQL_INSTANCE",
  privateIpAddress: "10.30.0.3",
  publicIpAddress: "203.0.113.30",
  settings: [
    {
      connectorEnforcement: "NOT_REQUIRED",
      databaseFlags: [{ name: "cloudsql.iam_authentication", value: "on" }],
      ipConfigurations: [{ sslMode: "ENCRYPTED_ONLY" }],
    },
  ],
};

function text(inputs: Inputs, key: string): string {
  const value = inputs[key];
  return typeof value === "string" ? value : "";
}

function project(inputs: Inputs): string {
  return text(inputs, "project") || EXAMPLE_PROJECT;
}

function secretName(inputs: Inputs): string {
  return `projects/${project(inputs)}/secrets/${text(inputs, "secretId")}`;
}

function selfLink(inputs: Inputs, collection: string): Record<string, unknown> {
  const id = `projects/${project(inputs)}/${collection}/${text(inputs, "name")}`;
  return { id, selfLink: `https://www.googleapis.com/compute/v1/${id}` };
}

/** The same identifier for the same name, in the shape of Google's. */
function uuid(name: string): string {
  const digits = Buffer.from(name).toString("hex").padEnd(32, "0").slice(-32);
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
