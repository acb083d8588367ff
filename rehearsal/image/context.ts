import { lstat, readFile, readlink, readdir, realpath, stat } from "node:fs/promises";
import { isAbsolute, join, normalize, relative, resolve, sep } from "node:path";
import ignore from "@balena/dockerignore";
import type { BlobStore } from "./blobs";
import { type Entries, type Entry, type Source, hasWildcard, wildcard } from "./tree";

/** Whether a path, relative to the context, is left out. */
export type Excludes = (path: string) => boolean;

/** What of a folder is taken, and how. */
export interface ReadOptions {
  excludes?: Excludes;
  /** Some path under an excluded folder may be included again. */
  hasExceptions?: boolean;
  /** Links stay as they are, also where they leave the folder. */
  keepLinks?: boolean;
}

/** The build context on disk, after `.dockerignore`. */
export class Context implements Source {
  private constructor(
    /** Real path of the folder. */
    readonly folder: string,
    private readonly blobs: BlobStore,
    private readonly excludes: Excludes,
    private readonly hasExceptions: boolean,
  ) {}

  /** `.dockerignore` of the context, or the one named after the Dockerfile. */
  static async open(folder: string, dockerfile: string, blobs: BlobStore): Promise<Context> {
    const real = await realpath(folder);
    const own = await readText(`${dockerfile}.dockerignore`);
    const rules = own ?? (await readText(join(real, ".dockerignore"))) ?? "";
    const matcher = ignore().add(rules);
    const excludes: Excludes = (path) => path !== "" && matcher.ignores(path);
    return new Context(real, blobs, excludes, /^\s*!/m.test(rules));
  }

  isExcluded(path: string): boolean {
    return this.excludes(path);
  }

  originOf(path: string): string {
    return path;
  }

  async match(pattern: string): Promise<string[]> {
    const path = insideContext(pattern);
    if (!hasWildcard(path)) return (await this.isThere(path)) ? [path] : [];
    const found: string[] = [];
    await this.expand("", path.split("/"), found);
    return found.sort();
  }

  private async expand(folder: string, segments: string[], found: string[]): Promise<void> {
    const [segment = "", ...rest] = segments;
    const matches = wildcard(segment);
    const names = await readdir(join(this.folder, folder)).catch(() => []);
    for (const name of names.filter((candidate) => matches(candidate))) {
      const path = folder === "" ? name : `${folder}/${name}`;
      if (rest.length > 0) await this.expand(path, rest, found);
      else if (await this.isThere(path)) found.push(path);
    }
  }

  private async isThere(path: string): Promise<boolean> {
    const status = await lstat(join(this.folder, path)).catch(() => null);
    if (status === null) return false;
    if (!this.excludes(path)) return true;
    if (!status.isDirectory() || !this.hasExceptions) return false;
    return [...(await this.read(path)).values()].some(({ kind }) => kind !== "folder");
  }

  read(path: string): Promise<Entries> {
    const { excludes, hasExceptions } = this;
    return this.readFrom(path, { excludes, hasExceptions });
  }

  /** A path as it is on disk: what RUN lines would have made is in `.dockerignore` as a rule. */
  async readFrom(path: string, options: ReadOptions = {}): Promise<Entries> {
    const found: Entries = new Map();
    await this.visit(path, "", options, found);
    return found;
  }

  private async visit(
    root: string,
    below: string,
    options: ReadOptions,
    found: Entries,
  ): Promise<void> {
    const path = join(root, below);
    const isExcluded = options.excludes?.(path === "." ? "" : path) ?? false;
    const absolute = join(this.folder, path);
    const status = below === "" ? await stat(absolute) : await lstat(absolute);
    if (isExcluded && !(status.isDirectory() && options.hasExceptions === true)) return;
    if (status.isSymbolicLink()) {
      await this.visitLink(root, below, options, found);
    } else if (status.isDirectory()) {
      if (!isExcluded) found.set(below, { kind: "folder" });
      await inParallel(await readdir(absolute), async (name) =>
        this.visit(root, below === "" ? name : `${below}/${name}`, options, found),
      );
    } else if (status.isFile()) {
      found.set(below, { kind: "file", ...(await this.blobs.addFile(absolute)) });
    }
  }

  /** A link that leaves what is copied (npm link, a shared folder) is replaced by what it names. */
  private async visitLink(
    root: string,
    below: string,
    options: ReadOptions,
    found: Entries,
  ): Promise<void> {
    const absolute = join(this.folder, root, below);
    const target = await readlink(absolute);
    const end = resolve(absolute, "..", target);
    const isInside = !isAbsolute(target) && (end + sep).startsWith(this.folder + sep);
    if (isInside || options.keepLinks === true) {
      found.set(below, { kind: "link", target });
      return;
    }
    const outside = await realpath(absolute).catch(() => null);
    if (outside === null) return;
    const linked = new Context(outside, this.blobs, () => false, false);
    if ((await stat(outside)).isDirectory()) {
      for (const [rest, entry] of await linked.readFrom("", {})) {
        found.set(rest === "" ? below : `${below}/${rest}`, entry);
      }
    } else {
      found.set(below, { kind: "file", ...(await this.blobs.addFile(outside)) });
    }
  }

  /** What is at a path on disk, `.dockerignore` aside. */
  async kindOf(path: string): Promise<Entry["kind"] | null> {
    const status = await stat(join(this.folder, path)).catch(() => null);
    if (status === null) return null;
    return status.isDirectory() ? "folder" : "file";
  }

  async readJson(path: string): Promise<unknown> {
    const text = await readText(join(this.folder, path));
    return text === null ? null : (JSON.parse(text) as unknown);
  }
}

/** COPY cannot leave the context: `..` above its root is the root. */
function insideContext(pattern: string): string {
  const clamped = relative("/", normalize(join("/", pattern)));
  return clamped.split(sep).join("/");
}

async function readText(path: string): Promise<string | null> {
  return readFile(path, "utf8").catch(() => null);
}

const WIDTH = 16;

async function inParallel<T>(items: T[], action: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await action(item);
  };
  await Promise.all(Array.from({ length: Math.min(WIDTH, items.length) }, worker));
}
