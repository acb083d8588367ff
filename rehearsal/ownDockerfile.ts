import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { resolve } from "node:path/posix";
import type { Misfit } from "../components";
import { type DockerfileStage, type ParsedDockerfile, parseDockerfile } from "../migrate";

/** The folder of the image where the rendered document looks for the migration tool. */
const WORKING_DIRECTORY = "/app";

const TOOL = "cloud-run-migrations";

/** Checks what the rendered document needs of an image that a service's own Dockerfile makes. */
export function checkOwnDockerfile(service: string): Misfit[] {
  const file = join(service, "Dockerfile");
  const text = readFileSync(file, "utf8");
  const violations: Misfit[] = [];
  const folder = workingDirectory(text, file);
  if (folder !== null && folder !== WORKING_DIRECTORY) {
    violations.push({
      path: "--service",
      expected: `WORKDIR ${WORKING_DIRECTORY} in its Dockerfile`,
      got: folder === "" ? "none" : folder,
      remedy: `change it in the last stage, or name your own document with --document`,
    });
  }
  if (!hasTool(service, text)) {
    violations.push({
      path: "--service",
      expected: `${TOOL} among its packages`,
      got: "none",
      remedy: "npm install it there, or leave the Dockerfile out",
    });
  }
  return violations;
}

/** Where the last stage ends; empty when no line sets it, null when only a build can tell. */
function workingDirectory(text: string, file: string): string | null {
  let parsed: ParsedDockerfile;
  try {
    parsed = parseDockerfile(text, file);
  } catch {
    return null; // the step that builds says what is wrong with it
  }
  const folder = folderOf(parsed.stages, parsed.stages.at(-1));
  return folder.includes("$") ? null : folder;
}

function folderOf(stages: readonly DockerfileStage[], stage: DockerfileStage | undefined): string {
  if (stage === undefined) return "";
  const earlier = stages.slice(0, stages.indexOf(stage));
  const base = earlier.findLast(({ name }) => name === stage.base.toLowerCase());
  return stage.lines
    .filter(({ keyword }) => keyword === "WORKDIR")
    .reduce((folder, { words }) => resolve("/", folder, words[0] ?? ""), folderOf(earlier, base));
}

/** Installed, wanted by its package.json, or put there by a line of the Dockerfile, as ours does. */
function hasTool(service: string, dockerfile: string): boolean {
  if (existsSync(join(service, "node_modules", TOOL))) return true;
  return (
    dockerfile.includes(`node_modules/${TOOL}`) || dependsOnTool(join(service, "package.json"))
  );
}

function dependsOnTool(file: string): boolean {
  try {
    const { dependencies = {} } = JSON.parse(readFileSync(file, "utf8")) as {
      dependencies?: Record<string, unknown>;
    };
    return Object.hasOwn(dependencies, TOOL);
  } catch {
    return false; // not there, or said to be no JSON already
  }
}
