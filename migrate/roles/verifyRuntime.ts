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

/** Who of PUBLIC, the runtime role and the roles it is in has been given a privilege. */
const grantees = (acl: string, privilege: string): string => `coalesce((
  SELECT string_agg(DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END, ', ')
  FROM aclexplode(${acl}) a WHERE a.privilege_type ${privilege}
    AND CASE a.grantee WHEN 0 THEN true ELSE pg_has_role(runtime.oid, a.grantee, 'USAGE') END),
  'PUBLIC, ' || quote_ident($1))`;

// Ownership is read from pg_shdepend, which lists it for every kind of object. A role is left by the
// first step towards it; from PostgreSQL 16 on by who has granted that step, too.
const EXCESS = `
WITH runtime AS (SELECT * FROM pg_roles WHERE rolname = $1)
SELECT 'has the attribute ' || attribute.name AS what,
  ARRAY['ALTER ROLE ' || quote_ident($1) || ' NO' || attribute.name] AS statements
FROM runtime, LATERAL (VALUES ('SUPERUSER', rolsuper), ('CREATEROLE', rolcreaterole), ('CREATEDB', rolcreatedb),
  ('REPLICATION', rolreplication), ('BYPASSRLS', rolbypassrls)) AS attribute (name, held)
WHERE attribute.held
UNION ALL
SELECT 'is a member of ' || r.rolname, ARRAY(
  SELECT format('REVOKE %I FROM %I', pg_get_userbyid(m.roleid), $1) || CASE
    WHEN current_setting('server_version_num')::int >= 160000 THEN ' GRANTED BY ' || quote_ident(pg_get_userbyid(m.grantor))
    ELSE '' END
  FROM pg_auth_members m WHERE m.member = runtime.oid AND pg_has_role(m.roleid, r.oid, 'MEMBER') ORDER BY 1)
FROM runtime, pg_roles r WHERE r.oid <> runtime.oid AND NOT runtime.rolsuper
  AND (r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolbypassrls OR r.rolname = ANY ($2::text[])
    OR r.rolname IN ($3, session_user))
  AND pg_has_role(runtime.oid, r.oid, 'MEMBER')
UNION ALL
SELECT 'owns ' || pg_describe_object(d.classid, d.objid, d.objsubid),
  ARRAY[format('REASSIGN OWNED BY %I TO %I', $1, $3)]
FROM runtime, pg_shdepend d WHERE d.refclassid = 'pg_authid'::regclass AND d.refobjid = runtime.oid
  AND d.deptype = 'o' AND d.dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
UNION ALL
SELECT 'may create in the schema ' || n.nspname, ARRAY['REVOKE CREATE ON SCHEMA ' || quote_ident(n.nspname)
  || ' FROM ' || ${grantees("coalesce(n.nspacl, acldefault('n', n.nspowner))", "= 'CREATE'")}]
FROM runtime, pg_namespace n WHERE NOT runtime.rolsuper AND n.nspname !~ '^pg_(toast|temp)'
  AND has_schema_privilege(runtime.oid, n.oid, 'CREATE')
UNION ALL
SELECT 'may ' || p.what || ' in the database', ARRAY['REVOKE ' || p.name || ' ON DATABASE '
  || quote_ident(current_database()) || ' FROM ' || ${grantees("coalesce(b.datacl, acldefault('d', b.datdba))", "= p.name")}]
FROM runtime, (VALUES ('CREATE', 'create schemas'), ('TEMPORARY', 'create temporary tables')) AS p (name, what),
  pg_database b
WHERE b.datname = current_database() AND NOT runtime.rolsuper
  AND has_database_privilege(runtime.oid, b.oid, p.name)
UNION ALL
SELECT 'may use the migrations table ' || h, ARRAY['REVOKE ALL ON ' || h || ' FROM '
  || ${grantees("coalesce(c.relacl, acldefault('r', c.relowner))", "<> ''")}]
FROM runtime, unnest(ARRAY[$4, $5]) h JOIN pg_class c ON c.oid = to_regclass(h)::oid
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
