import { readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";

import { projectRoot } from "./projectRoot";

/** The stacks that this repository describes. */
export const STACKS = ["dev", "production"] as const;
export type StackName = (typeof STACKS)[number];

interface ProjectFile {
  name: string;
  config?: Record<string, { default?: unknown }>;
}

interface StackFile {
  config?: Record<string, unknown>;
}

/**
 * Name of the Pulumi project, and the stack's configuration by full key, defaults included: what
 * the CLI hands to the program.
 */
export function readStackConfig(stack: string): {
  project: string;
  config: Record<string, string>;
} {
  const root = projectRoot();
  const project = parse(readFileSync(join(root, "Pulumi.yaml"), "utf8")) as ProjectFile;
  const file = parse(readFileSync(join(root, `Pulumi.${stack}.yaml`), "utf8")) as StackFile;
  const defaults = Object.entries(project.config ?? {}).flatMap(([key, declared]) =>
    declared.default === undefined ? [] : [[key, declared.default] as const],
  );
  const values = [...defaults, ...Object.entries(file.config ?? {})].map(
    ([key, value]) => [fullKey(project.name, key), configText(value)] as const,
  );
  return { project: project.name, config: Object.fromEntries(values) };
}

function fullKey(project: string, key: string): string {
  return key.includes(":") ? key : `${project}:${key}`;
}

/** Pulumi hands every value over as text; structured ones as JSON. */
function configText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
