import * as pulumi from "@pulumi/pulumi";

/** Beyond it a line is broken, and a text cut. */
const WIDTH = 90;

/** A value as a program would write it, in one line where it fits. */
export function formatArgs(value: unknown, indent = ""): string {
  if (pulumi.Output.isInstance(value)) return "pulumi.output(…)";
  if (value instanceof Promise) return "Promise.resolve(…)";
  if (Array.isArray(value)) {
    const items = value.map((item) => formatArgs(item, `${indent}  `));
    return enclose(["[", "]"], items, indent);
  }
  if (typeof value !== "object" || value === null) return formatScalar(value);
  const members = Object.entries(value).map(
    ([key, member]) => `${formatKey(key)}: ${formatArgs(member, `${indent}  `)}`,
  );
  return enclose(["{ ", " }"], members, indent);
}

function enclose([open, close]: [string, string], members: string[], indent: string): string {
  if (members.length === 0) return `${open}${close}`.replaceAll(" ", "");
  const line = `${open}${members.join(", ")}${close}`;
  if (indent.length + line.length <= WIDTH && !line.includes("\n")) return line;
  const lines = members.map((member) => `${indent}  ${member},`);
  return [open.trim(), ...lines, `${indent}${close.trim()}`].join("\n");
}

function formatScalar(value: unknown): string {
  if (typeof value === "function") return "() => …";
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value !== "string") return String(value);
  return JSON.stringify(value.length > WIDTH ? `${value.slice(0, 20)}…` : value);
}

function formatKey(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key);
}
