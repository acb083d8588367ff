import { escapeIdentifier, escapeLiteral } from "pg";
import { BACKUP_WAITER } from "../../backup/backUpBefore";
import { LOCK_ID } from "../../lock";
import { formatDuration } from "../../settings/duration";
import { type Diagnosis, type DoctorRule, diagnose } from "../diagnosis";
import type { Patient } from "../patient";

export const IDLE_LOCK_HOLDER: DoctorRule = {
  id: "idle-lock-holder",
  level: "error",
  title: "A session that does nothing and holds a lock",
  why: "A transaction that was begun and forgotten keeps its locks for as long as the connection lives: a migration that needs the table waits for it, and every query on that table queues behind the migration. One that holds the migration lock keeps every migrator out.",
  instead:
    "Find out whose it is; end it when nobody needs it. Set idle_in_transaction_session_timeout for the service's login.",
  url: "https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-IDLE-IN-TRANSACTION-SESSION-TIMEOUT",
};

export const PREPARED_TRANSACTION: DoctorRule = {
  id: "prepared-transaction",
  level: "error",
  title: "A prepared transaction that nobody ends",
  why: "PREPARE TRANSACTION outlives its connection, and the server's restart; its locks stay, and it keeps VACUUM from cleaning up.",
  instead: "Ask the coordinator that prepared it; without one, roll it back.",
  url: "https://www.postgresql.org/docs/current/sql-prepare-transaction.html",
};

/** Shorter pauses are those of a program between two statements. */
const IDLE_MS = 60_000;

interface Holder {
  pid: number;
  user: string | null;
  application: string;
  since: string;
  idle_ms: number;
  /** Whether it holds the migration lock. */
  is_migrator: boolean;
  /** Tables that it has locked. */
  tables: string[];
}

const HOLDERS = `
SELECT a.pid, a.usename AS user, a.application_name AS application,
  to_char(a.state_change AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS since,
  round(extract(epoch FROM clock_timestamp() - a.state_change) * 1000)::float8 AS idle_ms,
  bool_or(l.locktype = 'advisory') AS is_migrator,
  coalesce(array_agg(DISTINCT format('%I.%I', n.nspname, c.relname)) FILTER (WHERE c.oid IS NOT NULL), '{}') AS tables
FROM pg_stat_activity a JOIN pg_locks l ON l.pid = a.pid AND l.granted
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
LEFT JOIN pg_class c ON l.locktype = 'relation' AND c.oid = l.relation AND c.relkind IN ('r', 'p', 'm', 'f')
LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE a.pid <> pg_backend_pid() AND a.state LIKE 'idle%' AND a.application_name NOT LIKE $2
  AND clock_timestamp() - a.state_change > $1 * interval '1 millisecond'
  AND (l.locktype = 'advisory' AND l.objsubid = 1 AND (l.classid::bigint << 32 | l.objid::bigint) = ${LOCK_ID}
    OR n.nspname <> 'information_schema' AND n.nspname !~ '^pg_')
GROUP BY a.pid, a.usename, a.application_name, a.state_change ORDER BY a.state_change`;

/** Sessions that have been idle for longer than this with a lock in their hands. */
export async function findIdleHolders(
  { client, roleState }: Pick<Patient, "client" | "roleState">,
  idleMs = IDLE_MS,
): Promise<Diagnosis[]> {
  const { rows } = await client.query<Holder>(HOLDERS, [idleMs, `${BACKUP_WAITER}%`]);
  const found = rows.map((holder) => {
    const { pid, user, application, since, idle_ms: ms, is_migrator: isMigrator, tables } = holder;
    const who = `${application === "" ? "no application name" : application}, user ${user ?? "unknown"}`;
    const held = [...(isMigrator ? ["the migration lock"] : []), ...tables].join(", ");
    const message = `(${who}) has done nothing since ${since}, ${formatDuration(ms)}, and holds a lock on ${held}`;
    const statements = [`SELECT pg_terminate_backend(${pid})`];
    return diagnose(
      IDLE_LOCK_HOLDER,
      `process ${pid}`,
      message,
      "end it, if nobody needs it",
      statements,
    );
  });
  return [...found, ...(await findBlindness(client, roleState.login))];
}

const HIDDEN = `
SELECT count(*)::int AS hidden FROM pg_stat_activity
WHERE datname = current_database() AND query = '<insufficient privilege>' AND pid <> pg_backend_pid()`;

/** What cannot be seen is not fine. */
async function findBlindness(client: Patient["client"], login: string): Promise<Diagnosis[]> {
  const { rows } = await client.query<{ hidden: number }>(HIDDEN);
  const hidden = rows[0]?.hidden ?? 0;
  if (hidden === 0) return [];
  const message = `cannot see what ${hidden} other sessions do, so whether they hold locks is not known`;
  const advice = "run doctor as a login that can, or let an administrator give it";
  const statements = [`GRANT pg_read_all_stats TO ${escapeIdentifier(login)}`];
  return [{ ...diagnose(IDLE_LOCK_HOLDER, login, message, advice, statements), level: "note" }];
}

const PREPARED = `
SELECT p.gid, p.owner::text AS owner, to_char(p.prepared AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS since,
  ARRAY(SELECT DISTINCT format('%I.%I', n.nspname, c.relname) FROM pg_locks x JOIN pg_locks l USING (virtualtransaction)
    JOIN pg_class c ON l.locktype = 'relation' AND c.oid = l.relation AND c.relkind IN ('r', 'p', 'm', 'f')
    JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
    WHERE x.locktype = 'transactionid' AND x.transactionid = p.transaction AND x.pid IS NULL) AS tables
FROM pg_prepared_xacts p
WHERE p.database = current_database() AND clock_timestamp() - p.prepared > $1 * interval '1 millisecond'
ORDER BY p.prepared`;

/** Prepared transactions older than this. */
export async function findPrepared(
  { client }: Pick<Patient, "client">,
  idleMs = IDLE_MS,
): Promise<Diagnosis[]> {
  const { rows } = await client.query<{
    gid: string;
    owner: string;
    since: string;
    tables: string[];
  }>(PREPARED, [idleMs]);
  return rows.map(({ gid, owner, since, tables }) => {
    const held = tables.length === 0 ? "" : ` and holds a lock on ${tables.join(", ")}`;
    const message = `was prepared by ${owner} at ${since}${held}`;
    const advice = `ask whoever prepared it; else, as ${owner} or a superuser, in this database`;
    const statements = [`ROLLBACK PREPARED ${escapeLiteral(gid)}`];
    return diagnose(PREPARED_TRANSACTION, gid, message, advice, statements);
  });
}
