import type { Container, EnvVar } from "../knative";
import { ingressContainer } from "../knative";
import { CloudError } from "./context";
import { type FlagKind, type ParsedCommand, parseMap } from "./parse";

/** Flags of `run deploy` and `run services update` that concern one container. */
export const CONTAINER_FLAGS: Record<string, FlagKind> = {
  args: "value",
  "clear-env-vars": "switch",
  command: "value",
  cpu: "value",
  image: "value",
  memory: "value",
  port: "value",
  "remove-env-vars": "value",
  "set-env-vars": "repeated",
  "set-secrets": "repeated",
  "update-env-vars": "repeated",
  "update-secrets": "repeated",
};

/** Applies the container flags of a command line to a copy of the containers. */
export function applyContainerFlags(
  words: readonly string[],
  parsed: ParsedCommand,
  containers: readonly Container[],
): Container[] {
  const copy = structuredClone([...containers]);
  for (const { name, flags } of parsed.containers) {
    const container =
      name === null ? ingressContainer(copy) : copy.find((candidate) => candidate.name === name);
    if (container === undefined) throw new CloudError(`Container [${name ?? ""}] not found.`);
    applyFlags(words, flags, container);
  }
  return copy;
}

function applyFlags(
  words: readonly string[],
  flags: ReadonlyMap<string, string[]>,
  container: Container,
): void {
  const value = (name: string): string | null => flags.get(name)?.at(-1) ?? null;
  container.image = value("image") ?? container.image;
  const port = value("port");
  if (port !== null && port !== "default") container.ports = [{ containerPort: Number(port) }];
  const command = value("command");
  if (command !== null) container.command = list(command);
  const args = value("args");
  if (args !== null) container.args = list(args);
  container.env = applyEnv(words, flags, container.env ?? []);
}

/** `a,b`, or with gcloud's own delimiter `^;^a;b`. */
function list(text: string): string[] {
  const [, delimiter = ",", words = text] = /^\^(.+?)\^(.*)$/s.exec(text) ?? [];
  return words === "" ? [] : words.split(delimiter);
}

function applyEnv(
  words: readonly string[],
  flags: ReadonlyMap<string, string[]>,
  env: readonly EnvVar[],
): EnvVar[] {
  const maps = (name: string): [string, string][] =>
    (flags.get(name) ?? []).flatMap((text) => [...parseMap(words, name, text)]);
  const removed = new Set((flags.get("remove-env-vars") ?? []).flatMap(list));
  const isSet = flags.has("set-env-vars") || flags.has("clear-env-vars");
  const isSecretSet = flags.has("set-secrets");
  const result = new Map<string, EnvVar>();
  for (const variable of env) {
    const isReplaced = variable.valueFrom === undefined ? isSet : isSecretSet;
    if (!isReplaced && !removed.has(variable.name)) result.set(variable.name, variable);
  }
  for (const [name, value] of [...maps("set-env-vars"), ...maps("update-env-vars")]) {
    result.set(name, { name, value });
  }
  for (const [name, value] of [...maps("set-secrets"), ...maps("update-secrets")]) {
    const [secret = "", key = "latest"] = value.split(":");
    result.set(name, { name, valueFrom: { secretKeyRef: { name: secret, key } } });
  }
  return [...result.values()];
}
