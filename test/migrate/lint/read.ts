import { join } from "node:path";
import type { Finding } from "../../../migrate/findings/finding";
import { loadMigrations } from "../../../migrate/files/load";
import { listFolder } from "../../../migrate/files/migrationFile";
import { applyAcceptances } from "../../../migrate/lint/acceptances";
import { lint } from "../../../migrate/lint/lint";
import { type MigrationStatements, statementsOf } from "../../../migrate/sql/statementsOf";
import { createProject } from "../support/project";

/** What the files send when they go up. */
export async function readUp(files: Record<string, string>): Promise<MigrationStatements[]> {
  const folder = join(createProject(files).folder, "migrations");
  const content = await listFolder({ folder, shownFolder: "migrations" });
  const migrations = await loadMigrations(content.files);
  return statementsOf(migrations, { direction: "up", scripts: "any", shorthands: {} });
}

/** Findings about the files named in `subjects`, or all, after what their comments accept. */
export async function lintFiles(
  files: Record<string, string>,
  subjects: "each alone" | readonly string[] = "each alone",
): Promise<Finding[]> {
  const read = await readUp(files);
  const isOneRelease = subjects !== "each alone";
  const names = isOneRelease ? subjects : read.map(({ migration }) => migration.file.name);
  const chosen = new Set(names);
  const comments = read
    .filter(({ migration }) => chosen.has(migration.file.name))
    .map(({ migration: { file, text } }) => ({ shownPath: file.shownPath, text }));
  return applyAcceptances(await lint(read, { subjects: chosen, isOneRelease }), comments);
}

/** Rules at the levels that `check` answers no for. */
export function serious(findings: readonly Finding[]): string[] {
  return findings.filter(({ level }) => level !== "note").map(({ rule }) => rule);
}

/** What an older release has made, for the files of a test to change. */
export const HISTORY = `
CREATE TABLE customers (id bigint PRIMARY KEY, email varchar(50) NOT NULL DEFAULT '', age int, note text, CHECK (length(email) < 50));
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint CONSTRAINT orders_customer REFERENCES customers, total numeric(10,2), status text, at timestamp(3));
CREATE INDEX orders_customer_idx ON orders (customer_id);
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE VIEW recent AS SELECT id FROM orders;
CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS 'SELECT n * 2';
CREATE TABLE archive (id bigint, day date);
CREATE TABLE events (id bigint, day date) PARTITION BY RANGE (day);
`;

/** Rules, but notes, that a file with this SQL is found with after `HISTORY`. */
export async function rulesOf(sql: string, name = "2_b.sql"): Promise<string[]> {
  const files = { "1_a.sql": HISTORY, [name]: sql };
  return serious(await lintFiles(files, ["2_b"]));
}

/** A script that sends each step by itself, outside a transaction. */
export const script = (...steps: string[]): string =>
  `exports.up = (pgm) => { pgm.noTransaction(); ${steps.map((step) => `pgm.sql(${JSON.stringify(step)});`).join(" ")} };`;
