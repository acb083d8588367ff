import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A project whose migrations make so many tables, and whose schema has one column more. */
export async function createProject(tables: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "bench-diff-"));
  await mkdir(join(folder, "migrations"));
  const statements = Array.from({ length: tables }, (_, index) => tableOf(index));
  const up = `-- Up Migration\n${statements.join("\n")}\n-- Down Migration\n`;
  await writeFile(join(folder, "migrations/1000_create-tables.sql"), up);
  const change = "ALTER TABLE t0 ADD COLUMN nickname text;";
  await writeFile(join(folder, "schema.sql"), `${statements.join("\n")}\n${change}\n`);
  return folder;
}

function tableOf(index: number): string {
  const parent = Math.floor(index / 2);
  const key = index === 0 ? "" : `, parent_id bigint REFERENCES t${parent}`;
  return (
    `CREATE TABLE t${index} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, ` +
    `total numeric(12, 2) DEFAULT 0 CHECK (total >= 0), made_at timestamptz NOT NULL DEFAULT now()${key});` +
    ` CREATE INDEX t${index}_name ON t${index} (name);`
  );
}
