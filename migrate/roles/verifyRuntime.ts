import type { ClientBase } from "pg";
import type { RoleOptions } from "./readRoles";

/** The service's login could do more than read and write rows: the release must stop. */
export class RuntimeRoleError extends Error {
  readonly findings: readonly string[];

  constructor(runtimeRole: string, findings: readonly string[]) {
    super(
      [
        `the runtime role ${runtimeRole} may do too much`,
        ...findings.map((line) => `  ${line}`),
      ].join("\n"),
    );
    this.name = "RuntimeRoleError";
    this.findings = findings;
  }
}

/** Predefined roles that reach around the owner's decisions. */
const POWERFUL = [
  "cloudsqlsuperuser",
  "cloudsqladmin",
  "pg_write_all_data",
  "pg_read_all_data",
  "pg_maintain",
  "pg_database_owner",
  "pg_execute_server_program",
  "pg_read_server_files",
  "pg_write_server_files",
  "pg_create_subscription",
  "pg_signal_backend",
];

/** What the runtime role may do that it should not, and what takes it away. */
export interface Excess {
  /** `may create schemas in the database` */
  what: string;
  statements: string[];
}

/**
 * Ways to take a privilege on one object from the runtime role: revoke it from whom it comes from; but
 * from the owner, and from a role that must have it, rather take the runtime role out of that one.
 */
const ways = (what: string, privilege: string, acl: string, owner: string): string => {
  const holders = `(SELECT DISTINCT grantee AS oid FROM aclexplode(${acl}) WHERE privilege_type ${privilege}
    AND CASE grantee WHEN 0 THEN true ELSE pg_has_role(runtime.oid, grantee, 'USAGE') END)`;
  const isToLeave = `(h.oid <> runtime.oid AND (h.oid = ${owner} OR h.oid IN (SELECT oid FROM powerful)))`;
  return `ARRAY(SELECT 'REVOKE ' || ${what} || ' FROM ' || string_agg(CASE h.oid WHEN 0 THEN 'PUBLIC'
      ELSE quote_ident(pg_get_userbyid(h.oid)) END, ', ' ORDER BY h.oid)
    FROM ${holders} h WHERE NOT ${isToLeave} AND h.oid <> ${owner} HAVING count(*) > 0)
  || ARRAY(SELECT DISTINCT step.sql FROM step, ${holders} h
    WHERE ${isToLeave} AND CASE h.oid WHEN 0 THEN false ELSE pg_has_role(step.oid, h.oid, 'MEMBER') END)
  || CASE WHEN ${owner} = runtime.oid THEN ARRAY[format('REASSIGN OWNED BY %I TO %I', $1::text, $3::text)]
    ELSE '{}' END`;
};

// Ownership is read from pg_shdepend, which lists it for every kind of object. A role is left by the
// first step towards it; from PostgreSQL 16 on by who has granted that step, too.
const EXCESS = `
WITH runtime AS (SELECT * FROM pg_roles WHERE rolname = $1::text),
powerful AS (
  SELECT r.oid, r.rolname FROM runtime, pg_roles r WHERE r.oid <> runtime.oid
    AND (r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolbypassrls OR r.rolname = ANY ($2::text[])
      OR r.rolname IN ($3::text, session_user))
),
step AS (
  SELECT m.roleid AS oid, format('REVOKE %I FROM %I', pg_get_userbyid(m.roleid), $1::text) || CASE
    WHEN current_setting('server_version_num')::int < 160000 THEN ''
    ELSE ' GRANTED BY ' || quote_ident(pg_get_userbyid(m.grantor)) END AS sql
  FROM runtime, pg_auth_members m WHERE m.member = runtime.oid
)
SELECT 'has the attribute ' || attribute.name AS what,
  ARRAY['ALTER ROLE ' || quote_ident($1::text) || ' NO' || attribute.name] AS statements
FROM runtime, LATERAL (VALUES ('SUPERUSER', rolsuper), ('CREATEROLE', rolcreaterole), ('CREATEDB', rolcreatedb),
  ('REPLICATION', rolreplication), ('BYPASSRLS', rolbypassrls)) AS attribute (name, held)
WHERE attribute.held
UNION ALL
SELECT 'is a member of ' || r.rolname,
  ARRAY(SELECT step.sql FROM step WHERE pg_has_role(step.oid, r.oid, 'MEMBER') ORDER BY 1)
FROM runtime, powerful r WHERE NOT runtime.rolsuper AND pg_has_role(runtime.oid, r.oid, 'MEMBER')
UNION ALL
SELECT 'owns ' || pg_describe_object(d.classid, d.objid, d.objsubid),
  ARRAY[format('REASSIGN OWNED BY %I TO %I', $1::text, $3::text)]
FROM runtime, pg_shdepend d WHERE d.refclassid = 'pg_authid'::regclass AND d.refobjid = runtime.oid
  AND d.deptype = 'o' AND d.dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
UNION ALL
SELECT 'may create in the schema ' || n.nspname, ${ways(
  "'CREATE ON SCHEMA ' || quote_ident(n.nspname)",
  "= 'CREATE'",
  "coalesce(n.nspacl, acldefault('n', n.nspowner))",
  "n.nspowner",
)}
FROM runtime, pg_namespace n WHERE NOT runtime.rolsuper AND n.nspname !~ '^pg_(toast|temp)'
  AND has_schema_privilege(runtime.oid, n.oid, 'CREATE')
UNION ALL
SELECT 'may ' || p.what || ' in the database', ${ways(
  "p.name || ' ON DATABASE ' || quote_ident(b.datname)",
  "= p.name",
  "coalesce(b.datacl, acldefault('d', b.datdba))",
  "b.datdba",
)}
FROM runtime, (VALUES ('CREATE', 'create schemas'), ('TEMPORARY', 'create temporary tables')) AS p (name, what),
  pg_database b
WHERE b.datname = current_database() AND NOT runtime.rolsuper
  AND has_database_privilege(runtime.oid, b.oid, p.name)
UNION ALL
SELECT 'may use the migrations table ' || history.name, ${ways(
  "'ALL ON ' || history.name",
  "<> ''",
  "coalesce(c.relacl, acldefault('r', c.relowner))",
  "c.relowner",
)}
FROM runtime, unnest(ARRAY[$4, $5]) history (name) JOIN pg_class c ON c.oid = to_regclass(history.name)::oid
WHERE NOT runtime.rolsuper
  AND has_table_privilege(runtime.oid, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')`;

/** By the catalogue: what the runtime role owns, can create, or can do as a superuser's member. */
export async function findExcess(client: ClientBase, options: RoleOptions): Promise<Excess[]> {
  const { runtimeRole, role, tables } = options;
  if (runtimeRole === null) return [];
  const values = [runtimeRole, POWERFUL, role, tables.migrations, tables.runs];
  return (await client.query<Excess>(EXCESS, values)).rows;
}

/** Throws unless the runtime role owns nothing, can create nothing and is in no superuser role. */
export async function verifyRuntimeRole(client: ClientBase, options: RoleOptions): Promise<void> {
  const { runtimeRole } = options;
  const found = await findExcess(client, options);
  if (runtimeRole === null || found.length === 0) return;
  const lines = found.map(({ what, statements }) => [what, ...statements].join("; "));
  throw new RuntimeRoleError(runtimeRole, lines);
}
