import { stringify } from "yaml";

/** `--format`: how gcloud prints what it read. */
export interface Format {
  name: "json" | "yaml" | "value" | "csv" | "none";
  keys: string[];
  attributes: Record<string, string>;
}

/**
 * Reads `json`, `yaml`, `none`, `value(key,…)` and `csv[no-heading](key,…)`.
 *
 * @see https://cloud.google.com/sdk/gcloud/reference/topic/formats
 */
export function parseFormat(text: string): Format {
  const [, name = "", attributes = "", keys] =
    /^([a-z]+)(?:\[((?:"[^"]*"|[^\]])*)\])?(?:\((.*)\))?$/s.exec(text.trim()) ?? [];
  if (!isFormatName(name)) {
    throw new Error(`Format must be one of csv, json, none, value, yaml; received [${text}].`);
  }
  const list = (keys ?? "").split(",").map((key) => key.trim());
  const format: Format = {
    name,
    keys: list.filter((key) => key !== ""),
    attributes: readAttributes(attributes),
  };
  for (const key of format.keys) parseKey(key);
  if ((name === "value" || name === "csv") && format.keys.length === 0) {
    throw new Error(`Format [${name}] requires a non-empty projection.`);
  }
  return format;
}

/** `no-heading,separator=","` */
function readAttributes(text: string): Record<string, string> {
  const pairs = text.matchAll(/([\w-]+)(?:=("[^"]*"|'[^']*'|[^,]*))?/g);
  return Object.fromEntries(
    [...pairs].map(([, name = "", value = "true"]): [string, string] => [
      name,
      value.replace(/^(["'])(.*)\1$/s, "$2"),
    ]),
  );
}

function isFormatName(name: string): name is Format["name"] {
  return ["json", "yaml", "value", "csv", "none"].includes(name);
}

/** Prints one record (`describe`) or many (`list`). */
export function print(format: Format, records: readonly unknown[], isList: boolean): string {
  switch (format.name) {
    case "none":
      return "";
    case "json": {
      const projected = records.map((record) => project(record, format.keys));
      return `${JSON.stringify(isList ? projected : projected[0], null, 2)}\n`;
    }
    case "yaml":
      return records.map((record) => stringify(project(record, format.keys))).join("---\n");
    case "value":
    case "csv":
      return printTable(format, records);
  }
}

function printTable(format: Format, records: readonly unknown[]): string {
  const isCsv = format.name === "csv";
  const separator = format.attributes.separator ?? (isCsv ? "," : "\t");
  const lines = records.map((record) =>
    format.keys.map((key) => display(get(record, key), isCsv)).join(separator),
  );
  const heading = isCsv && format.attributes["no-heading"] !== "true" && lines.length > 0;
  const names = format.keys.map((key) => key.split(".").at(-1) ?? key);
  return [...(heading ? [names.join(separator)] : []), ...lines]
    .map((line) => `${line}\n`)
    .join("");
}

/** gcloud is Python: `True`, nothing for null, `;` between items, of which csv quotes each. */
function display(value: unknown, isCsv: boolean): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return value.map((item) => display(item, isCsv)).join(";");
  if (typeof value === "object") {
    return Object.entries(value)
      .map(([key, item]) => `${key}=${display(item, isCsv)}`)
      .join(";");
  }
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return isCsv && /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The value at a dotted key; a list on the way gives a list of values. */
export function get(record: unknown, key: string): unknown {
  return parseKey(key).reduce<unknown>(step, record);
}

function step(value: unknown, part: string | number | null): unknown {
  if (value === null || value === undefined) return undefined;
  if (part === null) return value;
  if (typeof part === "number")
    return Array.isArray(value) ? (value as unknown[]).at(part) : undefined;
  if (Array.isArray(value)) {
    const found = value
      .map((item: unknown) => step(item, part))
      .filter((item) => item !== undefined);
    return found.length === 0 ? undefined : found;
  }
  return typeof value === "object" ? (value as Record<string, unknown>)[part] : undefined;
}

/** `a.b[0].c[].d` as names, numbers, and null for `[]`. Label keys may hold hyphens. */
export function parseKey(key: string): (string | number | null)[] {
  if (!/^[\w-]+(\[-?\d*\])*(\.[\w-]+(\[-?\d*\])*)*$/.test(key)) {
    throw new Error(`Invalid projection key [${key}]; transforms are not known here.`);
  }
  return key.split(".").flatMap((part) => {
    const [name = "", ...indexes] = part.split("[");
    const numbers = indexes.map((index) => index.replace("]", ""));
    return [name, ...numbers.map((index) => (index === "" ? null : Number(index)))];
  });
}

function project(record: unknown, keys: readonly string[]): unknown {
  if (keys.length === 0) return record;
  const result: Record<string, unknown> = {};
  for (const key of keys) {
    const names = parseKey(key).filter((part) => typeof part === "string");
    const last = names.pop();
    if (last === undefined) continue;
    let place = result;
    for (const name of names) place = (place[name] ??= {}) as Record<string, unknown>;
    place[last] = get(record, key) ?? null;
  }
  return result;
}

/** `--flatten 'status.traffic[]'`: a record for each item of the list, which takes the list's place. */
export function flatten(records: readonly unknown[], key: string): unknown[] {
  const parts = parseKey(key.replace(/\[\]$/, "")).filter((part) => typeof part === "string");
  const last = parts.at(-1);
  return records.flatMap((record) => {
    const items = get(record, parts.join("."));
    if (!Array.isArray(items) || last === undefined) return [record];
    return items.map((item: unknown) => {
      const copy = structuredClone(record);
      const parent = parts.slice(0, -1).reduce<unknown>(step, copy) as Record<string, unknown>;
      parent[last] = item;
      return copy;
    });
  });
}
