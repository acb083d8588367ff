import type { Finding } from "../findings/finding";
import { formatViolation } from "../violations";
import { LIBRARY, checkMigration, finding } from "./checkMigration";
import { numericPrefix } from "./fileName";
import { type LoadedMigration, loadMigration } from "./load";
import type { FolderContent, MigrationFile } from "./migrationFile";

/** What is wrong with the files of a folder by themselves, and those that load. */
export interface CheckedFolder {
  findings: Finding[];
  migrations: LoadedMigration[];
}

/** Checks the files of a folder by themselves; no database is needed. */
export async function checkFolder({ files, strangers }: FolderContent): Promise<CheckedFolder> {
  const checked: CheckedFolder[] = [];
  for (const file of files) checked.push(await checkFile(file));
  const contents = checked.flatMap(({ findings }) => findings);
  return {
    findings: [...strangers.map(reportStranger), ...checkPrefixes(files), ...contents],
    migrations: checked.flatMap(({ migrations }) => migrations),
  };
}

function reportStranger(file: string): Finding {
  return {
    rule: "not-a-migration",
    level: "error",
    file,
    line: null,
    message: "node-pg-migrate would load this file as a migration and fail",
    remedy:
      "move it out of the folder, or name it <number>_<name>.sql, .js or .ts; else name it to --ignore-pattern",
    url: LIBRARY,
  };
}

function checkPrefixes(files: readonly MigrationFile[]): Finding[] {
  return files.flatMap((file, index): Finding[] => {
    const twin = files
      .slice(0, index)
      .find((other) => numericPrefix(other.name) === numericPrefix(file.name));
    if (twin === undefined) return [];
    const isSameName = twin.name === file.name;
    return [
      {
        rule: isSameName ? "duplicate-name" : "duplicate-prefix",
        level: "error",
        file: file.shownPath,
        line: null,
        message: isSameName
          ? `${twin.shownPath} has the same name, which is all that the migrations table knows`
          : `${twin.shownPath} has the same number, so their order hangs on their names`,
        remedy: "rename the newer one with a number of its own",
        url: LIBRARY,
      },
    ];
  });
}

async function checkFile(file: MigrationFile): Promise<CheckedFolder> {
  try {
    const { migration, violations } = await loadMigration(file);
    const settings = violations.map((violation) =>
      finding(file, "settings", 1, formatViolation(violation), "correct the comment or the export"),
    );
    const findings = [...settings, ...checkMigration(migration)];
    return { findings, migrations: [migration] };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const remedy = "correct it, or install what it imports";
    const said = message.split("\n")[0] ?? message;
    return { findings: [finding(file, "does-not-load", null, said, remedy)], migrations: [] };
  }
}
