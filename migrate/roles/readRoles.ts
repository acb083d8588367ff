import type { ClientBase } from "pg";
import type { HistoryTables } from "../history/tables";
import { OWN_TYPE } from "./takeOver";

/** What the set-up is about. */
export interface RoleOptions {
  /** Owner of what the migrations make. */
  role: string;
  /** Login of the service; null when nobody is named. */
  runtimeRole: string | null;
  extensions: readonly string[];
  /** Schemas that the migrations work in. */
  schemas: readonly string[];
  migrationsSchema: string;
  tables: HistoryTables;
}

/** What the catalogue says. A privilege of a role that is not there yet is false. */
export interface RoleState {
  serverVersion: number;
  database: string;
  /** The role that logged in. */
  login: string;
  loginMayCreateRoles: boolean;
  /** `cloudsqlsuperuser` where it is there, may create roles and can be taken by the login. */
  administrator: string | null;
  ownerExists: boolean;
  /** Whether the login can become the owner and has its privileges. */
  loginHoldsOwner: boolean;
  loginMayGrantOwner: boolean;
  ownerMayUseDatabase: boolean;
  runtimeExists: boolean;
  publicMayCreateInPublic: boolean;
  publicMayMakeTemporary: boolean;
  missingExtensions: string[];
  schemas: SchemaState[];
  /** Whether anything in the schemas belongs to the login, as plain node-pg-migrate leaves it. */
  loginOwnsObjects: boolean;
  runtimeSeesHistory: boolean;
}

export interface SchemaState {
  name: string;
  exists: boolean;
  ownerMayCreate: boolean;
  runtimeMayUse: boolean;
  /** Whether new tables and sequences of the owner are given to the runtime role. */
  hasDefaultPrivileges: boolean;
}

// Privileges are asked for by oid: a missing role gives NULL, where a missing name would be an error.
const STATE = `
WITH known AS (
  SELECT current_setting('server_version_num')::int AS version,
    (SELECT oid FROM pg_roles WHERE rolname = session_user) AS login,
    (SELECT oid FROM pg_roles WHERE rolname = $1) AS owner,
    (SELECT oid FROM pg_roles WHERE rolname = $2) AS runtime,
    (SELECT oid FROM pg_roles WHERE rolname = 'cloudsqlsuperuser' AND rolcreaterole) AS administrator,
    (SELECT oid FROM pg_database WHERE datname = current_database()) AS database
), wanted AS (
  SELECT w.name, w.position, n.oid FROM unnest($3::text[]) WITH ORDINALITY AS w (name, position)
  LEFT JOIN pg_namespace n ON n.nspname = w.name
), facts AS (
  SELECT *, CASE WHEN version >= 160000 THEN 'SET' ELSE 'MEMBER' END AS may_set FROM known
)
SELECT json_build_object(
  'serverVersion', version,
  'database', current_database(),
  'login', session_user,
  'loginMayCreateRoles', (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE oid = login),
  'administrator', CASE WHEN pg_has_role(login, administrator, may_set) THEN 'cloudsqlsuperuser' END,
  'ownerExists', owner IS NOT NULL,
  'loginHoldsOwner', coalesce(pg_has_role(login, owner, may_set) AND pg_has_role(login, owner, 'USAGE'), false),
  'loginMayGrantOwner', coalesce(pg_has_role(login, owner, 'MEMBER WITH ADMIN OPTION'), false),
  'ownerMayUseDatabase', coalesce(has_database_privilege(owner, database, 'CREATE')
    AND has_database_privilege(owner, database, 'TEMPORARY'), false),
  'runtimeExists', runtime IS NOT NULL,
  'publicMayCreateInPublic', coalesce(has_schema_privilege('public',
    (SELECT oid FROM pg_namespace WHERE nspname = 'public'), 'CREATE'), false),
  'publicMayMakeTemporary', has_database_privilege('public', database, 'TEMPORARY'),
  'missingExtensions', coalesce((SELECT json_agg(e.name ORDER BY e.position)
    FROM unnest($4::text[]) WITH ORDINALITY AS e (name, position)
    WHERE NOT EXISTS (SELECT FROM pg_extension WHERE extname = e.name)), '[]'),
  'schemas', (SELECT json_agg(json_build_object(
      'name', w.name,
      'exists', w.oid IS NOT NULL,
      'ownerMayCreate', coalesce(has_schema_privilege(owner, w.oid, 'CREATE')
        AND has_schema_privilege(owner, w.oid, 'USAGE'), false),
      'runtimeMayUse', coalesce(has_schema_privilege(runtime, w.oid, 'USAGE'), false),
      'hasDefaultPrivileges', (SELECT count(DISTINCT d.defaclobjtype) = 2 FROM pg_default_acl d,
        aclexplode(d.defaclacl) a WHERE d.defaclrole = owner AND d.defaclnamespace = w.oid
        AND d.defaclobjtype IN ('r', 'S') AND a.grantee = runtime)
    ) ORDER BY w.position) FROM wanted w),
  'loginOwnsObjects', EXISTS (SELECT FROM pg_class c JOIN wanted w ON w.oid = c.relnamespace
      WHERE c.relowner = login AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
      AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = 'pg_class'::regclass AND x.objid = c.oid AND x.deptype = 'e'))
    OR EXISTS (SELECT FROM pg_proc p JOIN wanted w ON w.oid = p.pronamespace WHERE p.proowner = login
      AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = 'pg_proc'::regclass AND x.objid = p.oid AND x.deptype = 'e'))
    OR EXISTS (SELECT FROM pg_type JOIN wanted w ON w.oid = typnamespace WHERE typowner = login AND ${OWN_TYPE}
      AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = 'pg_type'::regclass AND x.objid = pg_type.oid AND x.deptype = 'e')),
  'runtimeSeesHistory', EXISTS (SELECT FROM unnest(ARRAY[$5, $6]) h
    WHERE has_table_privilege(runtime, to_regclass(h)::oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE'))
) AS state FROM facts`;

/** Reads, in one query, everything that the set-up depends on. */
export async function readRoles(client: ClientBase, options: RoleOptions): Promise<RoleState> {
  const { rows } = await client.query<{ state: RoleState }>(STATE, [
    options.role,
    options.runtimeRole,
    [...new Set([...options.schemas, options.migrationsSchema])],
    options.extensions,
    options.tables.migrations,
    options.tables.runs,
  ]);
  const state = rows[0]?.state;
  if (state === undefined) throw new Error("the catalogue gave no answer about roles");
  return state;
}
