import type { ClientBase } from "pg";
import type { RoleOptions } from "./readRoles";

// The history is nothing that the service has to see. The sequence of an identity column needs no right.
const GRANTS = `
SELECT format('GRANT USAGE ON SCHEMA %I TO %I', nspname, $1::text) AS sql, 1 AS place FROM pg_namespace
WHERE nspowner = (SELECT oid FROM pg_roles WHERE rolname = $1::text)
UNION ALL
SELECT format('GRANT %s %I.%I TO %I', CASE c.relkind WHEN 'S' THEN 'USAGE, SELECT ON SEQUENCE'
    ELSE 'SELECT, INSERT, UPDATE, DELETE ON' END, n.nspname, c.relname, $1::text), 2
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relowner = (SELECT oid FROM pg_roles WHERE rolname = $1::text) AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
  AND n.nspname !~ '^pg_' AND c.oid NOT IN (SELECT to_regclass(h)::oid FROM unnest($2::text[]) h WHERE to_regclass(h) IS NOT NULL)
  AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = 'pg_class'::regclass AND x.objid = c.oid AND (x.deptype = 'e'
    OR c.relkind = 'S' AND x.deptype = 'i' OR x.deptype = 'a' AND x.refobjid IN (SELECT to_regclass(h)::oid FROM unnest($2::text[]) h)))
ORDER BY place, sql`;

/** What gives the runtime role its rows of what it owns now, once that is handed over. */
export async function listOwnedGrants(
  client: ClientBase,
  { runtimeRole, tables }: RoleOptions,
): Promise<string[]> {
  const values = [runtimeRole, [tables.migrations, tables.runs]];
  return (await client.query<{ sql: string }>(GRANTS, values)).rows.map(({ sql }) => sql);
}
