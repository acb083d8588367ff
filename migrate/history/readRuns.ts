import type { ClientBase } from "pg";
import { readHistory } from "./applied";
import type { HistoryTables } from "./tables";

/** One run of one file. */
export interface PastRun {
  name: string;
  direction: "up" | "down";
  /** RFC 3339, UTC. */
  ranAt: string;
  /** Null, as all below, of one that plain node-pg-migrate has run. */
  durationMs: number | null;
  sha256: string | null;
  buildId: string | null;
  commit: string | null;
  image: string | null;
  toolVersion: string | null;
}

/** What was run, and what is left of it. */
export interface PastRuns {
  /** In the order in which they were run. */
  runs: PastRun[];
  /** Names of what is applied, in the order in which it was run. */
  applied: string[];
  /** Why the annotations' table cannot be used; null when it can. */
  runsFault: string | null;
}

/**
 * Every run that the annotations tell of, ups and downs, and the applied migrations that they do not
 * know. What plain node-pg-migrate has reverted has left no trace.
 */
export async function readRuns(client: ClientBase, tables: HistoryTables): Promise<PastRuns> {
  const { applied, runs, runsFault } = await readHistory(client, tables);
  const annotated = runs === "usable" ? await readAnnotations(client, tables) : [];
  const plain = applied
    .filter(({ run }) => run === null)
    .map(({ name, appliedAt }): PastRun => ({ ...UNKNOWN, name, ranAt: appliedAt }));
  return {
    // Runs of one transaction have one time, and are in their order already.
    runs: [...annotated, ...plain].sort((a, b) => compareTexts(a.ranAt, b.ranAt)),
    applied: applied.map(({ name }) => name),
    runsFault,
  };
}

const UNKNOWN = {
  direction: "up",
  durationMs: null,
  sha256: null,
  buildId: null,
  commit: null,
  image: null,
  toolVersion: null,
} as const;

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

async function readAnnotations(client: ClientBase, { runs }: HistoryTables): Promise<PastRun[]> {
  const { rows } = await client.query<PastRun & { durationMs: string }>(`
    SELECT name, direction, sha256, duration_ms::text AS "durationMs", build_id AS "buildId",
      commit_sha AS commit, image, tool_version AS "toolVersion",
      to_char(run_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "ranAt"
    FROM ${runs} ORDER BY run_at, id`);
  return rows.map((row) => ({ ...row, durationMs: Number(row.durationMs) }));
}
