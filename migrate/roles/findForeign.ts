import type { ClientBase } from "pg";
import type { RoleOptions } from "./readRoles";
import { OWN_TYPE } from "./takeOver";

/** Something in the migrations' schemas that another role than the owner role has. */
export interface ForeignObject {
  /** As SQL names it, with its schema. */
  name: string;
  owner: string;
  /** Gives it to the owner role. */
  statement: string;
}

const isNoMember = (catalogue: string): string => `NOT EXISTS (SELECT FROM pg_depend x
    WHERE x.classid = '${catalogue}'::regclass AND x.objid = ${catalogue}.oid AND x.deptype = 'e')`;

const isForeign = (owner: string): string =>
  `n.nspname = ANY ($1) AND ${owner} IS DISTINCT FROM (SELECT oid FROM pg_roles WHERE rolname = $2)`;

// A sequence of a column follows its table. Tables come first, for what else there is can hang on them.
const FOREIGN = `
SELECT format('%I.%I', n.nspname, relname) AS name, pg_get_userbyid(relowner) AS owner,
  format('ALTER %s %I.%I OWNER TO %I', CASE relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW'
    WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END,
    n.nspname, relname, $2::text) AS statement, CASE relkind WHEN 'S' THEN 2 ELSE 1 END AS place
FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
WHERE ${isForeign("relowner")} AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND ${isNoMember("pg_class")}
  AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = 'pg_class'::regclass AND x.objid = pg_class.oid
    AND x.deptype IN ('a', 'i') AND x.refclassid = 'pg_class'::regclass)
UNION ALL
SELECT format('%I.%I(%s)', n.nspname, proname, pg_get_function_identity_arguments(pg_proc.oid)), pg_get_userbyid(proowner),
  format('ALTER ROUTINE %I.%I(%s) OWNER TO %I', n.nspname, proname,
    pg_get_function_identity_arguments(pg_proc.oid), $2::text), 3
FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace WHERE ${isForeign("proowner")} AND ${isNoMember("pg_proc")}
UNION ALL
SELECT format('%I.%I', n.nspname, typname), pg_get_userbyid(typowner),
  format('ALTER %s %I.%I OWNER TO %I', CASE typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END,
    n.nspname, typname, $2::text), 4
FROM pg_type JOIN pg_namespace n ON n.oid = typnamespace
WHERE ${isForeign("typowner")} AND ${OWN_TYPE} AND ${isNoMember("pg_type")}
ORDER BY place, name`;

/** What other roles own in the migrations' schemas, and the statements that hand it over. */
export async function listForeign(
  client: ClientBase,
  options: Pick<RoleOptions, "schemas" | "migrationsSchema" | "role">,
): Promise<ForeignObject[]> {
  const schemas = [...options.schemas, options.migrationsSchema];
  const { rows } = await client.query<ForeignObject>(FOREIGN, [schemas, options.role]);
  return rows.map(({ name, owner, statement }) => ({ name, owner, statement }));
}

/** The statements alone, each with whose it is: for whoever may run them. */
export async function findForeign(client: ClientBase, options: RoleOptions): Promise<string[]> {
  const found = await listForeign(client, options);
  return found.map(({ statement, owner }) => `${statement}; /* of ${owner} */`);
}
