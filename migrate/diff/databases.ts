import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Client, escapeIdentifier } from "pg";
import { _up } from "../commands/up";
import { loadMigrations } from "../files/load";
import { listFolder } from "../files/migrationFile";
import { type HistoryTables, historyTables } from "../history/tables";
import type { CommandContext } from "../run/workspace";
import { findBeforehand } from "../shadow/extensions";
import { remedyOf } from "../shadow/remedies";
import { ANYTHING, type SetUp, setUpDatabase, toRunSettings } from "../shadow/setUpDatabase";
import type { OwnServerSettings } from "../shadow/settings";
import { ShadowError, withClient } from "../shadow/shadowServer";
import type { Shadow, ShadowDatabase } from "../shadow/withShadow";
import { loadDesired } from "./loadDesired";
import type { DesiredStatement } from "./parseDesired";

/** What is there by the migrations, and what is wanted. */
export interface Databases {
  current: ShadowDatabase;
  desired: ShadowDatabase;
}

export const AGAIN = "run cloud-run-migrations diff again";

/** Makes both, with the same roles and the same tables of the tool's own. */
export async function makeDatabases(
  shadow: Shadow,
  settings: OwnServerSettings,
  statements: readonly DesiredStatement[],
  scratch: string,
  context: CommandContext,
): Promise<Databases> {
  const emptyFolder = join(scratch, "empty");
  await mkdir(emptyFolder);
  const [current, desired] = [await shadow.createDatabase(), await shadow.createDatabase()];
  const quiet = { ...context, progress: () => undefined };
  // Scripts may connect when they are loaded: here to nobody's database.
  current.lead();
  const migrations = await loadMigrations((await listFolder(settings)).files);
  const { superuserUrl } = current;
  const beforehand = await findBeforehand(settings.extensions, migrations, superuserUrl);
  for (const database of [current, desired]) {
    const run = toRunSettings(settings, database.connection, AGAIN);
    await withClient(database.superuserUrl, (client) =>
      setUpDatabase({ run, client, emptyFolder, beforehand }, quiet),
    );
  }
  await migrate(current, settings, beforehand, quiet);
  const tables = historyTables(settings);
  await withClient(desired.superuserUrl, (client) => setAside(client, tables));
  await withClient(desired.connection.url, (client) =>
    loadDesired(client, statements, settings.role, settings.schemas),
  );
  await withClient(desired.superuserUrl, (client) => putBack(client, tables, settings));
  return { current, desired };
}

async function migrate(
  database: ShadowDatabase,
  settings: OwnServerSettings,
  beforehand: SetUp["beforehand"],
  context: CommandContext,
): Promise<void> {
  const run = toRunSettings(settings, database.connection, AGAIN);
  const isBeforehand = (name: string): boolean => beforehand.some((one) => one.name === name);
  const extensions = run.extensions.filter((name) => !isBeforehand(name));
  const options = { ...run, extensions, ...ANYTHING, to: null, backup: null };
  const { failure, error, next } = await _up(options, context);
  if (error === null) return;
  const remedy = failure === null ? next : remedyOf(failure);
  throw new ShadowError(`the migrations that are there fail: ${error}`, remedy ?? "correct them");
}

const ASIDE = "cloud_run_migrations_aside";

/** A dump may have the tool's tables too. */
async function setAside(client: Client, tables: HistoryTables): Promise<void> {
  await client.query(`CREATE SCHEMA ${ASIDE}`);
  for (const table of [tables.migrations, tables.runs]) {
    await client.query(`ALTER TABLE ${table} SET SCHEMA ${ASIDE}`);
  }
}

async function putBack(
  client: Client,
  tables: HistoryTables,
  { migrationsSchema, migrationsTable }: OwnServerSettings,
): Promise<void> {
  for (const table of [tables.runs, tables.migrations]) {
    await client.query(`DROP TABLE IF EXISTS ${table}`);
  }
  for (const name of [migrationsTable, `${migrationsTable}_runs`]) {
    await client.query(
      `ALTER TABLE ${ASIDE}.${escapeIdentifier(name)} SET SCHEMA ${escapeIdentifier(migrationsSchema)}`,
    );
  }
  await client.query(`DROP SCHEMA ${ASIDE}`);
}
