import { formatViolation } from "../violations";
import { numericPrefix } from "./fileName";
import { type LoadedMigration, loadMigration } from "./load";
import type { FolderContent, MigrationFile } from "./migrationFile";
import { type SqlSection, type SqlSections, locate } from "./sqlSections";
import { listStatements } from "./sqlStatements";

/** Something in the files that a reader should change. */
export interface Finding {
  rule: string;
  level: "error" | "warning" | "note";
  file: string;
  /** From 1; null when it is about the whole file. */
  line: number | null;
  message: string;
  remedy: string;
  /** Where the rule comes from. */
  url: string | null;
}

const LIBRARY = "https://salsita.github.io/node-pg-migrate/";

/** Checks the files of a folder by themselves; no database is needed. */
export async function checkFolder({ files, strangers }: FolderContent): Promise<Finding[]> {
  const contents: Finding[] = [];
  for (const file of files) contents.push(...(await checkFile(file)));
  return [...strangers.map(reportStranger), ...checkPrefixes(files), ...contents];
}

function reportStranger(file: string): Finding {
  return {
    rule: "not-a-migration",
    level: "error",
    file,
    line: null,
    message: "node-pg-migrate would load this file as a migration and fail",
    remedy: "move it out of the folder, or name it <number>_<name>.sql, .js or .ts",
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

async function checkFile(file: MigrationFile): Promise<Finding[]> {
  try {
    const { migration, violations } = await loadMigration(file);
    const settings = violations.map((violation) =>
      finding(file, "settings", 1, formatViolation(violation), "correct the comment or the export"),
    );
    return [...settings, ...checkActions(migration), ...checkSql(migration)];
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const remedy = "correct it, or install what it imports";
    return [finding(file, "does-not-load", null, message.split("\n")[0] ?? message, remedy)];
  }
}

function checkActions({ file, actions, sections }: LoadedMigration): Finding[] {
  if (sections !== null || typeof actions.up === "function") return [];
  const remedy = "export a function named up";
  return [finding(file, "no-up", null, "exports no function up", remedy)];
}

function checkSql({ file, text, sections }: LoadedMigration): Finding[] {
  if (sections === null) return [];
  const parts = [sections.up, ...(sections.down === null ? [] : [sections.down])];
  return [
    ...checkHeadings(file, text, sections),
    ...parts.flatMap((part) => checkStatements(file, text, part)),
  ];
}

function checkHeadings(file: MigrationFile, text: string, sections: SqlSections): Finding[] {
  const { up, down, hasUpHeading } = sections;
  if (down !== null && !hasUpHeading) {
    const line = locate(text, down.start + down.text.search(/\S/)).line;
    const message = "there is no line -- Up Migration, so the part for going down runs as up too";
    return [
      finding(file, "no-up", line, message, "write -- Up Migration above the first statement"),
    ];
  }
  if (listStatements(up.text).length > 0) return [];
  return [finding(file, "no-up", null, "does nothing", "write its statements, or delete it")];
}

const TRANSACTION_CONTROL =
  /^(BEGIN|START TRANSACTION|COMMIT|END|ROLLBACK(?! (WORK |TRANSACTION )?TO\b)|ABORT)\b/;
const ALONE =
  /^(CREATE (UNIQUE )?INDEX CONCURRENTLY|DROP INDEX CONCURRENTLY|REINDEX\b.*\bCONCURRENTLY|VACUUM|CREATE DATABASE|DROP DATABASE|ALTER SYSTEM|ALTER TABLE\b.*\bDETACH PARTITION\b.*\bCONCURRENTLY)\b/;

function checkStatements(file: MigrationFile, text: string, section: SqlSection): Finding[] {
  return listStatements(section.text).flatMap(({ shape, start }): Finding[] => {
    const { line } = locate(text, section.start + start);
    if (TRANSACTION_CONTROL.test(shape)) {
      const message = "ends or begins a transaction; a failure later on could not be rolled back";
      return [finding(file, "transaction-control", line, message, "take it out: the tool commits")];
    }
    if (!ALONE.test(shape)) return [];
    const message = "cannot run in a .sql file, which always runs in a transaction";
    const remedy = "write this migration as a script that calls pgm.noTransaction()";
    return [finding(file, "needs-own-transaction", line, message, remedy)];
  });
}

function finding(
  { shownPath }: MigrationFile,
  rule: string,
  line: number | null,
  message: string,
  remedy: string,
): Finding {
  return { rule, level: "error", file: shownPath, line, message, remedy, url: LIBRARY };
}
