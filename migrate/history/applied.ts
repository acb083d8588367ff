import { type ClientBase, DatabaseError } from "pg";
import { type HistoryTables, RUN_COLUMNS } from "./tables";

/** One row of the migrations table, with its annotation where there is one. */
export interface AppliedMigration {
  id: number;
  name: string;
  /** RFC 3339, UTC. */
  appliedAt: string;
  run: RunAnnotation | null;
}

/** What the annotations' table knows of one application. */
export interface RunAnnotation {
  sha256: string;
  durationMs: number;
  buildId: string | null;
  commit: string | null;
  image: string | null;
}

/** What was applied, and which of the two tables are there. */
export interface History {
  /** In the order in which it was run. */
  applied: AppliedMigration[];
  hasMigrationsTable: boolean;
  /** Whether annotations can be read and written. */
  runs: "usable" | "absent" | "foreign";
  /** Why they cannot, when their table is there; a note for the user. */
  runsFault: string | null;
}

const EXISTING = `
SELECT to_regclass($1) IS NOT NULL AS migrations,
  to_regclass($2) IS NOT NULL AS runs,
  (SELECT coalesce(array_agg(attname::text), '{}') FROM pg_attribute
    WHERE attrelid = to_regclass($2) AND attnum > 0 AND NOT attisdropped) AS columns`;

/** Reads what was applied. Neither table needs to exist. */
export async function readHistory(client: ClientBase, tables: HistoryTables): Promise<History> {
  const { rows } = await client.query<{ migrations: boolean; runs: boolean; columns: string[] }>(
    EXISTING,
    [tables.migrations, tables.runs],
  );
  const found = rows[0];
  const isOurs = RUN_COLUMNS.every((column) => found?.columns.includes(column));
  const runs: History["runs"] = found?.runs !== true ? "absent" : isOurs ? "usable" : "foreign";
  const runsFault =
    runs === "foreign" ? toNote(tables, "it has other columns than this tool's") : null;
  if (found?.migrations !== true) {
    return { applied: [], hasMigrationsTable: false, runs, runsFault };
  }
  const rest = { hasMigrationsTable: true, runs, runsFault };
  if (runs !== "usable") return { applied: await readApplied(client, tables, false), ...rest };
  try {
    return { applied: await readApplied(client, tables, true), ...rest };
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    // The annotations' fault or the migrations table's own: without them it shows.
    const applied = await readApplied(client, tables, false);
    const fault = toNote(tables, `${error.message} (${error.code ?? "no code"})`);
    return { ...rest, applied, runs: "foreign", runsFault: fault };
  }
}

function toNote({ runs }: HistoryTables, fault: string): string {
  return `note: ${runs} cannot be used and is left alone: ${fault}`;
}

interface AppliedRow {
  id: number;
  name: string;
  applied_at: string;
  sha256: string | null;
  duration_ms: string | null;
  build_id: string | null;
  commit_sha: string | null;
  image: string | null;
}

async function readApplied(
  client: ClientBase,
  tables: HistoryTables,
  withRuns: boolean,
): Promise<AppliedMigration[]> {
  // An annotation belongs to one row, by its id: after plain node-pg-migrate has gone down and up
  // again the old one says nothing. `run_on` has no time zone; it was written in the session's.
  const annotations = withRuns
    ? `LEFT JOIN LATERAL (SELECT * FROM ${tables.runs} r WHERE r.migration_id = m.id
        AND r.name = m.name AND r.direction = 'up' ORDER BY r.id DESC LIMIT 1) r ON true`
    : `CROSS JOIN (SELECT NULL AS sha256, NULL AS duration_ms, NULL AS build_id, NULL AS commit_sha,
        NULL AS image, NULL::timestamptz AS run_at) r`;
  const { rows } = await client.query<AppliedRow>(`
    SELECT m.id, m.name, r.sha256, r.duration_ms::text, r.build_id, r.commit_sha, r.image,
      to_char(coalesce(r.run_at, m.run_on AT TIME ZONE current_setting('TimeZone')) AT TIME ZONE 'UTC',
        'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS applied_at
    FROM ${tables.migrations} m ${annotations} ORDER BY m.run_on, m.id`);
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    appliedAt: row.applied_at,
    run: toAnnotation(row),
  }));
}

function toAnnotation(row: AppliedRow): RunAnnotation | null {
  if (row.sha256 === null) return null;
  return {
    sha256: row.sha256,
    durationMs: Number(row.duration_ms),
    buildId: row.build_id,
    commit: row.commit_sha,
    image: row.image,
  };
}
