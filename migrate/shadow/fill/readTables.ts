import type { ClientBase } from "pg";
import type { PgType, Table, Types } from "./model";

const names = (table: string, keys: string): string => `
  (SELECT coalesce(json_agg(a.attname ORDER BY key.position), '[]')
   FROM unnest(${keys}) WITH ORDINALITY AS key (number, position)
   JOIN pg_attribute a ON a.attrelid = ${table} AND a.attnum = key.number)`;

// An index on expressions lists the columns in them as what it depends on.
const UNIQUES = `
  SELECT coalesce(json_agg(CASE WHEN 0 = ANY (x.indkey)
      THEN ${names("c.oid", `(SELECT array_agg(DISTINCT refobjsubid) FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = x.indexrelid AND refobjid = c.oid AND refobjsubid > 0)`)}
      ELSE ${names("c.oid", "(x.indkey::int2[])[0:x.indnkeyatts - 1]")} END ORDER BY NOT x.indisprimary, x.indexrelid), '[]')
  FROM pg_index x WHERE x.indrelid = c.oid AND (x.indisunique OR x.indisexclusion)`;

const COLUMNS = `
  SELECT coalesce(json_agg(json_build_object(
      'name', a.attname, 'number', a.attnum,
      'type', json_build_object('oid', a.atttypid::int8, 'modifier', a.atttypmod),
      'isNullable', NOT a.attnotnull, 'isIdentity', a.attidentity <> '',
      'default', CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END,
      'generated', CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END
    ) ORDER BY a.attnum), '[]')
  FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped`;

const CHECKS = `
  SELECT coalesce(json_agg(json_build_object('name', k.conname, 'sql', pg_get_expr(k.conbin, k.conrelid),
    'columns', ${names("c.oid", "k.conkey")}) ORDER BY k.conname), '[]')
  FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c'`;

// One to a partitioned table is listed once more for each of its partitions.
const FOREIGN_KEYS = `
  SELECT coalesce(json_agg(json_build_object('name', k.conname, 'isRequired', true,
    'columns', ${names("c.oid", "k.conkey")}, 'target', k.confrelid::int8, 'targetName', k.confrelid::regclass::text,
    'targetColumns', ${names("k.confrelid", "k.confkey")}) ORDER BY cardinality(k.conkey) DESC, k.conname), '[]')
  FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'f'
    AND NOT EXISTS (SELECT FROM pg_constraint p WHERE p.oid = k.conparentid AND p.conrelid = k.conrelid)`;

const TABLES = `
SELECT json_build_object(
  'oid', c.oid::int8, 'name', c.oid::regclass::text,
  'kind', CASE c.relkind WHEN 'f' THEN 'foreign' ELSE 'table' END,
  'root', CASE WHEN c.relispartition THEN pg_partition_root(c.oid)::oid::int8 END,
  'bounds', pg_get_partition_constraintdef(c.oid),
  'columns', (${COLUMNS}), 'uniques', (${UNIQUES}), 'checks', (${CHECKS}), 'foreignKeys', (${FOREIGN_KEYS})
) AS found
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'f') AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND c.oid NOT IN (SELECT to_regclass(t)::oid FROM unnest($1::text[]) t WHERE to_regclass(t) IS NOT NULL)
  AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = 'pg_class'::regclass AND x.objid = c.oid AND x.deptype = 'e')
ORDER BY c.oid`;

/** The tables of the users, partitions one by one; `except` are names as SQL has them. */
export async function readTables(client: ClientBase, except: readonly string[]): Promise<Table[]> {
  const { rows } = await client.query<{ found: Table & { bounds: string | null } }>(TABLES, [
    except,
  ]);
  return rows.map(({ found: { bounds, ...table } }) => {
    if (bounds === null) return table;
    // Which columns the bounds are about, nobody lists. A hash is of no use in a search for values.
    const isHash = bounds.includes("satisfies_hash_partition");
    const columns = table.columns
      .map(({ name }) => name)
      .filter((name) => !isHash && bounds.includes(name.replaceAll('"', '""')));
    return { ...table, checks: [...table.checks, { name: "its bounds", sql: bounds, columns }] };
  });
}

const TYPES = `
SELECT t.oid::int8 AS oid, json_build_object(
  'name', format('%I.%I', n.nspname, t.typname), 'plainName', t.typname,
  'kind', CASE WHEN t.typtype = 'b' AND t.typcategory = 'A' AND t.typelem <> 0 THEN 'array'
    ELSE coalesce(('{"b":"base","e":"enum","d":"domain","r":"range","m":"multirange","c":"composite"}'::json) ->> t.typtype::text, 'other') END,
  'labels', (SELECT coalesce(json_agg(e.enumlabel ORDER BY e.enumsortorder), '[]') FROM pg_enum e WHERE e.enumtypid = t.oid),
  'base', CASE WHEN t.typtype = 'd' THEN json_build_object('oid', t.typbasetype::int8, 'modifier', t.typtypmod) END,
  'element', CASE WHEN t.typcategory = 'A' AND t.typelem <> 0 THEN t.typelem::int8
    WHEN t.typtype = 'r' THEN (SELECT r.rngsubtype::int8 FROM pg_range r WHERE r.rngtypid = t.oid)
    WHEN t.typtype = 'm' THEN (SELECT (to_jsonb(r) ->> 'rngtypid')::int8 FROM pg_range r WHERE to_jsonb(r) ->> 'rngmultitypid' = t.oid::text) END,
  'fields', (SELECT coalesce(json_agg(json_build_object('oid', a.atttypid::int8, 'modifier', a.atttypmod) ORDER BY a.attnum), '[]')
    FROM pg_attribute a WHERE t.typrelid <> 0 AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped),
  'checks', (SELECT coalesce(json_agg(pg_get_expr(k.conbin, 0) ORDER BY k.conname), '[]')
    FROM pg_constraint k WHERE t.typtype = 'd' AND k.contypid = t.oid AND k.contype = 'c')
) AS found
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typtype IN ('b', 'e', 'd', 'r', 'm', 'c')
  -- The rows of tables are types too.
  AND (t.typrelid = 0 OR EXISTS (SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c'))`;

export async function readTypes(client: ClientBase): Promise<Types> {
  const { rows } = await client.query<{ oid: string; found: PgType }>(TYPES);
  return new Map(rows.map(({ oid, found }) => [Number(oid), found]));
}
