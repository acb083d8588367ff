import { loadMigrations } from "../files/load";
import type { MigrationFile } from "../files/migrationFile";
import { type MigrationStatements, statementsOf } from "../sql/statementsOf";

/** What each file of a folder sends when it goes up; any script is run for that, without a database. */
export async function readAll(files: readonly MigrationFile[]): Promise<MigrationStatements[]> {
  const migrations = await loadMigrations(files);
  return statementsOf(migrations, { direction: "up", scripts: "any", shorthands: {} });
}
