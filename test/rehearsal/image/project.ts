import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import {
  BlobStore,
  type BuildImageOptions,
  type Image,
  buildImage,
} from "../../../rehearsal/image";

/** A source tree on disk and a place for its images. */
export interface Project {
  folder: string;
  write(path: string, content: string, mode?: number): Promise<void>;
  build(options?: Partial<BuildImageOptions>): Promise<Image>;
  remove(): Promise<void>;
}

export async function createProject(files: Record<string, string>): Promise<Project> {
  const root = await mkdtemp(join(tmpdir(), "image-test-"));
  const folder = join(root, "context");
  const blobs = new BlobStore(join(root, "blobs"));
  const write = async (path: string, content: string, mode = 0o644): Promise<void> => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content, { mode });
  };
  for (const [path, content] of Object.entries(files)) await write(path, content);
  return {
    folder,
    write,
    build: (options = {}) =>
      buildImage({ context: folder, ...options }, blobs, join(root, "images")),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

/** Every file of an image with its content. */
export async function filesOf(image: Image): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  const entries = await readdir(image.folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((candidate) => candidate.isFile())) {
    const path = join(entry.parentPath, entry.name);
    files[`/${relative(image.folder, path)}`] = await readFile(path, "utf8");
  }
  return files;
}
