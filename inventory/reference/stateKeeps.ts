import type { InventoryResource } from "../evaluate";
import { reveal, SecretValue } from "../secretValue";

const SECRET_VERSION = "gcp:secretmanager/secretVersion:SecretVersion";

/**
 * What a deployment's state would say instead of a value that an evaluation makes up.
 *
 * A password is random in each evaluation, but a deployment keeps the one that it made first
 * (`ignoreChanges`). A version of a secret has number 1 in each evaluation, but gets a new one in a
 * deployment that changes what is in it.
 */
export function stateKeeps(resources: readonly InventoryResource[]): (value: unknown) => unknown {
  const generated = new Map(resources.flatMap(generatedValues));
  const versions = resources
    .filter(({ type }) => type === SECRET_VERSION)
    .map((resource) => readVersion(resource, generated));
  return (value) => generated.get(value) ?? versionUsed(value, versions) ?? value;
}

function generatedValues({
  name,
  ignoreChanges,
  inputs,
}: InventoryResource): [value: unknown, label: string][] {
  return ignoreChanges.flatMap((property) => {
    const value = inputs[property];
    if (!(value instanceof SecretValue)) return [];
    return [[value.reveal(), `${property} of ${name}`] as [unknown, string]];
  });
}

interface Version {
  /** `projects/{project}/secrets/{id}` */
  secret: string;
  /** As the evaluation numbers it. */
  number: string;
  /** Differs exactly where a deployment would make another version. */
  identity: string;
}

function readVersion(
  { name, inputs, state }: InventoryResource,
  generated: Map<unknown, string>,
): Version {
  const data = reveal(inputs["secretData"]);
  return {
    secret: String(inputs["secret"]),
    number: String(state["version"]),
    identity: `${name} of ${generated.get(data) ?? String(data)}`,
  };
}

/** The same reference with the version's identity for its number; nothing when it is none. */
function versionUsed(value: unknown, versions: readonly Version[]): unknown {
  if (typeof value === "string") {
    const named = versions.find(({ secret, number }) => value === `${secret}/versions/${number}`);
    return named?.identity;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { secret: id, version, ...others } = value as Record<string, unknown>;
  const found = versions.find(
    ({ secret, number }) =>
      version === number && typeof id === "string" && (secret === id || secret.endsWith(`/${id}`)),
  );
  return found && { secret: id, version: found.identity, ...others };
}
