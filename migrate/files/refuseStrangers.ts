import { LoadError } from "./load";
import { type FolderContent, findDuplicateNames } from "./migrationFile";

/** Throws when a folder cannot be run: nothing has been applied yet. */
export function refuseStrangers({ files, strangers }: FolderContent): void {
  const problems = [
    ...strangers.map(
      (path) =>
        `${path}: expected a migration, got another file; move it elsewhere, for node-pg-migrate loads every file here, or name it to --ignore-pattern`,
    ),
    ...findDuplicateNames(files).map(
      (name) => `${name}: expected one file of this name, got several; rename all but one`,
    ),
  ];
  if (problems.length > 0) throw new LoadError(problems);
}
