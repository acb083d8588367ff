import type { LoadedMigration } from "../../files/load";
import { statementsOf } from "../../sql/statementsOf";
import { withClient } from "../shadowServer";
import { missingExtension, report } from "./findings";
import type { VerifyRun } from "./run";

/**
 * The extensions that only a superuser may create, and that are asked for by a flag or, with IF NOT
 * EXISTS, by a file: on Cloud SQL a cloudsqlsuperuser may create them, which no other server knows.
 */
export async function findBeforehand(run: VerifyRun, superuserUrl: string): Promise<string[]> {
  const { extensions } = run.settings;
  const inFiles = await findInFiles(run.migrations);
  const wanted = [...new Set([...extensions, ...inFiles.keys()])];
  if (wanted.length === 0) return [];
  const available = await readAvailable(superuserUrl, wanted);
  const missing = extensions.filter((name) => !available.has(name));
  if (missing.length > 0) throw missingExtension(missing);
  const beforehand = wanted.filter((name) => available.get(name) === false);
  for (const name of beforehand) {
    const migration = inFiles.get(name);
    if (migration === undefined || extensions.includes(name)) continue;
    report(run, migration, {
      rule: "extension-beforehand",
      level: "note",
      message: `${name} was made before the migrations, for ${run.settings.role} may not create it`,
      remedy: `add --extensions ${name} to up, which creates it as the login`,
    });
  }
  return beforehand;
}

/** Which file creates an extension unless it is there. */
async function findInFiles(
  migrations: readonly LoadedMigration[],
): Promise<Map<string, LoadedMigration>> {
  const found = new Map<string, LoadedMigration>();
  // To look into a script takes longer than to run it.
  const mentioning = migrations.filter(({ text }) => /extension/i.test(text));
  const options = { direction: "up", shorthands: {}, scripts: "any" } as const;
  for (const { migration, statements } of await statementsOf(mentioning, options)) {
    for (const { kind, node } of statements) {
      if (kind !== "CreateExtensionStmt" || node.if_not_exists !== true) continue;
      const name = String(node.extname);
      if (!found.has(name)) found.set(name, migration);
    }
  }
  return found;
}

/** Whether each of them is trusted: then the owner of a schema may create it. */
async function readAvailable(url: string, names: readonly string[]): Promise<Map<string, boolean>> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ name: string; trusted: boolean }>(
      `SELECT a.name, v.trusted FROM pg_available_extensions a
       JOIN pg_available_extension_versions v ON v.name = a.name AND v.version = a.default_version
       WHERE a.name = ANY ($1)`,
      [names],
    );
    return new Map(rows.map(({ name, trusted }) => [name, trusted]));
  });
}
