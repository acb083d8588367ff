import { access, mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { CommittedFolder } from "../git/baseFolder";
import { git } from "../git/git";
import type { FolderSettings } from "../settings/parse";

/**
 * Writes the migrations folder of a commit below `scratch`. Scripts import what lies around them, so with
 * any of them the whole tree is written, beside the packages that are installed here: no checkout and no
 * index of the user's is touched, and no hook runs.
 */
export async function writeBaseFolder(
  { folder, shownFolder }: FolderSettings,
  { commit, files }: CommittedFolder,
  scratch: string,
): Promise<FolderSettings> {
  if (files.every(({ fileName }) => fileName.endsWith(".sql"))) {
    const target = join(scratch, "previous");
    await mkdir(target, { recursive: true });
    for (const { fileName, text } of files) await writeFile(join(target, fileName), text);
    return { folder: target, shownFolder };
  }
  const ask = async (...args: string[]): Promise<string> =>
    (await git(folder, ["rev-parse", ...args])).toString().replace(/\n$/, "");
  const top = await ask("--show-toplevel");
  const prefix = await ask("--show-prefix");
  const tree = join(scratch, "around", "tree");
  await mkdir(tree, { recursive: true });
  const env = { ...process.env, GIT_INDEX_FILE: join(scratch, "index") };
  await git(top, ["read-tree", commit], "", env);
  await git(top, ["checkout-index", "--all", "--force", `--prefix=${tree}/`], "", env);
  await linkPackages(top, prefix, tree);
  return { folder: join(tree, prefix), shownFolder };
}

/** Packages are found by going up from the folder, to above the repository. */
async function linkPackages(top: string, prefix: string, tree: string): Promise<void> {
  const parts = prefix.split("/").filter((part) => part !== "");
  for (let depth = parts.length; depth >= 0; depth--) {
    const below = parts.slice(0, depth);
    await link(join(top, ...below), join(tree, ...below));
  }
  for (let above = dirname(top); above !== dirname(above); above = dirname(above)) {
    if (await link(above, dirname(tree))) return;
  }
}

/** Whether there are packages to link. */
async function link(from: string, to: string): Promise<boolean> {
  const [packages, target] = [join(from, "node_modules"), join(to, "node_modules")];
  if (!(await isThere(packages)) || !(await isThere(to)) || (await isThere(target))) return false;
  await symlink(packages, target, "dir");
  return true;
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
