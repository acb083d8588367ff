import { createHash } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import type { FolderSettings } from "../settings/parse";
import { InvalidArgsError, quote } from "../violations";
import { EXTENSIONS, compareNames, numericPrefix } from "./fileName";

/** A file that holds one migration. */
export interface MigrationFile {
  /** File name without its extension: what the migrations table lists. */
  name: string;
  /** Absolute path. */
  path: string;
  /** As messages show it: relative to where the user is. */
  shownPath: string;
  extension: string;
}

/** What is in the folder. */
export interface FolderContent {
  /** In the order in which they run. */
  files: MigrationFile[];
  /** Paths, as shown, that node-pg-migrate would try to load as migrations and could not. */
  strangers: string[];
}

/** Lists a folder as node-pg-migrate does: all files but hidden and ignored ones, no subfolders. */
export async function listFolder({
  folder,
  shownFolder,
  ignored,
}: FolderSettings): Promise<FolderContent> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw new InvalidArgsError([
      {
        path: "--migrations-dir",
        expected: "a folder that can be read",
        got: quote(shownFolder),
        remedy: `make it, or name the right one (${codeOf(error)})`,
      },
    ]);
  });
  const names = entries
    .filter((entry) => (entry.isFile() || entry.isSymbolicLink()) && !entry.name.startsWith("."))
    .map((entry) => entry.name)
    .filter((name) => ignored?.test(name) !== true);
  const files = names.filter(isMigration).map((name) => toFile(folder, shownFolder, name));
  return {
    files: files.sort((a, b) => compareNames(basename(a.path), basename(b.path))),
    strangers: names.filter((name) => !isMigration(name)).map((name) => join(shownFolder, name)),
  };
}

/** Text and digest of a file. */
export async function readMigration(
  file: MigrationFile,
): Promise<{ text: string; sha256: string }> {
  const text = withoutMark(await readFile(file.path, "utf8"));
  return { text, sha256: digestOf(text) };
}

/** PostgreSQL takes the byte order mark that editors on Windows write for a syntax error. */
export function withoutMark(text: string): string {
  return text.replace(/^\uFEFF/, "");
}

/** SHA-256 of a migration: a checkout on Windows has other line ends but is the same one. */
export function digestOf(text: string): string {
  return createHash("sha256").update(text.replaceAll("\r\n", "\n")).digest("hex");
}

/** Names that more than one file has: the migrations table cannot tell them apart. */
export function findDuplicateNames(files: readonly MigrationFile[]): string[] {
  const names = files.map(({ name }) => name);
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}

/** Whether node-pg-migrate runs a file of this name, and can write its name into its table. */
export function isMigration(fileName: string): boolean {
  const extension = extname(fileName);
  // node-pg-migrate writes the name into SQL between quotes.
  const isSafe = !/['"\\]/.test(fileName) && !/\.d\.[cm]?ts$/.test(fileName);
  return EXTENSIONS.has(extension) && numericPrefix(fileName) !== null && isSafe;
}

function toFile(folder: string, shownFolder: string, fileName: string): MigrationFile {
  const extension = extname(fileName);
  return {
    name: basename(fileName, extension),
    path: join(folder, fileName),
    shownPath: join(shownFolder, fileName),
    extension,
  };
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
