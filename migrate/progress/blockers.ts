import type { ClientBase } from "pg";
import { formatDuration } from "../settings/duration";

/** A session of the server, as far as the login may see it. */
export interface OtherSession {
  pid: number;
  user: string | null;
  application: string | null;
  /** RFC 3339, UTC. */
  since: string | null;
  state: string | null;
  /** How long it has been in that state. */
  stateMs: number | null;
}

/** What `describeSession` needs, of the sessions that `condition` names; never what they run. */
export function sessionsWhere(condition: string): string {
  return `SELECT a.pid, a.usename AS "user", nullif(a.application_name, '') AS application, a.state,
    to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS since,
    (extract(epoch FROM clock_timestamp() - a.state_change) * 1000)::integer AS "stateMs"
  FROM pg_stat_activity a WHERE ${condition} ORDER BY a.backend_start`;
}

/** `process 7 (psql, user anna, connected since …, idle in transaction for 30.0 s)` */
export function describeSession(session: OtherSession): string {
  const { pid, user, application, since, state, stateMs } = session;
  const doing =
    state === null || stateMs === null ? null : `${state} for ${formatDuration(stateMs)}`;
  const facts = [
    application ?? "no application name",
    `user ${user ?? "unknown"}`,
    since === null ? null : `connected since ${since}`,
    doing,
  ];
  return `process ${pid} (${facts.filter((fact) => fact !== null).join(", ")})`;
}

/** Who keeps a session waiting for a lock; empty when nobody does. */
export async function readBlockers(client: ClientBase, pid: number): Promise<OtherSession[]> {
  const { rows } = await client.query<OtherSession>(
    sessionsWhere("a.pid = ANY (pg_blocking_pids($1))"),
    [pid],
  );
  return rows;
}
