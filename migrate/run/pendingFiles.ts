import { basename, normalize } from "node:path";
import { compareNames } from "../files/fileName";
import type { FolderContent } from "../files/migrationFile";
import type { FolderSettings } from "../settings/parse";
import { InvalidArgsError, quote } from "../violations";
import type { DigestedFile, View } from "./workspace";

/** The files that are not applied, up to and with one of them. */
export function findPending({ files, statuses }: View, to: string | null): DigestedFile[] {
  const names = new Set(
    statuses
      .filter(({ state }) => state === "pending" || state === "out-of-order")
      .map(({ name }) => name),
  );
  return files.filter(
    ({ name }) => names.has(name) && (to === null || compareNames(name, to) <= 0),
  );
}

/** The migration that `--to` names, by its name or its file. */
export function findTarget(
  { to, shownFolder }: FolderSettings & { to: string | null },
  { files }: FolderContent,
): string | null {
  if (to === null) return null;
  const target = files.find(({ name, shownPath }) => name === to || isPathOf(shownPath, to));
  if (target !== undefined) return target.name;
  throw new InvalidArgsError([
    {
      path: "--to",
      expected: `the name of a migration in ${shownFolder}`,
      got: quote(to),
      remedy: "see status for the names",
    },
  ]);
}

// As a shell completes it, or the file's name alone.
function isPathOf(shownPath: string, to: string): boolean {
  const path = normalize(to);
  return normalize(shownPath) === path || basename(shownPath) === path;
}
