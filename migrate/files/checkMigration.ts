import { readAcceptances } from "../findings/acceptance";
import type { Finding } from "../findings/finding";
import type { LoadedMigration } from "./load";
import type { MigrationFile } from "./migrationFile";
import { type SqlSection, type SqlSections, locate } from "./sqlSections";
import { TRANSACTION_CONTROL, isTransactionControl, listStatements } from "./sqlStatements";

/** Where the rules come from. */
export const LIBRARY = "https://salsita.github.io/node-pg-migrate/";

/** What is wrong with one file's contents. */
export function checkMigration(migration: LoadedMigration): Finding[] {
  const { sections } = migration;
  if (sections === null) return checkActions(migration);
  const parts = [sections.up, ...(sections.down === null ? [] : [sections.down])];
  return [
    ...checkHeadings(migration, sections),
    ...parts.flatMap((part) => checkStatements(migration, part)),
  ];
}

/**
 * What makes a file impossible to run without a lie: it would be recorded though it did nothing, or
 * though it ended the transaction that undoes it. Whatever else `check` finds fails by itself.
 */
export function findUnrunnable(migration: LoadedMigration, direction: "up" | "down"): Finding[] {
  const { sections } = migration;
  const part = sections?.[direction] ?? null;
  const statements = part === null ? [] : checkStatements(migration, part);
  return [
    ...(direction === "up" ? checkWayUp(migration) : []),
    ...statements.filter(({ rule }) => rule === "transaction-control"),
  ].filter(({ rule }) => rule !== DOES_NOTHING || !isMeantToBeEmpty(migration));
}

function checkWayUp(migration: LoadedMigration): Finding[] {
  const { sections } = migration;
  return sections === null ? checkActions(migration) : checkHeadings(migration, sections);
}

function checkActions({ file, actions }: LoadedMigration): Finding[] {
  const { up } = actions;
  if (typeof up !== "function") {
    const remedy = "export a function named up";
    return [finding(file, "no-up", null, "exports no function up", remedy)];
  }
  return EMPTY_BODY.test(up.toString()) ? [reportEmpty(file)] : [];
}

// As `create` writes it, comments or not.
const EMPTY_BODY = /\{(\s|\/\/[^\n]*\n|\/\*((?!\*\/)[\s\S])*\*\/)*\}$/;

function reportEmpty(file: MigrationFile): Finding {
  const mark = file.extension === ".sql" ? "--" : "//";
  const remedy = `write its statements, or delete it; if it is empty on purpose, say so at its top: ${mark} cloud-run-migrations: accept ${DOES_NOTHING}: why`;
  return finding(file, DOES_NOTHING, null, "does nothing", remedy);
}

const DOES_NOTHING = "does-nothing";

/** Whether a file says of itself, with a reason, that it is empty on purpose. */
function isMeantToBeEmpty({ text }: LoadedMigration): boolean {
  return readAcceptances(text).some(
    ({ rule, reason, about }) => rule === DOES_NOTHING && reason !== "" && about === null,
  );
}

function checkHeadings({ file, text }: LoadedMigration, sections: SqlSections): Finding[] {
  const { up, down, hasUpHeading } = sections;
  if (down !== null && !hasUpHeading) {
    const line = locate(text, down.start + down.text.search(/\S/)).line;
    const message = "there is no line -- Up Migration, so the part for going down runs as up too";
    return [
      finding(file, "no-up", line, message, "write -- Up Migration above the first statement"),
    ];
  }
  return listStatements(up.text).length > 0 ? [] : [reportEmpty(file)];
}

const ALONE =
  /^(CREATE (UNIQUE )?INDEX CONCURRENTLY|DROP INDEX CONCURRENTLY|REINDEX\b.*\bCONCURRENTLY|VACUUM|CREATE DATABASE|DROP DATABASE|ALTER SYSTEM|ALTER TABLE\b.*\bDETACH PARTITION\b.*\bCONCURRENTLY)\b/;

function checkStatements({ file, text }: LoadedMigration, section: SqlSection): Finding[] {
  return listStatements(section.text).flatMap(({ shape, start }): Finding[] => {
    const { line } = locate(text, section.start + start);
    if (isTransactionControl(shape)) {
      const { message, remedy } = TRANSACTION_CONTROL;
      return [finding(file, "transaction-control", line, message, remedy)];
    }
    if (!ALONE.test(shape)) return [];
    const message = "cannot run in a .sql file, which always runs in a transaction";
    const remedy = "write this migration as a script that calls pgm.noTransaction()";
    return [finding(file, "needs-own-transaction", line, message, remedy)];
  });
}

/** A finding of the level error. */
export function finding(
  { shownPath }: MigrationFile,
  rule: string,
  line: number | null,
  message: string,
  remedy: string,
): Finding {
  return { rule, level: "error", file: shownPath, line, message, remedy, url: LIBRARY };
}
