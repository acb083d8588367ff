import { readdir, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";

/** Name of the migration that the second and third release add, without its prefix. */
const ADDED = "rehearsal_notes";

/** The migration that releases 2 and 3 add to a folder of migrations. */
export interface NextMigration {
  /** Newest migration of the folder, without its extension. */
  previous: string;
  /** Name of the added one, without its extension. */
  name: string;
}

/** Names the migration that comes after all of `folder`, in the style of the files there. */
export async function nextMigration(folder: string): Promise<NextMigration> {
  const files = (await readdir(folder)).filter((file) => !file.startsWith("."));
  const newest = files
    .map((file) => ({ file, prefix: /^\d+/.exec(file)?.[0] ?? "0" }))
    .sort((a, b) => timeOf(a.prefix) - timeOf(b.prefix) || (a.file < b.file ? -1 : 1))
    .at(-1);
  if (newest === undefined) throw new Error(`${folder}: expected migrations, got an empty folder`);
  return {
    previous: newest.file.slice(0, newest.file.length - extname(newest.file).length),
    name: `${prefixAfter(newest.prefix)}_${ADDED}`,
  };
}

/** Writes the migration that fails, or the corrected one, into `folder`. */
export async function writeNextMigration(
  folder: string,
  { name }: NextMigration,
  kind: "failing" | "corrected",
): Promise<void> {
  await writeFile(join(folder, `${name}.sql`), migrationText(kind));
}

// Fails in its last statement, so that the ones before it have to be rolled back. It touches nothing
// that the folder's own migrations made: it fits behind every one of them.
function migrationText(kind: "failing" | "corrected"): string {
  const values = kind === "failing" ? "(1), (1)" : "(1), (2)";
  return `-- Up Migration

CREATE TABLE ${ADDED} (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  release bigint NOT NULL
);
INSERT INTO ${ADDED} (release) VALUES ${values};
ALTER TABLE ${ADDED} ADD CONSTRAINT ${ADDED}_release_key UNIQUE (release);

-- Down Migration

DROP TABLE ${ADDED};
`;
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
