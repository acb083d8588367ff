import type { ClientBase } from "pg";
import type { HistoryTables } from "./tables";

// What an extension brings along, and the history's own tables and sequences, are nobody's work.
const RELATIONS = `
WITH history AS (SELECT to_regclass(name)::oid AS oid FROM unnest($2::text[]) name)
SELECT count(*)::int AS count FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND NOT EXISTS (SELECT FROM history WHERE oid = c.oid)
  AND NOT EXISTS (SELECT FROM pg_depend d
    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`;

/** How many tables and views are in these schemas. */
export async function countRelations(
  client: ClientBase,
  tables: HistoryTables,
  schemas: readonly string[],
): Promise<number> {
  const { rows } = await client.query<{ count: number }>(RELATIONS, [
    schemas,
    [tables.migrations, tables.runs],
  ]);
  return rows[0]?.count ?? 0;
}

/**
 * Records migrations as applied without running them; in the transaction that is open. Plain
 * node-pg-migrate reads the rows by `run_on`: each is a microsecond after the one before it.
 */
export async function recordApplied(
  client: ClientBase,
  { migrations }: HistoryTables,
  names: readonly string[],
): Promise<void> {
  await client.query(
    `INSERT INTO ${migrations} (name, run_on)
     SELECT name, now() + position * interval '1 microsecond'
     FROM unnest($1::text[]) WITH ORDINALITY AS m (name, position) ORDER BY position`,
    [names],
  );
}
