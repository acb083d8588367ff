import { createHash } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { chmod, copyFile, link, mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** A file's content by its SHA-256, and whether it may be executed. */
export interface Blob {
  sha256: string;
  isExecutable: boolean;
}

/**
 * Contents of files, each kept once. Images are trees of hard links to them, so that releases
 * share what did not change and no edit of the working tree reaches an image.
 */
export class BlobStore {
  private readonly known = new Map<string, Blob>();
  private temporary = 0;

  constructor(private readonly folder: string) {}

  /** Keeps the content of a file. A file that did not change since is not read again. */
  async addFile(path: string): Promise<Blob> {
    const status = await stat(path, { bigint: true });
    const key = identity(path, status);
    const seen = this.known.get(key);
    if (seen !== undefined) return seen;
    const isExecutable = (status.mode & 0o111n) !== 0n;
    const blob = await this.addContent(await readFile(path), isExecutable);
    this.known.set(key, blob);
    return blob;
  }

  async addContent(content: string | Uint8Array, isExecutable: boolean): Promise<Blob> {
    const blob = { sha256: createHash("sha256").update(content).digest("hex"), isExecutable };
    const target = this.pathOf(blob);
    if (await exists(target)) return blob;
    await mkdir(dirname(target), { recursive: true });
    const temporary = join(this.folder, `writing-${this.temporary++}`);
    await writeFile(temporary, content);
    // Read-only, so that a process which edits its image fails instead of changing other images.
    await chmod(temporary, isExecutable ? 0o555 : 0o444);
    await rename(temporary, target);
    return blob;
  }

  async read(blob: Blob): Promise<Buffer> {
    return readFile(this.pathOf(blob));
  }

  /** Puts a blob at a path of an image. */
  async place(blob: Blob, target: string): Promise<void> {
    const source = this.pathOf(blob);
    // `COPY --chmod` wants a content that was kept with another mode.
    if (!(await exists(source))) {
      const other = await this.read({ ...blob, isExecutable: !blob.isExecutable });
      await this.addContent(other, blob.isExecutable);
    }
    await link(source, target).catch(async (error: unknown) => {
      const { code } = error as NodeJS.ErrnoException;
      // Some file systems have no hard links, or a limit of links per file.
      if (code !== "EMLINK" && code !== "EPERM" && code !== "ENOTSUP") throw error;
      await copyFile(source, target);
    });
  }

  private pathOf({ sha256, isExecutable }: Blob): string {
    const name = isExecutable ? `${sha256.slice(2)}-x` : sha256.slice(2);
    return join(this.folder, sha256.slice(0, 2), name);
  }
}

function identity(path: string, { size, mtimeNs, ctimeNs, ino, mode }: BigIntStats): string {
  return [path, size, mtimeNs, ctimeNs, ino, mode].join("\0");
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}
