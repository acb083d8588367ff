import type { ClientBase } from "pg";

/** What can get another name and keep what is in it. */
export interface NamedObject {
  /** As ALTER calls it: `TABLE`, `VIEW`, `SEQUENCE`, `TYPE`, `DOMAIN`, `COLUMN`, … */
  kind: string;
  schema: string;
  /** Of a column; null of everything else. */
  table: string | null;
  name: string;
}

/** Lists them, extensions' own ones and those of the system left out. */
export async function readObjects(client: ClientBase): Promise<NamedObject[]> {
  const { rows } = await client.query<NamedObject>(`
    WITH own AS (
      SELECT oid, nspname FROM pg_namespace
      WHERE nspname !~ '^pg_' AND nspname <> 'information_schema')
    SELECT CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE'
        WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END AS kind,
      nspname AS schema, NULL AS "table", relname AS name
    FROM pg_class c JOIN own ON own.oid = relnamespace
    WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND ${notOfExtension("pg_class", "c.oid")}
    UNION ALL
    SELECT 'COLUMN', nspname, relname, attname
    FROM pg_attribute JOIN pg_class c ON c.oid = attrelid JOIN own ON own.oid = relnamespace
    WHERE attnum > 0 AND NOT attisdropped AND relkind IN ('r', 'p') AND ${notOfExtension("pg_class", "c.oid")}
    UNION ALL
    SELECT CASE typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END, nspname, NULL, typname
    FROM pg_type t JOIN own ON own.oid = typnamespace
    WHERE (typtype IN ('d', 'e', 'r') OR typtype = 'c' AND EXISTS (
        SELECT FROM pg_class WHERE oid = typrelid AND relkind = 'c'))
      AND ${notOfExtension("pg_type", "t.oid")}
    ORDER BY 2, 3 NULLS FIRST, 4`);
  return rows;
}

function notOfExtension(catalogue: string, oid: string): string {
  return `NOT EXISTS (SELECT FROM pg_depend
      WHERE classid = '${catalogue}'::regclass AND objid = ${oid} AND deptype = 'e')`;
}

/** `public.users.name`, as the user writes it. */
export function pathOf({ schema, table, name }: NamedObject): string {
  return [schema, ...(table === null ? [] : [table]), name].join(".");
}

/** Keys of the partitioned tables. */
export async function readPartitioned(client: ClientBase): Promise<Set<string>> {
  const { rows } = await client.query<{ key: string }>(
    "SELECT nspname || '.' || relname AS key FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind IN ('p', 'I')",
  );
  return new Set(rows.map(({ key }) => key));
}

export async function readSchemas(client: ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ nspname: string }>("SELECT nspname FROM pg_namespace");
  return rows.map(({ nspname }) => nspname);
}
