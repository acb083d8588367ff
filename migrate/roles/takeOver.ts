import { escapeIdentifier, escapeLiteral } from "pg";

const RELATIONS = `
    SELECT c.oid, c.relkind FROM pg_class c
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND NOT EXISTS (
      SELECT FROM pg_depend x WHERE x.classid = 'pg_class'::regclass AND x.objid = c.oid AND x.deptype = 'e')`;

/** Of `pg_type`: an enum, a domain, a range or a composite type, not what comes with a table. */
export const OWN_TYPE = `(pg_type.typtype IN ('e', 'd', 'r') OR pg_type.typtype = 'c' AND EXISTS (
      SELECT FROM pg_class c WHERE c.oid = pg_type.typrelid AND c.relkind = 'c'))`;

/**
 * Gives what the login owns in these schemas to the owner role, and its rows to the runtime role: what
 * plain node-pg-migrate made before, or between two runs of this tool. Members of extensions stay.
 */
export function takeOver(
  schemas: readonly string[],
  role: string,
  runtimeRole: string | null,
): string {
  const names = `ARRAY[${schemas.map((name) => escapeLiteral(name)).join(", ")}]`;
  const owner = `' OWNER TO ' || ${escapeLiteral(escapeIdentifier(role))}`;
  const isHere = (table: string, prefix: string): string => `
      JOIN pg_namespace n ON n.oid = ${table}.${prefix}namespace AND n.nspname = ANY (${names})
      WHERE ${table}.${prefix}owner = (SELECT oid FROM pg_roles WHERE rolname = session_user)
        AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.objid = ${table}.oid AND x.deptype = 'e'
          AND x.classid = '${table}'::regclass)`;
  return `DO $take$
DECLARE item record;
BEGIN
  FOR item IN SELECT pg_class.oid::regclass AS name, pg_class.relkind,
      -- A sequence of a column, and an index, follow their table.
      EXISTS (SELECT FROM pg_depend x WHERE x.classid = 'pg_class'::regclass AND x.objid = pg_class.oid
        AND x.deptype IN ('a', 'i') AND x.refclassid = 'pg_class'::regclass) AS follows
    FROM pg_class ${isHere("pg_class", "rel")} AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
    ORDER BY relkind <> 'S'
  LOOP
    ${runtimeRole === null ? "" : grantRows("item.relkind", "item.name", runtimeRole)}
    IF NOT item.follows THEN
      EXECUTE 'ALTER ' || CASE item.relkind WHEN 'S' THEN 'SEQUENCE ' WHEN 'v' THEN 'VIEW '
        WHEN 'm' THEN 'MATERIALIZED VIEW ' WHEN 'f' THEN 'FOREIGN TABLE ' ELSE 'TABLE ' END
        || item.name || ${owner};
    END IF;
  END LOOP;
  FOR item IN SELECT pg_proc.oid::regprocedure AS name FROM pg_proc ${isHere("pg_proc", "pro")} LOOP
    EXECUTE 'ALTER ROUTINE ' || item.name || ${owner};
  END LOOP;
  FOR item IN SELECT pg_type.oid::regtype AS name, typtype FROM pg_type ${isHere("pg_type", "typ")}
    AND ${OWN_TYPE}
  LOOP
    EXECUTE 'ALTER ' || CASE item.typtype WHEN 'd' THEN 'DOMAIN ' ELSE 'TYPE ' END || item.name || ${owner};
  END LOOP;
END
$take$`;
}

/** Gives the runtime role the rows of everything that the owner role has in a schema. */
export function giveExisting(schema: string, role: string, runtimeRole: string): string {
  return `DO $give$
DECLARE item record;
BEGIN
  FOR item IN SELECT r.oid::regclass AS name, r.relkind FROM (${RELATIONS}
      AND c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = ${escapeLiteral(schema)})
      AND c.relowner = (SELECT oid FROM pg_roles WHERE rolname = ${escapeLiteral(role)})) r
  LOOP
    ${grantRows("item.relkind", "item.name", runtimeRole)}
  END LOOP;
END
$give$`;
}

function grantRows(kind: string, name: string, runtimeRole: string): string {
  const runtime = escapeLiteral(escapeIdentifier(runtimeRole));
  return `EXECUTE CASE ${kind} WHEN 'S' THEN 'GRANT USAGE, SELECT ON SEQUENCE '
      ELSE 'GRANT SELECT, INSERT, UPDATE, DELETE ON ' END || ${name} || ' TO ' || ${runtime};`;
}
