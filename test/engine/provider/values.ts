import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";

/** Properties of a resource, as Pulumi sends them. */
export type Properties = Record<string, unknown>;

/** What Pulumi writes in a preview for a value that nobody knows yet. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export function fromStruct(struct: Struct | undefined): Properties {
  return struct?.toJavaScript() ?? {};
}

export function toStruct(properties: Properties): Struct {
  return Struct.fromJavaScript(properties as Record<string, JavaScriptValue>);
}

export function isRecord(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A property as text; empty when it is something else. */
export function textOf(properties: Properties, key: string): string {
  const value = properties[key];
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

export function equal(left: unknown, right: unknown): boolean {
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((value, at) => equal(value, right[at]));
  }
  if (isRecord(left) && isRecord(right)) {
    return Object.keys({ ...left, ...right }).every((key) => equal(left[key], right[key]));
  }
  return left === right;
}

/** The value at `settings.ipConfiguration.privateNetwork`. */
export function valueAt(properties: Properties, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), properties);
}
