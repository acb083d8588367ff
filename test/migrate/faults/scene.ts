import type { Client } from "pg";
import { expect } from "vitest";
import { readCatalogue } from "../../../migrate/catalogue";
import type { RunningCli } from "../support/cli";
import { type Project, THREE, createProject } from "../support/project";
import type { TestDatabase, TestServer } from "../support/server";

/** Outside a transaction, and safe to run again: what a failed build leaves is dropped first. */
export const INDEX = `exports.up = (pgm) => {
  pgm.noTransaction();
  pgm.sql("DROP INDEX CONCURRENTLY IF EXISTS users_by_email");
  pgm.sql("CREATE INDEX CONCURRENTLY users_by_email ON users (email)");
};
exports.down = (pgm) => {
  pgm.noTransaction();
  pgm.sql("DROP INDEX CONCURRENTLY users_by_email");
};
`;

export const FILES = {
  ...THREE,
  "4000_by-email.js": INDEX,
  "5000_age.sql":
    "-- Up Migration\nALTER TABLE users ADD COLUMN age int;\n-- Down Migration\nALTER TABLE users DROP COLUMN age;\n",
};

export const NAMES = Object.keys(FILES).map((name) => name.replace(/\.\w+$/, ""));

/** The database's catalogue, the same for every database of these tests that holds the same. */
export async function catalogueOf(server: TestServer, database: TestDatabase): Promise<string[]> {
  const lines = await readCatalogue(server.postgres.url(database.name));
  const names = [database.owner, database.migrator, database.runtime];
  return lines
    .map((line) => names.reduce((text, name, index) => text.replaceAll(name, `role${index}`), line))
    .sort();
}

/** What an undisturbed run of these files leaves. */
export async function undisturbed(
  server: TestServer,
  files: Record<string, string> = FILES,
): Promise<string[]> {
  const database = await server.createDatabase();
  const { code, stderr } = await database.run(createProject(files), database.upArgs);
  expect([code, code === 0 ? "" : stderr]).toEqual([0, ""]);
  return catalogueOf(server, database);
}

/** A database that the first three files have been applied to, and a folder that holds all. */
export async function startScene(
  server: TestServer,
): Promise<{ database: TestDatabase; project: Project }> {
  const database = await server.createDatabase();
  const project = createProject(THREE);
  expect((await database.run(project, database.upArgs)).code).toBe(0);
  for (const [name, text] of Object.entries(FILES)) project.write(name, text);
  return { database, project };
}

/** A transaction that has run `sql` and stays open. */
export async function hold(database: TestDatabase, sql: string): Promise<Client> {
  const holder = await database.connect();
  await holder.query("SET application_name = 'the report of Monday'");
  await holder.query("BEGIN");
  await holder.query(sql);
  return holder;
}

const MIGRATOR =
  "datname = current_database() AND application_name LIKE 'cloud-run-migrations up%'";

/** Waits until the migrator's connection waits for a lock in a statement that holds these words. */
export async function untilWaits(database: TestDatabase, words: string): Promise<void> {
  const query = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE ${MIGRATOR}
    AND state = 'active' AND wait_event_type = 'Lock' AND query LIKE '%' || $1 || '%'`;
  await expect
    .poll(() => database.query(query, [words]), { timeout: 30_000, interval: 20 })
    .toEqual([{ n: 1 }]);
}

/** Kills it as a lost machine would, and waits until the server has noticed. */
export async function kill(database: TestDatabase, { child, done }: RunningCli): Promise<number> {
  child.kill("SIGKILL");
  await done;
  const begin = Date.now();
  await expect
    .poll(() => database.query(`SELECT 1 FROM pg_stat_activity WHERE ${MIGRATOR}`), {
      timeout: 30_000,
      interval: 20,
    })
    .toEqual([]);
  return Date.now() - begin;
}

/** Ends the migrator's own connection, as an administrator or a failover does. */
export async function terminate(database: TestDatabase): Promise<void> {
  await database.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${MIGRATOR} AND wait_event_type = 'Lock'`,
  );
}

/** The next `up` reaches the end, and the catalogue is that of an undisturbed run. */
export async function expectReached(
  server: TestServer,
  database: TestDatabase,
  project: Project,
  catalogue: readonly string[],
): Promise<void> {
  const { code, stderr } = await database.run(project, database.upArgs);
  expect([code, code === 0 ? "" : stderr]).toEqual([0, ""]);
  expect(await database.applied()).toEqual(NAMES);
  expect(await catalogueOf(server, database)).toEqual(catalogue);
  const doctor = await database.run(project, [
    ...["doctor", "--role", database.owner, "--runtime-role", database.runtime],
  ]);
  expect([doctor.code, doctor.code === 0 ? "" : doctor.stdout]).toEqual([0, ""]);
}
