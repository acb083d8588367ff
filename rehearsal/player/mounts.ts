import { isAbsolute, join, normalize, relative, sep } from "node:path";

/** Folders of this machine that stand for the mount points of a build. */
export class Mounts {
  /** Longest path first, so that a volume inside another is found. */
  private readonly mounts: { path: string; folder: string; pattern: RegExp }[];

  constructor(folders: Readonly<Record<string, string>>) {
    this.mounts = Object.entries(folders)
      .sort(([a], [b]) => b.length - a.length)
      .map(([path, folder]) => ({
        path,
        folder,
        pattern: new RegExp(`(?<![\\w./-])${escape(path)}(?![\\w.-])`, "g"),
      }));
  }

  /** A text of the document in which mount points are the folders of this machine. */
  map(text: string): string {
    return this.mounts.reduce(
      (result, { pattern, folder }) => result.replace(pattern, () => folder),
      text,
    );
  }

  /** The folder for an absolute path below a mount point; null for any other. */
  resolve(path: string): string | null {
    for (const { path: mount, folder } of this.mounts) {
      const inside = relative(mount, normalize(path));
      if (
        inside === "" ||
        (!inside.startsWith(`..${sep}`) && inside !== ".." && !isAbsolute(inside))
      ) {
        return join(folder, inside);
      }
    }
    return null;
  }
}

function escape(text: string): string {
  return text.replace(/[$()*+./?[\\\]^{|}-]/g, "\\$&");
}
