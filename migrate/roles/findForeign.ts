import type { ClientBase } from "pg";
import type { RoleOptions } from "./readRoles";

// A sequence of a column follows its table.
const FOREIGN = `
SELECT format('ALTER %s %I.%I OWNER TO %I; /* of %s */', CASE c.relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW'
    WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END,
  n.nspname, c.relname, $2::text, c.relowner::regrole) AS statement
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
  AND c.relowner IS DISTINCT FROM (SELECT oid FROM pg_roles WHERE rolname = $2)
  AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = 'pg_class'::regclass AND x.objid = c.oid
    AND (x.deptype = 'e' OR x.deptype IN ('a', 'i') AND x.refclassid = 'pg_class'::regclass))
ORDER BY c.relkind = 'S', n.nspname, c.relname`;

/** The statements that give the owner role what other roles own in the migrations' schemas. */
export async function findForeign(client: ClientBase, options: RoleOptions): Promise<string[]> {
  const schemas = [...options.schemas, options.migrationsSchema];
  const { rows } = await client.query<{ statement: string }>(FOREIGN, [schemas, options.role]);
  return rows.map(({ statement }) => statement);
}
