import { escapeLiteral } from "pg";
import type { HistoryTables } from "../history/tables";
import { readToolVersion } from "../toolVersion";

/** Records a migration as applied, as node-pg-migrate does; nothing when it is recorded. */
export function recordOf({ migrations }: HistoryTables, name: string): string {
  const text = escapeLiteral(name);
  return `INSERT INTO ${migrations} (name, run_on) SELECT ${text}, now() WHERE NOT EXISTS (SELECT FROM ${migrations} WHERE name = ${text})`;
}

/** Annotates a recorded migration with the digest of its file; nothing when it is annotated. */
export function annotationOf(
  { migrations, runs }: HistoryTables,
  name: string,
  sha256: string,
): string {
  const version = readToolVersion();
  const tool = version === null ? "NULL" : escapeLiteral(version);
  return [
    `INSERT INTO ${runs} (migration_id, name, direction, sha256, duration_ms, tool_version, run_at)`,
    `SELECT m.id, m.name, 'up', ${escapeLiteral(sha256)}, 0, ${tool}, m.run_on AT TIME ZONE current_setting('TimeZone')`,
    `FROM ${migrations} m WHERE m.name = ${escapeLiteral(name)} AND NOT EXISTS (SELECT FROM ${runs} r`,
    "WHERE r.migration_id = m.id AND r.name = m.name AND r.direction = 'up')",
  ].join(" ");
}
