import { type ClientBase, escapeIdentifier } from "pg";
import type { LockedRelation } from "../sql/locks/lock";

/** A table that is there, with the planner's estimate of its size; of an index, the table that it is on. */
export interface TableSize {
  /** `public.orders`, quoted where SQL would. */
  name: string;
  /** Estimated; null when nobody has counted yet (no ANALYZE, no VACUUM). Partitions are counted in. */
  rows: number | null;
  /** With indexes and out-of-line values. */
  bytes: number;
}

// A partitioned table has no rows of its own.
const SIZES = `
SELECT asked.position, format('%I.%I', n.nspname, c.relname) AS name, sizes.rows, sizes.bytes
FROM unnest($1::text[]) WITH ORDINALITY AS asked (name, position)
JOIN pg_class found ON found.oid = to_regclass(asked.name)
LEFT JOIN pg_index i ON i.indexrelid = found.oid
JOIN pg_class c ON c.oid = coalesce(i.indrelid, found.oid)
JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
  SELECT CASE WHEN bool_and(leaf.reltuples >= 0) THEN sum(leaf.reltuples)::bigint END::text AS rows,
    coalesce(sum(pg_total_relation_size(leaf.oid)), 0)::text AS bytes
  FROM pg_class leaf WHERE leaf.relkind IN ('r', 'm', 'f')
    AND leaf.oid IN (SELECT c.oid UNION SELECT relid FROM pg_partition_tree(c.oid))
) sizes
WHERE c.relkind IN ('r', 'p', 'm', 'f')`;

interface SizeRow {
  position: string;
  name: string;
  rows: string | null;
  bytes: string;
}

/**
 * Looks up the relations that statements name, in the schemas where they would find them: null for one
 * that is not there, or is no table.
 */
export async function readTables(
  client: ClientBase,
  schemas: readonly string[],
  relations: readonly LockedRelation[],
): Promise<(TableSize | null)[]> {
  const path = schemas.map((schema) => escapeIdentifier(schema)).join(", ");
  await client.query("SELECT set_config('search_path', $1, false)", [path]);
  const { rows } = await client.query<SizeRow>(SIZES, [relations.map(toText)]);
  const found = new Map(rows.map((row) => [Number(row.position), row]));
  return relations.map((_, index) => toSize(found.get(index + 1)));
}

function toText(relation: LockedRelation): string {
  const { schema, name } = relation;
  return [schema, name].flatMap((part) => (part === null ? [] : escapeIdentifier(part))).join(".");
}

function toSize(row: SizeRow | undefined): TableSize | null {
  if (row === undefined) return null;
  const { name, rows, bytes } = row;
  return { name, rows: rows === null ? null : Number(rows), bytes: Number(bytes) };
}
