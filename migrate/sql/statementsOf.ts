import type { LoadedMigration } from "../files/load";
import { locate } from "../files/sqlSections";
import { type Statement, SqlSyntaxError, parseSql } from "./parseSql";
import { type RenderOptions, type Renderer, createRenderer } from "./renderScript";

/** A statement of a migration, and its line in the file; null in a script, where it stands nowhere. */
export interface MigrationStatement extends Statement {
  line: number | null;
  /**
   * Which of a script's queries sends it, from 0; null in a `.sql` file, which is one. Statements of one
   * query are one transaction, also where the script calls `pgm.noTransaction()`.
   */
  step: number | null;
}

/** What a migration sends in one direction. */
export interface MigrationStatements {
  migration: LoadedMigration;
  direction: "up" | "down";
  statements: MigrationStatement[];
  /** False for a script that called `pgm.noTransaction()`. */
  usesTransaction: boolean;
  /** Why nobody knows what it sends, in words that hold no piece of it; null when it is known. */
  unknown: string | null;
  /** Of what PostgreSQL's grammar does not know: the line, null when nobody knows it, as in a script. */
  syntaxError: { line: number | null } | null;
}

/** What each of these migrations sends, in their order; `shorthands` are those of scripts before them. */
export async function statementsOf(
  migrations: readonly LoadedMigration[],
  options: RenderOptions,
): Promise<MigrationStatements[]> {
  const found: MigrationStatements[] = [];
  const renderer = createRenderer(options.scripts);
  let { shorthands } = options;
  try {
    for (const migration of migrations) {
      // A script uses those of every earlier one, and its own.
      shorthands = { ...shorthands, ...migration.actions.shorthands };
      found.push(await readStatements(migration, { ...options, shorthands }, renderer));
    }
  } finally {
    await renderer.end();
  }
  return found;
}

async function readStatements(
  migration: LoadedMigration,
  options: RenderOptions,
  renderer: Renderer,
): Promise<MigrationStatements> {
  const { sections, text, mentionsNoTransaction } = migration;
  const { direction } = options;
  const section = sections?.[direction] ?? null;
  const known = { migration, direction, unknown: null, syntaxError: null };
  try {
    if (sections === null) {
      const { steps, usesTransaction } = await renderer.render(migration, options);
      const parsed = await Promise.all(steps.map(parseSql));
      const statements = parsed.flatMap((some, step) =>
        some.map((one) => ({ ...one, line: null, step })),
      );
      return { ...known, statements, usesTransaction };
    }
    if (section === null) return { ...known, statements: [], usesTransaction: true };
    const statements = (await parseSql(section.text)).map((statement) => ({
      ...statement,
      line: locate(text, section.start + statement.start).line,
      step: null,
    }));
    return { ...known, statements, usesTransaction: true };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const nothing = {
      migration,
      direction,
      statements: [],
      usesTransaction: !mentionsNoTransaction,
    };
    if (!(error instanceof SqlSyntaxError))
      return { ...nothing, unknown: reason, syntaxError: null };
    if (section === null) return { ...nothing, unknown: reason, syntaxError: { line: null } };
    const { offset } = error;
    const line = offset === null ? null : locate(text, section.start + offset).line;
    const place = line === null ? "" : ` in line ${line}`;
    return { ...nothing, unknown: `${reason}${place}`, syntaxError: { line } };
  }
}
