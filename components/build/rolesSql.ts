import type { MigrationRoles } from "./options";

/** Environment variable by which {@link rolesJobScript} knows its phase: `prepare` or `verify`. */
export const ROLES_PHASE = "ROLES_PHASE";

/**
 * SQL that a command of the image relies on: extensions, an owner role that the migrator may become,
 * default privileges for the service. Runs again and again without a change.
 */
export function prepareRolesSql(roles: MigrationRoles): string {
  const extensions = roles.extensions.map(
    (name) => `CREATE EXTENSION IF NOT EXISTS ${quoteIdentifier(name)};`,
  );
  return [settings(roles), ...extensions, OWNER_ROLE, GRANTS].join("\n");
}

/** SQL that fails, naming every reason, when the service's role could do more than use the tables. */
export function verifyRolesSql(roles: MigrationRoles): string {
  return [settings(roles), VERIFICATION].join("\n");
}

// The values enter once, as settings of the session; all else is the same text for everybody.
function settings({
  ownerRole,
  runtimeRole,
  lockTimeout,
  statementTimeout,
}: MigrationRoles): string {
  return [
    `SET release.owner_role = ${quoteText(ownerRole)};`,
    `SET release.runtime_role = ${quoteText(runtimeRole)};`,
    `SET lock_timeout = ${quoteText(lockTimeout)};`,
    `SET statement_timeout = ${quoteText(statementTimeout)};`,
    "SET client_min_messages = warning;",
  ].join("\n");
}

function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

// cloudsqlsuperuser makes the role where it can be taken, even for a login that may make roles itself:
// from PostgreSQL 16 on whoever makes a role may hand it on, and the next login is in that role too. A
// creator gets ADMIN only: SET and INHERIT are granted apart.
const OWNER_ROLE = `DO $do$
DECLARE
  owner_role text := current_setting('release.owner_role');
  modern boolean := current_setting('server_version_num')::int >= 160000;
  membership text := CASE WHEN modern THEN 'SET' ELSE 'MEMBER' END;
  administrator boolean := false;
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'cloudsqlsuperuser') THEN
    administrator := pg_has_role(session_user, 'cloudsqlsuperuser', membership);
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = owner_role) THEN
    IF administrator THEN
      SET ROLE cloudsqlsuperuser;
    END IF;
    EXECUTE format('CREATE ROLE %I NOLOGIN', owner_role);
    RESET ROLE;
  END IF;
  IF NOT (pg_has_role(session_user, owner_role, membership)
          AND pg_has_role(session_user, owner_role, 'USAGE')) THEN
    IF administrator AND NOT pg_has_role(session_user, owner_role, 'MEMBER WITH ADMIN OPTION') THEN
      SET ROLE cloudsqlsuperuser;
    END IF;
    EXECUTE format('GRANT %I TO %I', owner_role, session_user)
      || CASE WHEN modern THEN ' WITH SET TRUE, INHERIT TRUE' ELSE '' END;
  END IF;
  RESET ROLE;
END
$do$;`;

// Default privileges are those of the role that creates an object: everything is created as the
// owner role. What is there already and belongs to it is granted too.
const GRANTS = `DO $do$
DECLARE
  owner_role text := current_setting('release.owner_role');
  runtime_role text := current_setting('release.runtime_role');
  object record;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = runtime_role) THEN
    RAISE EXCEPTION 'role % does not exist: the service''s database user must be created first', runtime_role;
  END IF;
  REVOKE CREATE ON SCHEMA public FROM PUBLIC;
  EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT, CREATE, TEMPORARY ON DATABASE %I TO %I', current_database(), owner_role);
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), runtime_role);
  EXECUTE format('GRANT USAGE, CREATE ON SCHEMA public TO %I', owner_role);
  EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', runtime_role);
  EXECUTE format('SET ROLE %I', owner_role);
  EXECUTE format('ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO %I', runtime_role);
  EXECUTE format('ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %I', runtime_role);
  EXECUTE format('ALTER DEFAULT PRIVILEGES GRANT USAGE, SELECT ON SEQUENCES TO %I', runtime_role);
  FOR object IN
    SELECT format('%I.%I', n.nspname, c.relname) AS name, c.relkind AS kind
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relowner = quote_ident(owner_role)::regrole AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
  LOOP
    IF object.kind = 'S' THEN
      EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE %s TO %I', object.name, runtime_role);
    ELSE
      EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE %s TO %I', object.name, runtime_role);
    END IF;
  END LOOP;
  RESET ROLE;
END
$do$;`;

const VERIFICATION = `DO $do$
DECLARE
  owner_role text := current_setting('release.owner_role');
  runtime_role text := current_setting('release.runtime_role');
  problems text[] := '{}';
  strays text;
BEGIN
  SELECT problems || coalesce(array_agg(problem), '{}') INTO problems FROM (
    SELECT 'it is a superuser' AS problem FROM pg_roles WHERE rolname = runtime_role AND rolsuper
    UNION ALL
    SELECT 'it may create roles or databases, replicate or bypass row security' FROM pg_roles
    WHERE rolname = runtime_role AND (rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)
    UNION ALL
    SELECT format('it is a member of %s', rolname) FROM pg_roles
    WHERE rolname <> runtime_role
      AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolname = owner_role OR rolname IN (
        'cloudsqlsuperuser', 'pg_execute_server_program', 'pg_write_server_files', 'pg_read_server_files'))
      AND pg_has_role(runtime_role, oid, 'MEMBER')
    UNION ALL
    SELECT format('it owns %s', pg_describe_object(classid, objid, objsubid)) FROM pg_shdepend
    WHERE refclassid = 'pg_authid'::regclass AND refobjid = quote_ident(runtime_role)::regrole AND deptype = 'o'
      AND dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
    UNION ALL
    SELECT format('it may create in schema %s', nspname) FROM pg_namespace
    WHERE nspname !~ '^pg_(temp|toast)' AND has_schema_privilege(runtime_role, oid, 'CREATE')
    UNION ALL
    SELECT format('it has %s on database %s', privilege, current_database())
    FROM unnest(ARRAY['CREATE', 'TEMPORARY']) AS privilege
    WHERE has_database_privilege(runtime_role, current_database(), privilege)
  ) AS found;
  IF cardinality(problems) > 0 THEN
    RAISE EXCEPTION 'role % can do more than use the tables: %', runtime_role, array_to_string(problems, '; ');
  END IF;
  SELECT string_agg(format('%I.%I', n.nspname, c.relname), ', ') INTO strays
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') AND c.relowner = quote_ident(session_user)::regrole
    AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e');
  IF strays IS NOT NULL THEN
    RAISE WARNING 'made by % and not by %, so the service cannot reach them: %; does the command heed PGOPTIONS?',
      session_user, owner_role, strays;
  END IF;
END
$do$;`;
