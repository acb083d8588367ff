import type { BaseFolders, CommittedFile } from "../git/baseFolder";
import type { Finding } from "../findings/finding";
import { GIT_RULES } from "../lint/rules/files";
import { compareNames } from "./fileName";
import type { MigrationFile } from "./migrationFile";

/** A file of this branch, with its digest. */
export interface OwnFile extends MigrationFile {
  sha256: string;
}

/** What has become of released files, and how the new ones stand to them and to the other branch's. */
export function compareBase(
  files: readonly OwnFile[],
  { base, tip }: BaseFolders,
  ref: string,
  shownFolder: string,
): Finding[] {
  const released = new Map(base.files.map((file) => [file.name, file]));
  const fresh = files.filter(({ name }) => !released.has(name));
  const theirs = tip.files.filter(({ name }) => !released.has(name));
  return [
    ...base.files.flatMap((file) => compareReleased(file, files, shownFolder)),
    ...fresh.flatMap((file) => compareFresh(file, base.files, ref)),
    ...fresh.flatMap((file) => compareBranches(file, theirs, ref)),
  ];
}

function compareReleased(
  { name, fileName, sha256 }: CommittedFile,
  files: readonly OwnFile[],
  shownFolder: string,
): Finding[] {
  const own = files.find((file) => file.name === name);
  if (own !== undefined) {
    if (own.sha256 === sha256) return [];
    return [report("edited", own.shownPath, "was edited after it was released")];
  }
  const renamed = files.find((file) => file.sha256 === sha256);
  const fate = renamed === undefined ? "is gone" : `is now ${renamed.name}`;
  return [report("deleted", `${shownFolder}/${fileName}`, `was released, and ${fate}`)];
}

function compareFresh(file: OwnFile, released: readonly CommittedFile[], ref: string): Finding[] {
  const later = released.filter(({ name }) => compareNames(file.name, name) < 0);
  const last = later.at(-1);
  return last === undefined
    ? []
    : [
        report(
          "out-of-order",
          file.shownPath,
          `sorts before ${last.fileName}, which is released`,
          `${file.name} --base ${ref}`,
        ),
      ];
}

function compareBranches(file: OwnFile, theirs: readonly CommittedFile[], ref: string): Finding[] {
  // One that is on both branches by now is no quarrel.
  const later = theirs.filter(
    (other) => other.name !== file.name && compareNames(file.name, other.name) < 0,
  );
  const twin = theirs.find((other) => other.name === file.name && other.sha256 !== file.sha256);
  const other = twin ?? later.at(-1);
  if (other === undefined) return [];
  const how = twin === undefined ? "sorts before" : "is another file than";
  const message = `this branch's ${file.name} ${how} ${other.fileName}, which ${ref} has got meanwhile`;
  return [report("branch-interleaved", file.shownPath, message, `${file.name} --base ${ref}`)];
}

function report(rule: keyof typeof GIT_RULES, file: string, message: string, which = ""): Finding {
  const { id, level, instead, url } = GIT_RULES[rule];
  return {
    rule: id,
    level,
    file,
    line: null,
    message,
    remedy: instead.replace("NAME", () => which),
    url,
  };
}
