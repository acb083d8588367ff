import type { Inventory, InventoryResource } from "../evaluate";
import { reveal } from "../secretValue";
import { stateKeeps } from "./stateKeeps";

/** One thing that a deployment would do. */
export interface Difference {
  kind: "+" | "-" | "change";
  type: string;
  /** The logical name. */
  name: string;
  /** Path of the property; empty for what is made or deleted. A value may be a secret: none is here. */
  property: string;
}

/** What a deployment would change, by type, name and property. */
export function diffInventories(before: Inventory, after: Inventory): Difference[] {
  const [old, next] = [compare(before), compare(after)];
  const keys = [...new Set([...old.keys(), ...next.keys()])].sort();
  return keys.flatMap((key): Difference[] => {
    const [was, is] = [old.get(key), next.get(key)];
    const [type = "", name = ""] = key.split(" ");
    if (was === undefined) return [{ kind: "+", type, name, property: "" }];
    if (is === undefined) return [{ kind: "-", type, name, property: "" }];
    return diffValues(was, is, "").map((property) => ({ kind: "change", type, name, property }));
  });
}

/** What Pulumi compares of each resource, by type and name. Components have nothing of their own. */
function compare({ resources }: Inventory): Map<string, unknown> {
  const custom = resources.filter((resource) => resource.custom);
  const kept = stateKeeps(custom);
  return new Map(
    custom.map((resource) => {
      const inputs = reveal(resource.inputs) as Record<string, unknown>;
      const members = replaced(resource.ignoreChanges.reduce(withoutPath, inputs), kept);
      return [keyOf(resource), { ...(members as object), "(protect)": resource.protect }];
    }),
  );
}

/** `type name` */
export function keyOf({ type, name }: InventoryResource): string {
  return `${type} ${name}`;
}

/** Without what Pulumi does not compare; `path` is dotted, as `ignoreChanges` has it. */
function withoutPath(members: Record<string, unknown>, path: string): Record<string, unknown> {
  const [key = "", ...rest] = path.split(".");
  const { [key]: member, ...others } = members;
  if (rest.length === 0 || member === undefined) return others;
  return { ...others, [key]: withoutPath(member as Record<string, unknown>, rest.join(".")) };
}

function replaced(value: unknown, replace: (value: unknown) => unknown): unknown {
  const instead = replace(value);
  if (Array.isArray(instead)) return instead.map((item) => replaced(item, replace));
  if (typeof instead !== "object" || instead === null) return instead;
  return Object.fromEntries(
    Object.entries(instead).map(([key, member]) => [key, replaced(member, replace)]),
  );
}

/** Paths at which two values differ; the outermost where one of them is nothing. */
function diffValues(was: unknown, is: unknown, path: string): string[] {
  const [old, next] = [membersOf(was), membersOf(is)];
  if (old === undefined || next === undefined) {
    return JSON.stringify(was) === JSON.stringify(is) ? [] : [path];
  }
  const keys = [...new Set([...old.keys(), ...next.keys()])].sort();
  return keys.flatMap((key) => {
    const at = key.startsWith("[") || path === "" ? `${path}${key}` : `${path}.${key}`;
    return diffValues(old.get(key), next.get(key), at);
  });
}

/** Members by name; items of a list by what tells them apart, so that one in front moves no other. */
function membersOf(value: unknown): Map<string, unknown> | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (!Array.isArray(value)) return new Map(Object.entries(value));
  const keys = value.map((item, index) => nameOf(item, index));
  // Words of a command line mean nothing by themselves.
  if (keys.includes(undefined) || new Set(keys).size < keys.length) return undefined;
  return new Map(keys.map((key, index) => [`[${key ?? ""}]`, value[index] as unknown]));
}

function nameOf(item: unknown, index: number): string | undefined {
  if (typeof item === "string") return /^(\w+)=/.exec(item)?.[1];
  if (typeof item !== "object" || item === null) return undefined;
  const { id, name, env } = item as Record<string, unknown>;
  const own = [id, name, env].find((candidate) => typeof candidate === "string");
  return own ?? String(index);
}
