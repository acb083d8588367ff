import { basename, dirname, join, relative } from "node:path/posix";
import type { Blob } from "./blobs";

/** What is at one path of an image. */
export type Entry =
  | (Blob & {
      kind: "file";
      /** The virtual environment whose path this file names; written with the image's own path. */
      environmentRoot?: string;
    })
  | { kind: "link"; target: string }
  | { kind: "folder" };

/** Paths relative to what was asked for (`""` is the thing itself) and what is there. */
export type Entries = Map<string, Entry>;

/** Where COPY takes files from: the build context, or another stage. */
export interface Source {
  /** Paths that a pattern of COPY names. */
  match(pattern: string): Promise<string[]>;
  /** A path with all below it. */
  read(path: string): Promise<Entries>;
  /** Folder of the build context that the folder of a path came from, as far as it is known. */
  originOf(path: string): string | null;
}

/** The files of a stage: absolute path to entry. */
export class Tree implements Source {
  private readonly entries = new Map<string, Entry>([["/", { kind: "folder" }]]);
  private readonly origins = new Map<string, string>();

  clone(): Tree {
    const copy = new Tree();
    for (const [path, entry] of this.entries) copy.entries.set(path, entry);
    for (const [path, origin] of this.origins) copy.origins.set(path, origin);
    return copy;
  }

  get(path: string): Entry | undefined {
    return this.entries.get(path);
  }

  /** Every path in order, folders before what is in them. */
  sorted(): [string, Entry][] {
    return [...this.entries].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  put(path: string, entry: Entry): void {
    if (path === "/") return;
    const parent = dirname(path);
    if (this.entries.get(parent)?.kind !== "folder") this.put(parent, { kind: "folder" });
    const before = this.entries.get(path);
    if (before?.kind === "folder") {
      if (entry.kind === "folder") return;
      for (const below of this.below(path)) this.entries.delete(below);
    }
    this.entries.set(path, entry);
  }

  /** Adds entries under a path; with `keep`, what is there already stays. */
  putAll(path: string, entries: Entries, keep = false): void {
    for (const [relative, entry] of entries) {
      const target = relative === "" ? path : join(path, relative);
      if (!keep || !this.entries.has(target)) this.put(target, entry);
    }
  }

  /** Remembers that the files of a folder came from a folder of the build context. */
  setOrigin(folder: string, origin: string): void {
    if (!this.origins.has(folder)) this.origins.set(folder, origin);
  }

  originOf(path: string): string | null {
    for (let folder = path; ; folder = dirname(folder)) {
      const origin = this.origins.get(folder);
      if (origin !== undefined) return join(origin, relative(folder, path));
      if (folder === "/") return null;
    }
  }

  match(pattern: string): Promise<string[]> {
    const absolute = join("/", pattern);
    if (!hasWildcard(absolute)) {
      return Promise.resolve(this.entries.has(absolute) ? [absolute] : []);
    }
    const matches = wildcard(absolute);
    return Promise.resolve([...this.entries.keys()].filter((path) => matches(path)).sort());
  }

  read(path: string): Promise<Entries> {
    const found: Entries = new Map();
    const own = this.entries.get(path);
    if (own !== undefined) found.set("", own);
    const prefix = path === "/" ? "/" : `${path}/`;
    for (const below of this.below(path)) {
      const entry = this.entries.get(below);
      if (entry !== undefined) found.set(below.slice(prefix.length), entry);
    }
    return Promise.resolve(found);
  }

  private below(path: string): string[] {
    const prefix = path === "/" ? "/" : `${path}/`;
    return [...this.entries.keys()].filter((other) => other !== "/" && other.startsWith(prefix));
  }
}

export function hasWildcard(pattern: string): boolean {
  return /[*?[]/.test(pattern);
}

/** Go's `filepath.Match`, by which COPY reads `*`, `?` and `[a-z]`: none of them crosses a slash. */
export function wildcard(pattern: string): (path: string) => boolean {
  const parts = pattern.match(/\\.|\[\^?[^\]]*\]|./gs) ?? [];
  const expression = parts.map((part) => {
    if (part === "*") return "[^/]*";
    if (part === "?") return "[^/]";
    if (part.startsWith("[") && part.endsWith("]") && part.length > 2) return part;
    return part.replace(/^\\(?=.)/s, "").replace(/[$()*+./?[\\\]^{|}]/g, "\\$&");
  });
  const regex = new RegExp(`^${expression.join("")}$`, "s");
  return (path) => regex.test(path);
}

/** Where COPY puts a thing named `path`: into a folder, or under the given name. */
export function targetOf(path: string, destination: string, isFolder: boolean): string {
  return isFolder ? join(destination, basename(path)) : destination;
}
