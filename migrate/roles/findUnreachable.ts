import type { ClientBase } from "pg";
import type { RoleOptions } from "./readRoles";

const UNREACHABLE = `
SELECT format('%I.%I', n.nspname, c.relname) AS name, CASE c.relkind WHEN 'S' THEN 'USAGE, SELECT ON SEQUENCE'
    ELSE 'SELECT, INSERT, UPDATE, DELETE ON' END AS rights, quote_ident($2) AS runtime
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, pg_roles runtime
WHERE n.nspname = ANY ($1) AND runtime.rolname = $2 AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
  AND c.oid NOT IN (SELECT to_regclass(h)::oid FROM unnest($3::text[]) h WHERE to_regclass(h) IS NOT NULL)
  AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = 'pg_class'::regclass AND x.objid = c.oid
    AND (x.deptype = 'e' OR x.deptype IN ('a', 'i') AND x.refobjid IN
      (SELECT to_regclass(h)::oid FROM unnest($3::text[]) h)))
  AND NOT CASE c.relkind WHEN 'S' THEN has_sequence_privilege(runtime.oid, c.oid, 'USAGE, SELECT')
    ELSE has_any_column_privilege(runtime.oid, c.oid, 'SELECT, INSERT, UPDATE')
      OR has_table_privilege(runtime.oid, c.oid, 'DELETE') END
ORDER BY 1`;

/**
 * Notes about tables of which the service can do nothing. They are not granted by themselves: a
 * migration that took the rights away leaves the same trace as a table that came by ALTER … OWNER TO.
 */
export async function findUnreachable(
  client: ClientBase,
  { runtimeRole, schemas, tables }: RoleOptions,
): Promise<string[]> {
  if (runtimeRole === null) return [];
  const { rows } = await client.query<{ name: string; rights: string; runtime: string }>(
    UNREACHABLE,
    [schemas, runtimeRole, [tables.migrations, tables.runs]],
  );
  return rows.map(
    ({ name, rights, runtime }) =>
      `note: ${runtimeRole} has no rights on ${name}; if the service needs it, let a migration run: GRANT ${rights} ${name} TO ${runtime};`,
  );
}
