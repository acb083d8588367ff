import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { InvalidArgsError, quote } from "../violations";

/** Where to look. */
export interface DockerfileSettings {
  /** Of the migrations; absolute. */
  folder: string;
  cwd: string;
  /** As the user wrote it; null for one named `Dockerfile`, here or above the migrations. */
  dockerfile: string | null;
}

export interface FoundDockerfile {
  path: string;
  shownPath: string;
  text: string;
}

/** The project's Dockerfile; null when there is none, and none was asked for. */
export async function findDockerfile({
  folder,
  cwd,
  dockerfile,
}: DockerfileSettings): Promise<FoundDockerfile | null> {
  if (dockerfile !== null) {
    const path = resolve(cwd, dockerfile);
    const text = await readFile(path, "utf8").catch((error: unknown) => {
      throw unreadable(dockerfile, error);
    });
    return { path, shownPath: dockerfile, text };
  }
  for (const candidate of [cwd, ...foldersAbove(folder, cwd)]) {
    const path = join(candidate, "Dockerfile");
    const text = await readFile(path, "utf8").catch(() => null);
    if (text !== null) return { path, shownPath: relative(cwd, path), text };
  }
  return null;
}

/**
 * The folders that a path is in, nearest first, up to the checkout's root; without one up to `cwd`, and
 * where that is elsewhere the nearest alone.
 */
export function foldersAbove(path: string, cwd: string): string[] {
  const above: string[] = [];
  for (let at = dirname(path); above.at(-1) !== at; at = dirname(at)) above.push(at);
  const root = above.findIndex((folder) => existsSync(join(folder, ".git")));
  const end = root < 0 ? above.indexOf(cwd) : root;
  return above.slice(0, Math.max(end, 0) + 1);
}

function unreadable(dockerfile: string, error: unknown): Error {
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
  return new InvalidArgsError([
    {
      path: "--dockerfile",
      expected: "a file that can be read",
      got: quote(dockerfile),
      remedy: `name the Dockerfile that releases the service (${code})`,
    },
  ]);
}
