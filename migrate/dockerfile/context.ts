import { existsSync } from "node:fs";
import { readFile, readdir } from "node:fs/promises";
import { basename, dirname, join, posix, relative, sep } from "node:path";
import { type FoundDockerfile, foldersAbove } from "./findDockerfile";
import type { ParsedDockerfile } from "./parseDockerfile";

/** What `docker build` is given of the project. */
export interface BuildContext {
  folder: string;
  /** The file whose patterns are left out, there or not. */
  ignoreFile: string;
  patterns: string[];
  /** What COPY and ADD lines name in it, without wildcards and variables. */
  sources: string[];
}

/**
 * The context that a Dockerfile is written for, which only the build command names: its own folder, or
 * one above, where most of what it copies is.
 */
export async function openContext(
  dockerfile: FoundDockerfile,
  parsed: ParsedDockerfile,
  cwd: string,
): Promise<BuildContext> {
  const sources = literalSources(parsed);
  const scored = foldersAbove(dockerfile.path, cwd).map((folder) => ({
    folder,
    found: sources.filter((source) => existsSync(join(folder, source))).length,
    isRoot: [".dockerignore", "package.json"].some((name) => existsSync(join(folder, name))),
  }));
  // Of equals the nearest, for the sort is stable.
  scored.sort((a, b) => b.found - a.found || Number(b.isRoot) - Number(a.isRoot));
  const folder = scored[0]?.folder ?? dirname(dockerfile.path);
  const own = `${dockerfile.path}.dockerignore`;
  const ignoreFile = existsSync(own) ? own : join(folder, ".dockerignore");
  const text = await readFile(ignoreFile, "utf8").catch(() => "");
  const patterns = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  return { folder, ignoreFile, patterns, sources };
}

function literalSources({ stages }: ParsedDockerfile): string[] {
  const lines = stages.flatMap((stage) => stage.lines);
  return (
    lines
      .filter(({ keyword }) => keyword === "COPY" || keyword === "ADD")
      .filter(({ flags }) => !flags.some(({ name }) => name === "from"))
      .flatMap(({ words }) => words.slice(0, -1))
      .filter((word) => !/[*?[\]$:\\"']/.test(word))
      // As Docker has it: the context's root has nothing above it.
      .map((word) => posix.join("/", word).replace(/^\/|\/$/g, ""))
  );
}

/** An environment file of the project. */
export interface EnvironmentFile {
  /** In the context, with slashes. */
  path: string;
  /** True of what a line names too; false for one that is only likely on somebody's laptop. */
  isThere: boolean;
}

/**
 * The environment files under the context: those that are there, and those that the folders where
 * somebody works are likely to have. A checkout in CI has none: they are in nobody's history.
 */
export async function listEnvironmentFiles(
  { folder, sources }: Pick<BuildContext, "folder" | "sources">,
  desks: readonly string[],
): Promise<EnvironmentFile[]> {
  const named = sources.filter(isEnvironmentFile);
  const there = [...new Set([...(await findBelow(folder, "")), ...named])];
  const likely = [folder, ...desks]
    .map((desk) => relative(folder, desk).split(sep).join("/"))
    .filter((desk) => desk !== ".." && !desk.startsWith("../"))
    .flatMap((desk) => LIKELY.map((name) => (desk === "" ? name : `${desk}/${name}`)));
  // A folder named `.env` is somebody's virtual environment.
  const others = [...new Set(likely)].filter(
    (path) => !there.includes(path) && !existsSync(join(folder, path)),
  );
  return [
    ...there.map((path) => ({ path, isThere: true })),
    ...others.map((path) => ({ path, isThere: false })),
  ];
}

const LIKELY = [".env", ".env.local", ".env.production"];

async function findBelow(root: string, below: string): Promise<string[]> {
  const entries = await readdir(join(root, below), { withFileTypes: true }).catch(() => []);
  const found = entries.map(async (entry) => {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : findBelow(root, path);
    return isEnvironmentFile(path) ? [path] : [];
  });
  return (await Promise.all(found)).flat().sort();
}

// Nobody keeps an environment file there, and there is much else.
const SKIPPED = new Set(["node_modules", ".git"]);

/** `.env` and `.env.NAME`, but for the ones that are written to be read. */
export function isEnvironmentFile(path: string): boolean {
  return /^\.env(\..+)?$/.test(basename(path)) && !/\.(example|sample|template|dist)$/.test(path);
}
