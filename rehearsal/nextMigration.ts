import { readdir, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";

/** Name of what the second and third release add, without a prefix. */
export const ADDED = "rehearsal_notes";

/** The second release's fails, the third's does not. */
export type AddedKind = "failing" | "corrected";

/** The migration that releases 2 and 3 add to the service's own. */
export interface NextMigration {
  /** Newest of the service's own, without its extension. */
  previous: string;
  /** Name of the added one, without its extension. */
  name: string;
  /** Writes it into the sources of a release. */
  write(workspace: string, kind: AddedKind): Promise<void>;
}

/** Names the migration that comes after all of `folder`, in the style of the files there. */
export async function nextMigration(folder: string): Promise<NextMigration> {
  const files = (await readdir(folder)).filter((file) => !file.startsWith("."));
  const newest = files
    .map((file) => ({ file, prefix: /^\d+/.exec(file)?.[0] ?? "0" }))
    .sort((a, b) => timeOf(a.prefix) - timeOf(b.prefix) || (a.file < b.file ? -1 : 1))
    .at(-1);
  if (newest === undefined) throw new Error(`${folder}: expected migrations, got an empty folder`);
  const name = `${prefixAfter(newest.prefix)}_${ADDED}`;
  return {
    previous: newest.file.slice(0, newest.file.length - extname(newest.file).length),
    name,
    write: (workspace, kind) =>
      writeFile(join(workspace, "migrations", `${name}.sql`), migrationText(kind)),
  };
}

function migrationText(kind: AddedKind): string {
  const { up, down } = addedStatements(kind);
  return `-- Up Migration\n\n${up.join(";\n")};\n\n-- Down Migration\n\n${down.join(";\n")};\n`;
}

/**
 * What it does, and how that is undone. Fails in its last statement, so that the ones before it have
 * to be rolled back. It touches nothing that the service's own migrations made: it fits behind every
 * one of them.
 */
export function addedStatements(kind: AddedKind): { up: string[]; down: string[] } {
  const values = kind === "failing" ? "(1), (1)" : "(1), (2)";
  return {
    up: [
      `CREATE TABLE ${ADDED} (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  release bigint NOT NULL
)`,
      `INSERT INTO ${ADDED} (release) VALUES ${values}`,
      `ALTER TABLE ${ADDED} ADD CONSTRAINT ${ADDED}_release_key UNIQUE (release)`,
    ],
    down: [`DROP TABLE ${ADDED}`],
  };
}

/** Order of node-pg-migrate: 17 digits are a UTC time, anything else counts as it is. */
function timeOf(prefix: string): number {
  return prefix.length === 17 ? dateOf(prefix).getTime() : Number(prefix);
}

function prefixAfter(prefix: string): string {
  if (prefix.length === 17) {
    return new Date(dateOf(prefix).getTime() + 60_000).toISOString().replace(/\D/g, "");
  }
  return String(BigInt(prefix) + 1n).padStart(prefix.length, "0");
}

function dateOf(prefix: string): Date {
  const [year, month, day, hour, minute, second, ms] = [
    prefix.slice(0, 4),
    prefix.slice(4, 6),
    prefix.slice(6, 8),
    prefix.slice(8, 10),
    prefix.slice(10, 12),
    prefix.slice(12, 14),
    prefix.slice(14),
  ];
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`);
}
