import { type ClientBase, escapeIdentifier, escapeLiteral } from "pg";
import type { TableSettings } from "../settings/parse";

/** The two tables that say what was applied, as SQL names them. */
export interface HistoryTables {
  /** node-pg-migrate's own; what is in it is the truth. */
  migrations: string;
  /** Ours beside it: annotations only. */
  runs: string;
}

export function historyTables({ migrationsSchema, migrationsTable }: TableSettings): HistoryTables {
  const schema = escapeIdentifier(migrationsSchema);
  return {
    migrations: `${schema}.${escapeIdentifier(migrationsTable)}`,
    runs: `${schema}.${escapeIdentifier(`${migrationsTable}_runs`)}`,
  };
}

/** Columns that `recordRuns` fills. A table without them is somebody else's and is left alone. */
export const RUN_COLUMNS = [
  "migration_id",
  "name",
  "direction",
  "sha256",
  "duration_ms",
  "build_id",
  "commit_sha",
  "image",
  "tool_version",
  "run_at",
] as const;

/**
 * Makes the tables that are missing. The first is made as node-pg-migrate makes it, but here, so that
 * the default privileges of the runtime role can be taken off it before it is seen.
 */
export async function createHistoryTables(
  client: ClientBase,
  tables: HistoryTables,
  runtimeRole: string | null,
): Promise<void> {
  const statements = [
    "BEGIN",
    `CREATE TABLE IF NOT EXISTS ${tables.migrations} (id SERIAL PRIMARY KEY, name varchar(255) NOT NULL, run_on timestamp NOT NULL)`,
    `CREATE TABLE IF NOT EXISTS ${tables.runs} (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      migration_id integer NOT NULL,
      name text NOT NULL,
      direction text NOT NULL,
      sha256 text NOT NULL,
      duration_ms bigint NOT NULL,
      build_id text,
      commit_sha text,
      image text,
      tool_version text,
      run_at timestamptz NOT NULL DEFAULT now())`,
    ...(runtimeRole === null ? [] : [revokeFrom(tables, runtimeRole)]),
    "COMMIT",
  ];
  try {
    await client.query(statements.join(";\n"));
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  }
}

/** Takes everything on both tables and their sequences from a role; what is somebody else's stays. */
export function revokeFrom(tables: HistoryTables, role: string): string {
  const names = [tables.migrations, tables.runs].map((name) => escapeLiteral(name)).join(", ");
  return `DO $revoke$
DECLARE item regclass;
BEGIN
  FOR item IN
    WITH history AS (SELECT to_regclass(name)::oid AS oid FROM unnest(ARRAY[${names}]) name)
    SELECT c.oid FROM pg_class c WHERE pg_has_role(c.relowner, 'USAGE') AND (c.oid IN (SELECT oid FROM history)
      OR c.relkind = 'S' AND EXISTS (SELECT FROM pg_depend d JOIN history ON history.oid = d.refobjid
        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i')
          AND d.refclassid = 'pg_class'::regclass))
  LOOP
    EXECUTE 'REVOKE ALL ON ' || item || ' FROM ' || ${escapeLiteral(escapeIdentifier(role))};
  END LOOP;
END
$revoke$`;
}
