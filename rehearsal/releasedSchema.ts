import { Client } from "pg";
import { type SchemaState, readSchema } from "../migrate";

/** The schema with its newest migration, whichever tool has applied it. */
export async function readReleasedSchema(url: string): Promise<SchemaState> {
  const schema = await readSchema(url);
  return schema.version === null ? { ...schema, version: await readRevision(url) } : schema;
}

/** Alembic's revision; null without its table. */
async function readRevision(url: string): Promise<string | null> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const table = await client.query<{ there: boolean }>(
      "SELECT to_regclass('public.alembic_version') IS NOT NULL AS there",
    );
    if (table.rows[0]?.there !== true) return null;
    const { rows } = await client.query<{ heads: string | null }>(
      "SELECT string_agg(version_num, ', ' ORDER BY version_num) AS heads FROM public.alembic_version",
    );
    return rows[0]?.heads ?? null;
  } finally {
    await client.end();
  }
}
