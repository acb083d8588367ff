import { importScript } from "./importScript";
import type { MigrationFile } from "./migrationFile";
import { readMigration } from "./migrationFile";

/**
 * Column types that scripts declare as `shorthands`: node-pg-migrate gives them to every later file, so
 * applied scripts that declare some are loaded too. The others, most of them, are only looked at.
 */
export async function loadShorthands(
  applied: readonly MigrationFile[],
): Promise<Record<string, unknown>> {
  const shorthands: Record<string, unknown> = {};
  for (const file of applied.filter(({ extension }) => extension !== ".sql")) {
    const { text } = await readMigration(file);
    if (!/\bshorthands\b(?!\s*(:[^=]*)?=\s*undefined)/.test(text)) continue;
    const actions = await importScript<{ shorthands?: object }>(file.path);
    Object.assign(shorthands, actions.shorthands);
  }
  return shorthands;
}
