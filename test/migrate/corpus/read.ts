import { join } from "node:path";
import { MigrationBuilder } from "node-pg-migrate";
import { type LoadedMigration, loadMigrations } from "../../../migrate/files/load";
import { listFolder } from "../../../migrate/files/migrationFile";
import { type MigrationStatements, statementsOf } from "../../../migrate/sql/statementsOf";
import { createProject } from "../support/project";
import { SHOP } from "./shop";
import type { Snippet } from "./snippet";

/** A snippet as the tool has it: the files before it, and its own. */
export interface ReadSnippet {
  history: MigrationStatements[];
  subject: MigrationStatements;
}

/** Reads each snippet from a folder that holds all of them. */
export async function readSnippets(
  snippets: readonly Snippet[],
): Promise<ReadonlyMap<Snippet, ReadSnippet>> {
  const names = new Map(snippets.map((snippet, index) => [snippet, namesOf(snippet, index)]));
  const files: Record<string, string> = { "1000_shop.sql": SHOP };
  for (const [snippet, { before, subject }] of names) {
    for (const [index, name] of before.entries()) files[name] = snippet.before?.[index] ?? "";
    files[subject] = snippet.file.text;
  }
  const folder = join(createProject(files).folder, "migrations");
  const content = await listFolder({ folder, shownFolder: "migrations" });
  const migrations = await loadMigrations(content.files);
  const read = await statementsOf(migrations, { direction: "up", scripts: "any", shorthands: {} });
  const byName = new Map(
    read.map((one) => [`${one.migration.file.name}${one.migration.file.extension}`, one]),
  );
  return new Map(
    [...names].map(([snippet, { before, subject }]) => [
      snippet,
      {
        history: ["1000_shop.sql", ...before].map((name) => byName.get(name)!),
        subject: byName.get(subject)!,
      },
    ]),
  );
}

function namesOf(
  { id, before = [], file }: Snippet,
  index: number,
): { before: string[]; subject: string } {
  const number = 10_000 + index * 10;
  return {
    before: before.map((_, at) => `${number + at}_before-${id}-${at}.sql`),
    subject: `${number + before.length}_${id}${file.extension}`,
  };
}

/** How a snippet runs. */
export interface Steps {
  usesTransaction: boolean;
  /** One by one. */
  statements: string[];
  /** As the tool sends them: each a query, which may hold several statements. */
  sent: string[];
  endsTransaction: boolean;
}

export async function stepsOf({ subject }: ReadSnippet): Promise<Steps> {
  const { statements, usesTransaction, unknown, migration } = subject;
  const sent = migration.sections === null ? await sentBy(migration) : [migration.text];
  return {
    usesTransaction,
    // What nobody can read is sent as it is.
    statements: unknown === null ? statements.map(({ sql }) => sql) : sent,
    sent,
    endsTransaction: statements.some(({ kind }) => kind === "TransactionStmt"),
  };
}

/** What a script sends, made by node-pg-migrate itself. */
async function sentBy({ actions }: LoadedMigration): Promise<string[]> {
  const nobody = { query: refuse, select: refuse };
  const silent = { info: ignore, warn: ignore, error: ignore };
  const pgm = new MigrationBuilder(nobody, actions.shorthands ?? {}, false, silent);
  if (typeof actions.up === "function") await actions.up(pgm);
  return pgm.getSqlSteps();
}

function refuse(): never {
  throw new Error("there is no database");
}

function ignore(): void {
  // What it says is said by the real run.
}
