import { createHash } from "node:crypto";
import { Client, type ClientBase } from "pg";
import { CATALOGUE } from "./catalogueQuery";

/** What a schema is at one moment. */
export interface SchemaState {
  /** Newest applied migration; null when none is. */
  version: string | null;
  /** `sha256:` of the catalogue's lines. */
  digest: string;
}

/** Reads the database's applied version and the digest of its catalogue. */
export async function readSchema(url: string): Promise<SchemaState> {
  const lines = await readCatalogue(url);
  const hash = createHash("sha256").update(lines.join("\n")).digest("hex");
  return { version: await readVersion(url), digest: `sha256:${hash}` };
}

/**
 * Everything that migrations can change, one line each, sorted: relations, columns, constraints,
 * indexes, sequences, views, routines, triggers, types, policies, extensions, comments, privileges and
 * what is rarer. Rows, roles and options that hold passwords are not in it.
 */
export async function readCatalogue(url: string): Promise<string[]> {
  return withClient(url, readCatalogueOf);
}

/** As `readCatalogue`, on a connection that then has no search path any more. */
export async function readCatalogueOf(client: ClientBase): Promise<string[]> {
  // Definitions then name every schema but the system's.
  await client.query("SET search_path = pg_catalog");
  const { rows } = await client.query<{ line: string }>(CATALOGUE);
  return rows.map(({ line }) => line).sort();
}

async function readVersion(url: string): Promise<string | null> {
  return withClient(url, async (client) => {
    const table = await client.query<{ there: boolean }>(
      "SELECT to_regclass('public.pgmigrations') IS NOT NULL AS there",
    );
    if (table.rows[0]?.there !== true) return null;
    const newest = await client.query<{ name: string }>(
      "SELECT name FROM public.pgmigrations ORDER BY run_on DESC, id DESC LIMIT 1",
    );
    return newest.rows[0]?.name ?? null;
  });
}

async function withClient<T>(url: string, read: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await read(client);
  } finally {
    await client.end();
  }
}
