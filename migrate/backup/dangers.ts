import { LoadError } from "../files/load";
import { findDestructive } from "../sql/findDestructive";
import { PARSER_MAJOR } from "../sql/parseSql";
import type { MigrationStatements } from "../sql/statementsOf";
import type { DatabaseFacts } from "./readDatabase";

/** Each file that can lose data, with its first statement that can. */
export function listDangers(
  read: readonly MigrationStatements[],
  { own }: Pick<DatabaseFacts, "own">,
): string[] {
  const found = findDestructive(
    read.map(({ statements, unknown }) => (unknown === null ? statements : null)),
    own,
  );
  return read.flatMap(({ migration, unknown }, index) => {
    const path = migration.file.shownPath;
    if (unknown !== null) return [`${path}: nobody knows what it does: ${unknown}`];
    const [first] = found[index] ?? [];
    if (first === undefined) return [];
    const { line } = first.statement;
    return [`${path}${line === null ? "" : `:${line}`}: ${first.reason}`];
  });
}

/** Whether another database of the instance is lost: that this one is empty does not matter then. */
export function dropsDatabase(read: readonly MigrationStatements[]): boolean {
  return read.some(({ statements }) => statements.some(({ kind }) => kind === "DropdbStmt"));
}

/**
 * Refuses a file that the server would refuse after the backup. Another version has another grammar,
 * so there it has the last word.
 */
export function refuseUnparsable(
  read: readonly MigrationStatements[],
  { majorVersion }: Pick<DatabaseFacts, "majorVersion">,
): void {
  if (majorVersion !== PARSER_MAJOR) return;
  const problems = read.flatMap(({ migration, syntaxError, unknown }) => {
    if (syntaxError === null) return [];
    const { line } = syntaxError;
    const place = line === null ? "" : `:${line}`;
    return [
      `${migration.file.shownPath}${place}: [sql-syntax] PostgreSQL cannot read it: ${unknown}; correct it`,
    ];
  });
  if (problems.length > 0) throw new LoadError(problems);
}
