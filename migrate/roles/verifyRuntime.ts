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

// Ownership is read from pg_shdepend, which lists it for every kind of object.
const FINDINGS = `
WITH runtime AS (SELECT * FROM pg_roles WHERE rolname = $1)
SELECT 'has the attribute ' || attribute.name || '; ALTER ROLE ' || quote_ident($1) || ' NO' || attribute.name AS finding
FROM runtime, LATERAL (VALUES ('SUPERUSER', rolsuper), ('CREATEROLE', rolcreaterole), ('CREATEDB', rolcreatedb),
  ('REPLICATION', rolreplication), ('BYPASSRLS', rolbypassrls)) AS attribute (name, held)
WHERE attribute.held
UNION ALL
SELECT 'is a member of ' || r.rolname || '; REVOKE ' || quote_ident(r.rolname) || ' FROM ' || quote_ident($1)
FROM runtime, pg_roles r WHERE r.oid <> runtime.oid AND NOT runtime.rolsuper
  AND (r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolbypassrls OR r.rolname = ANY ($2::text[])
    OR r.rolname IN ($3, session_user))
  AND pg_has_role(runtime.oid, r.oid, 'MEMBER')
UNION ALL
SELECT 'owns ' || pg_describe_object(d.classid, d.objid, d.objsubid) || '; REASSIGN OWNED BY '
  || quote_ident($1) || ' TO ' || quote_ident($3)
FROM runtime, pg_shdepend d WHERE d.refclassid = 'pg_authid'::regclass AND d.refobjid = runtime.oid
  AND d.deptype = 'o' AND d.dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
UNION ALL
SELECT 'may create in the schema ' || n.nspname || '; REVOKE CREATE ON SCHEMA ' || quote_ident(n.nspname)
  || ' FROM PUBLIC, ' || quote_ident($1)
FROM runtime, pg_namespace n WHERE NOT runtime.rolsuper AND n.nspname !~ '^pg_(toast|temp)'
  AND has_schema_privilege(runtime.oid, n.oid, 'CREATE')
UNION ALL
SELECT 'may ' || p.what || ' in the database; REVOKE ' || p.name || ' ON DATABASE '
  || quote_ident(current_database()) || ' FROM PUBLIC, ' || quote_ident($1)
FROM runtime, (VALUES ('CREATE', 'create schemas'), ('TEMPORARY', 'create temporary tables')) AS p (name, what)
WHERE NOT runtime.rolsuper AND has_database_privilege(runtime.oid, current_database(), p.name)
UNION ALL
SELECT 'may use the migrations table ' || h || '; REVOKE ALL ON ' || h || ' FROM PUBLIC, ' || quote_ident($1)
FROM runtime, unnest(ARRAY[$4, $5]) h WHERE NOT runtime.rolsuper
  AND has_table_privilege(runtime.oid, to_regclass(h)::oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')`;

/** By the catalogue: the runtime role owns nothing, can create nothing and is in no superuser role. */
export async function verifyRuntimeRole(client: ClientBase, options: RoleOptions): Promise<void> {
  const { runtimeRole, tables } = options;
  if (runtimeRole === null) return;
  const { rows } = await client.query<{ finding: string }>(FINDINGS, [
    runtimeRole,
    POWERFUL,
    options.role,
    tables.migrations,
    tables.runs,
  ]);
  if (rows.length > 0)
    throw new RuntimeRoleError(
      runtimeRole,
      rows.map(({ finding }) => finding),
    );
}
