import { mkdir, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import type { BlobStore } from "./blobs";
import type { Entry, Tree } from "./tree";

/** Folders that are being written: two builds side by side may make the same image. */
const underWay = new Map<string, Promise<void>>();

/** Writes an image's files to a folder. An image that is there already is not written again. */
export async function materialise(tree: Tree, folder: string, blobs: BlobStore): Promise<void> {
  const other = underWay.get(folder);
  if (other !== undefined) return other;
  const writing = writeOnce(tree, folder, blobs);
  underWay.set(folder, writing);
  try {
    await writing;
  } finally {
    underWay.delete(folder);
  }
}

async function writeOnce(tree: Tree, folder: string, blobs: BlobStore): Promise<void> {
  if (await stat(folder).catch(() => null)) return;
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  const entries = tree.sorted();
  for (const [path, entry] of entries) {
    if (entry.kind === "folder") await mkdir(join(partial, path), { recursive: true });
  }
  const queue = entries.filter(([, { kind }]) => kind !== "folder");
  const worker = async (): Promise<void> => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const [path, entry] = next;
      await write(path, entry, { tree, partial, folder, blobs });
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  await rename(partial, folder);
}

interface Target {
  tree: Tree;
  partial: string;
  /** Where the image is in the end; the partial folder is renamed to it. */
  folder: string;
  blobs: BlobStore;
}

async function write(path: string, entry: Entry, target: Target): Promise<void> {
  const { tree, partial, folder, blobs } = target;
  const place = join(partial, path);
  if (entry.kind === "link") {
    // An absolute link means a path of the image, unless the image does not have it.
    const isInside = isAbsolute(entry.target) && tree.get(entry.target) !== undefined;
    await symlink(isInside ? join(folder, entry.target) : entry.target, place);
  } else if (entry.kind === "file" && entry.environmentRoot !== undefined) {
    const text = (await blobs.read(entry)).toString("utf8");
    const root = join(folder, environmentRootOf(tree, path));
    const mode = entry.isExecutable ? 0o555 : 0o444;
    await writeFile(
      place,
      text.replaceAll(entry.environmentRoot, () => root),
      { mode },
    );
  } else if (entry.kind === "file") {
    await blobs.place(entry, place);
  }
}

/** The folder above a file that has the `pyvenv.cfg`. */
function environmentRootOf(tree: Tree, path: string): string {
  for (let folder = dirname(path); folder !== "/"; folder = dirname(folder)) {
    if (tree.get(join(folder, "pyvenv.cfg")) !== undefined) return folder;
  }
  return dirname(path);
}
