import type { ClientBase } from "pg";
import type { RoleOptions } from "./readRoles";

// Nobody needs a right on the sequence of an identity column.
const UNREACHABLE = `
SELECT format('%I.%I', n.nspname, c.relname) AS name, format('GRANT %s %I.%I TO %I', CASE c.relkind
    WHEN 'S' THEN 'USAGE, SELECT ON SEQUENCE' ELSE 'SELECT, INSERT, UPDATE, DELETE ON' END,
    n.nspname, c.relname, $2::text) AS statement
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, pg_roles runtime
WHERE n.nspname = ANY ($1) AND runtime.rolname = $2::text AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
  AND c.oid NOT IN (SELECT to_regclass(h)::oid FROM unnest($3::text[]) h WHERE to_regclass(h) IS NOT NULL)
  AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = 'pg_class'::regclass AND x.objid = c.oid
    AND (x.deptype = 'e' OR c.relkind = 'S' AND x.deptype = 'i' OR x.deptype = 'a' AND x.refobjid IN
      (SELECT to_regclass(h)::oid FROM unnest($3::text[]) h)))
  AND NOT CASE c.relkind WHEN 'S' THEN has_sequence_privilege(runtime.oid, c.oid, 'USAGE, SELECT')
    ELSE has_any_column_privilege(runtime.oid, c.oid, 'SELECT, INSERT, UPDATE')
      OR has_table_privilege(runtime.oid, c.oid, 'DELETE') END
ORDER BY 1`;

/** A table or sequence of which the service can do nothing. */
export interface Unreachable {
  /** As SQL names it, with its schema. */
  name: string;
  /** What lets it read and write rows. */
  statement: string;
}

/** What the runtime role has no right on at all, though it is in the migrations' schemas. */
export async function listUnreachable(
  client: ClientBase,
  { runtimeRole, schemas, tables }: RoleOptions,
): Promise<Unreachable[]> {
  if (runtimeRole === null) return [];
  const { rows } = await client.query<Unreachable>(UNREACHABLE, [
    schemas,
    runtimeRole,
    [tables.migrations, tables.runs],
  ]);
  return rows;
}

/**
 * Notes about tables of which the service can do nothing. They are not granted by themselves: a
 * migration that took the rights away leaves the same trace as a table that came by ALTER … OWNER TO.
 */
export async function findUnreachable(client: ClientBase, options: RoleOptions): Promise<string[]> {
  const found = await listUnreachable(client, options);
  return found.map(
    ({ name, statement }) =>
      `note: ${options.runtimeRole ?? ""} has no rights on ${name}; if the service needs it, let a migration run: ${statement};`,
  );
}
