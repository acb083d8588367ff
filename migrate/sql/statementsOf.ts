import type { LoadedMigration } from "../files/load";
import { locate } from "../files/sqlSections";
import { type Statement, SqlSyntaxError, parseSql } from "./parseSql";
import { renderUp } from "./renderUp";

/** A statement of a migration, and its line in the file; null in a script, where it stands nowhere. */
export interface MigrationStatement extends Statement {
  line: number | null;
}

/** What the up of a migration sends. */
export interface MigrationStatements {
  migration: LoadedMigration;
  statements: MigrationStatement[];
  /** Why nobody knows what it sends, in words that hold no piece of it; null when it is known. */
  unknown: string | null;
  /** Of a `.sql` file that PostgreSQL's grammar does not know: the line, null when nobody knows it. */
  syntaxError: { line: number | null } | null;
}

/** What each of these migrations sends, in their order; `shorthands` are those of applied scripts. */
export async function statementsOf(
  migrations: readonly LoadedMigration[],
  shorthands: Record<string, unknown>,
): Promise<MigrationStatements[]> {
  const found: MigrationStatements[] = [];
  let known = shorthands;
  for (const migration of migrations) {
    // A script uses those of every earlier one, and its own.
    known = { ...known, ...migration.actions.shorthands };
    found.push(await readStatements(migration, known));
  }
  return found;
}

async function readStatements(
  migration: LoadedMigration,
  shorthands: Record<string, unknown>,
): Promise<MigrationStatements> {
  const { sections, text } = migration;
  const known = { migration, unknown: null, syntaxError: null };
  try {
    if (sections === null) {
      const steps = await renderUp(migration, shorthands);
      const parsed = await Promise.all(steps.map(parseSql));
      return { ...known, statements: parsed.flat().map((one) => ({ ...one, line: null })) };
    }
    const { up } = sections;
    const statements = (await parseSql(up.text)).map((statement) => ({
      ...statement,
      line: locate(text, up.start + statement.start).line,
    }));
    return { ...known, statements };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const nothing = { migration, statements: [] };
    if (sections === null || !(error instanceof SqlSyntaxError)) {
      return { ...nothing, unknown: reason, syntaxError: null };
    }
    const { offset } = error;
    const line = offset === null ? null : locate(text, sections.up.start + offset).line;
    const place = line === null ? "" : ` in line ${line}`;
    return { ...nothing, unknown: `${reason}${place}`, syntaxError: { line } };
  }
}
