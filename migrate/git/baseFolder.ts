import { basename, extname } from "node:path";
import { compareNames } from "../files/fileName";
import { digestOf, isMigration, withoutMark } from "../files/migrationFile";
import type { FolderSettings } from "../settings/parse";
import { InvalidArgsError, quote } from "../violations";
import { git } from "./git";

/** A migration file as it was in a commit. */
export interface CommittedFile {
  /** Without its extension, as the migrations table lists it. */
  name: string;
  fileName: string;
  text: string;
  sha256: string;
}

/** The migrations folder as it was in a commit. */
export interface CommittedFolder {
  commit: string;
  /** In the order in which they run; none when there was no folder. */
  files: CommittedFile[];
}

/** A branch to compare with. */
export interface BaseFolders {
  /** Where this branch left it: what it has added since is not in it. */
  base: CommittedFolder;
  /** Where it is now: what both have added meets there. */
  tip: CommittedFolder;
}

/**
 * Reads the folder as `ref` has it, and as it was in the merge base of HEAD and `ref`. `flag` is the one
 * that named `ref`, for the error when there is no such commit, or a clone without its history.
 */
export async function readBase(
  { folder, ignored }: FolderSettings,
  ref: string,
  flag: string,
): Promise<BaseFolders> {
  const prefix = text(await git(folder, ["rev-parse", "--show-prefix"]));
  const tip = await ask(folder, ["rev-parse", "--verify", "--end-of-options", `${ref}^{commit}`]);
  if (tip === null) {
    throw unknownCommit(flag, ref, "a commit or branch of this checkout", "git fetch it first");
  }
  const base = await ask(folder, ["merge-base", "HEAD", tip]);
  if (base === null) {
    const remedy =
      "fetch the history too: git fetch --unshallow, or fetch-depth: 0 of a checkout action";
    throw unknownCommit(flag, ref, "a commit that shares history with HEAD", remedy);
  }
  const isOurs = (fileName: string): boolean =>
    isMigration(fileName) && ignored?.test(fileName) !== true;
  const read = (commit: string): Promise<CommittedFolder> =>
    readFolderAt(folder, prefix, commit, isOurs);
  const atBase = await read(base);
  return { base: atBase, tip: tip === base ? atBase : await read(tip) };
}

async function readFolderAt(
  folder: string,
  prefix: string,
  commit: string,
  isOurs: (fileName: string) => boolean,
): Promise<CommittedFolder> {
  const path = prefix === "" ? [] : [prefix];
  const listed = await git(folder, ["ls-tree", "-z", "--full-tree", commit, ...path]);
  const entries = listed
    .toString()
    .split("\0")
    // Files and links; a folder in it holds no migrations.
    .flatMap((entry) => {
      const [, object = "", path = ""] = /^1\d+ blob (\w+)\t(.*)$/s.exec(entry) ?? [];
      return path === "" ? [] : [{ object, fileName: basename(path) }];
    })
    .filter(({ fileName }) => isOurs(fileName))
    .sort((a, b) => compareNames(a.fileName, b.fileName));
  const texts = await readBlobs(
    folder,
    entries.map(({ object }) => object),
  );
  const files = entries.map(({ fileName }, index) => {
    const content = withoutMark(texts[index] ?? "");
    const name = basename(fileName, extname(fileName));
    return { name, fileName, text: content, sha256: digestOf(content) };
  });
  return { commit, files };
}

/** Contents by id, in one process: a folder can hold a thousand files. */
async function readBlobs(folder: string, objects: readonly string[]): Promise<string[]> {
  if (objects.length === 0) return [];
  const printed = await git(folder, ["cat-file", "--batch"], `${objects.join("\n")}\n`);
  let at = 0;
  return objects.map(() => {
    const end = printed.indexOf("\n", at);
    const size = Number(printed.subarray(at, end).toString().split(" ")[2]);
    const content = printed.subarray(end + 1, end + 1 + size).toString();
    at = end + 1 + size + 1;
    return content;
  });
}

async function ask(folder: string, args: readonly string[]): Promise<string | null> {
  return git(folder, args).then(text, () => null);
}

function text(printed: Buffer): string {
  return printed.toString().replace(/\n$/, "");
}

function unknownCommit(path: string, ref: string, expected: string, remedy: string): Error {
  return new InvalidArgsError([{ path, expected, got: quote(ref), remedy }]);
}
