import { readlink, realpath } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path/posix";
import type { BlobStore } from "./blobs";
import type { Context, Excludes } from "./context";
import type { RunLine, Stage } from "./stage";
import type { Entries, Entry } from "./tree";

/**
 * What RUN lines would have made. They are not executed; the same thing is taken from the working
 * tree, where the developer's own `npm ci`, build or virtual environment has made it.
 */
export class RunOutput {
  constructor(
    private readonly context: Context,
    private readonly blobs: BlobStore,
  ) {}

  /** The path in the context that stands for a path of a stage. */
  contextPath(stage: Stage, path: string): string {
    const known = stage.tree.originOf(path);
    if (known !== null) return known;
    if (isEnvironmentName(path)) return ".venv";
    const inside = relative(stage.workingDirectory, path);
    return inside.startsWith("..") ? relative("/", path) : inside;
  }

  /** What is at a path of the context, in the form a container needs; null when nothing is. */
  async read(path: string, runs: RunLine[]): Promise<Entries | null> {
    if ((await this.context.kindOf(path)) === null) return null;
    if (await this.isVirtualEnvironment(path)) return this.readEnvironment(path);
    if (basename(path) !== "node_modules" || !installsProductionOnly(runs)) {
      return this.context.readFrom(path);
    }
    const excludes = await this.developmentPackages(path);
    return withoutDanglingLinks(await this.context.readFrom(path, { excludes }));
  }

  /** npm's own list says which packages are there for development only: they are never read. */
  private async developmentPackages(path: string): Promise<Excludes> {
    const lock = (await this.context.readJson(join(path, ".package-lock.json"))) as {
      packages?: Record<string, { dev?: boolean }>;
    } | null;
    const development = Object.entries(lock?.packages ?? {})
      .filter(([, { dev }]) => dev === true)
      .map(([name]) => join(dirname(path), name));
    const folders = new Set(development);
    return (file) => folders.has(file);
  }

  private async isVirtualEnvironment(path: string): Promise<boolean> {
    return (await this.context.kindOf(join(path, "pyvenv.cfg"))) === "file";
  }

  /** Scripts of a virtual environment name its path; the image has its own. */
  private async readEnvironment(path: string): Promise<Entries> {
    const entries = await this.context.readFrom(path, { keepLinks: true });
    const roots = await namesOf(join(this.context.folder, path));
    for (const [file, entry] of entries) {
      if (entry.kind !== "file" || !/^(bin\/[^/]+|pyvenv\.cfg)$/.test(file)) continue;
      entries.set(file, await this.movable(entry, roots));
    }
    return entries;
  }

  private async movable(entry: Entry & { kind: "file" }, roots: string[]): Promise<Entry> {
    const content = await this.blobs.read(entry);
    if (content.includes(0) || !roots.some((root) => content.includes(root))) return entry;
    const text = roots.reduce(
      (changed, root) => changed.replaceAll(root, () => ENVIRONMENT_ROOT),
      content.toString("utf8"),
    );
    const blob = await this.blobs.addContent(text, entry.isExecutable);
    return { kind: "file", ...blob, environmentRoot: ENVIRONMENT_ROOT };
  }
}

/** Stands for the virtual environment's path until it is known. */
const ENVIRONMENT_ROOT = "@virtual-environment@";

/** A folder's own path and those that it is a link to: its scripts name the one it was made at. */
async function namesOf(folder: string): Promise<string[]> {
  const target = await readlink(folder).catch(() => folder);
  const names = new Set([folder, resolve(dirname(folder), target), await realpath(folder)]);
  // The longest first: one may be the end of another, `/tmp` and `/private/tmp`.
  return [...names].sort((a, b) => b.length - a.length);
}

function withoutDanglingLinks(entries: Entries): Entries {
  const isThere = ([path, entry]: [string, Entry]): boolean =>
    entry.kind !== "link" || entries.has(join(dirname(path), entry.target));
  return new Map([...entries].filter(isThere));
}

/** Names that images give to virtual environments, `/opt/venv`. */
export function isEnvironmentName(path: string): boolean {
  return /^(\.?venv|virtualenv|env)$/.test(basename(path));
}

/** True when the install command of the Dockerfile leaves development packages out. */
function installsProductionOnly(runs: RunLine[]): boolean {
  const leavesOut = /--omit[= ]dev|--production|--only[= ]prod|--prod\b|NODE_ENV=production/;
  return runs.some(({ text }) => leavesOut.test(text));
}

const INSTALLS = {
  node: /\b(npm|yarn|pnpm)\b/,
  python: /\b(pip3?|uv|poetry|pipenv|pdm)\b/,
};

/** The RUN line that would have installed dependencies. */
export function installLine(runs: RunLine[], kind: keyof typeof INSTALLS): RunLine | undefined {
  return runs.find(({ text }) => INSTALLS[kind].test(text));
}

/** What to do about a missing path, in the reader's words. */
export function remedyFor(path: string): string {
  if (/(^|\/)node_modules(\/|$)/.test(path)) return "run npm ci in the context";
  if (isEnvironmentName(path)) {
    return "run python3 -m venv .venv && .venv/bin/pip install -r requirements.txt in the context";
  }
  return `build it in the context first, as the Dockerfile's RUN lines would`;
}
