import { type ClientBase, escapeIdentifier } from "pg";
import type { LoadedMigration } from "../files/load";
import { statementsOf } from "../sql/statementsOf";
import { ShadowError, withClient } from "./shadowServer";

/** An extension that has to be made before the migrations, by a superuser. */
export interface Beforehand {
  name: string;
  /** The file that asks for it; null when a flag does. */
  migration: LoadedMigration | null;
}

/**
 * The extensions that only a superuser may create, and that are asked for by a flag or, with IF NOT
 * EXISTS, by a file: on Cloud SQL a cloudsqlsuperuser may create them, which no other server knows.
 */
export async function findBeforehand(
  extensions: readonly string[],
  migrations: readonly LoadedMigration[],
  superuserUrl: string,
): Promise<Beforehand[]> {
  const inFiles = await findInFiles(migrations);
  const wanted = [...new Set([...extensions, ...inFiles.keys()])];
  if (wanted.length === 0) return [];
  const available = await readAvailable(superuserUrl, wanted);
  const missing = extensions.filter((name) => !available.has(name));
  if (missing.length > 0) throw missingExtension(missing);
  return wanted
    .filter((name) => available.get(name) === false)
    .map((name) => ({
      name,
      migration: extensions.includes(name) ? null : (inFiles.get(name) ?? null),
    }));
}

export async function createBeforehand(
  client: ClientBase,
  beforehand: readonly Beforehand[],
  schema: string,
): Promise<void> {
  for (const { name } of beforehand) {
    const [extension, place] = [escapeIdentifier(name), escapeIdentifier(schema)];
    await client.query(`CREATE EXTENSION IF NOT EXISTS ${extension} WITH SCHEMA ${place} CASCADE`);
  }
}

export function missingExtension(names: readonly string[]): ShadowError {
  const many = names.length > 1;
  return new ShadowError(
    `this PostgreSQL does not have the extension${many ? "s" : ""} ${names.join(", ")}`,
    `name an empty server that has ${many ? "them" : "it"} with --shadow-url, such as a container of an image with ${many ? "them" : "it"}`,
  );
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
