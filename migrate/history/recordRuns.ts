import type { ClientBase } from "pg";
import type { Attribution } from "../settings/parse";
import type { HistoryTables } from "./tables";

/** One file that has just been run. */
export interface Run {
  name: string;
  sha256: string;
  durationMs: number;
  direction: "up" | "down";
}

/** Ids by name of what is applied; read before going down, when the rows are still there. */
export type MigrationIds = ReadonlyMap<string, number>;

/**
 * Annotates what has just been run, in the transaction that is open, if one is. Inside a transaction it
 * stands in a savepoint, for an annotation must never undo a migration.
 */
export async function recordRuns(
  client: ClientBase,
  tables: HistoryTables,
  runs: readonly Run[],
  ids: MigrationIds,
  attribution: Attribution & { toolVersion: string | null },
): Promise<void> {
  if (runs.length === 0) return;
  const { buildId, commit, image, toolVersion } = attribution;
  await client.query(
    `INSERT INTO ${tables.runs}
       (migration_id, name, direction, sha256, duration_ms, build_id, commit_sha, image, tool_version)
     SELECT coalesce(m.id, r.id), r.name, r.direction, r.sha256, r.duration_ms, $6, $7, $8, $9
     FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::integer[])
       WITH ORDINALITY AS r (name, direction, sha256, duration_ms, id, position)
     LEFT JOIN LATERAL (SELECT max(id) AS id FROM ${tables.migrations} m WHERE m.name = r.name) m ON true
     ORDER BY r.position`,
    [
      runs.map(({ name }) => name),
      runs.map(({ direction }) => direction),
      runs.map(({ sha256 }) => sha256),
      runs.map(({ durationMs }) => Math.round(durationMs)),
      runs.map(({ name }) => ids.get(name) ?? 0),
      ...[buildId, commit, image, toolVersion],
    ],
  );
}
