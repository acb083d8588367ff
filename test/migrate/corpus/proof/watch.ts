import type { Client } from "pg";
import { LOCK_MODES, type LockMode, strengthOf } from "../../../../migrate/sql/locks/modes";
import { ROWS } from "../shop";

/** A table or materialized view as it is stored. */
export interface Stored {
  name: string;
  oid: number;
  file: number | null;
  isEmpty: boolean;
  isMaterializedView: boolean;
}

/** All tables, by oid: a renamed one stays the same. */
export async function readTables(client: Client): Promise<Map<number, Stored>> {
  const { rows } = await client.query<Stored>(
    `SELECT CASE nspname WHEN 'public' THEN '' ELSE nspname || '.' END || relname AS name, c.oid,
       pg_relation_filenode(c.oid) AS file, coalesce(pg_relation_size(c.oid), 0) = 0 AS "isEmpty",
       relkind = 'm' AS "isMaterializedView"
     FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
     WHERE relkind IN ('r', 'p', 'm', 'v') AND nspname IN ('public', 'reports')`,
  );
  return new Map(rows.map((row) => [row.oid, row]));
}

/** Names of those that have been written anew with rows in them. */
export function findRewritten(
  before: ReadonlyMap<number, Stored>,
  after: ReadonlyMap<number, Stored>,
): string[] {
  return [...before.values()].flatMap(({ oid, name, file }) => {
    const now = after.get(oid);
    return now === undefined || now.isEmpty || now.file === file ? [] : [name];
  });
}

/** Locks that a session holds or waits for, by the table's oid. */
export async function readLocks(client: Client, pid: number): Promise<[number, LockMode][]> {
  const { rows } = await client.query<{ relation: number; mode: string }>(
    "SELECT relation, mode FROM pg_locks WHERE locktype = 'relation' AND pid = $1",
    [pid],
  );
  return rows.map(({ relation, mode }) => [relation, spell(mode)]);
}

/** `AccessExclusiveLock` as everybody else calls it. */
function spell(mode: string): LockMode {
  const spelt = mode.replace(/Lock$/, "").replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ");
  const found = LOCK_MODES.find((known) => known === spelt.toUpperCase());
  if (found === undefined) throw new Error(`${mode} is no lock mode`);
  return found;
}

/** The strongest lock on each table that was there, but those that every query takes. */
export function strongest(
  locks: Iterable<readonly [number, LockMode]>,
  tables: ReadonlyMap<number, Stored>,
): Record<string, LockMode> {
  const found: Record<string, LockMode> = {};
  for (const [oid, mode] of locks) {
    const name = tables.get(oid)?.name;
    if (name === undefined || strengthOf(mode) < strengthOf("SHARE UPDATE EXCLUSIVE")) continue;
    const known = found[name];
    if (known === undefined || strengthOf(mode) > strengthOf(known)) found[name] = mode;
  }
  return found;
}

/** What a session has counted so far at a table. */
export interface Count {
  read: number;
  /** Rows that were there and are not, or are others, for which somebody else may wait. */
  written: number;
}
export type Counts = ReadonlyMap<number, Count>;

const COUNTS = `SELECT relid, seq_tup_read AS read, n_tup_upd + n_tup_del AS written`;

/** Of the transaction that is open; what earlier ones have not told the server yet is in it. */
export function countInTransaction(client: Client): Promise<Counts> {
  return readCounts(client, `${COUNTS} FROM pg_stat_xact_user_tables`);
}

/** Of all transactions that are over. */
export async function countAll(client: Client): Promise<Counts> {
  await client.query("SET stats_fetch_consistency = none; SELECT pg_stat_force_next_flush()");
  return readCounts(client, `${COUNTS} FROM pg_stat_user_tables`);
}

async function readCounts(client: Client, sql: string): Promise<Counts> {
  const { rows } = await client.query<{ relid: number; read: string; written: string }>(sql);
  return new Map(
    rows.map(({ relid, read, written }) => [
      relid,
      { read: Number(read), written: Number(written) },
    ]),
  );
}

// Most of a table's rows, and more than a batch.
const WHOLE = ROWS * 0.9;
const MANY = 10_000;

/** Tables that were read whole, and those of which many rows were written, between two counts. */
export function compareCounts(
  before: Counts,
  after: Counts,
  tables: ReadonlyMap<number, Stored>,
): { reads: string[]; writes: string[] } {
  const [reads, writes]: [string[], string[]] = [[], []];
  for (const [oid, { read, written }] of after) {
    const name = tables.get(oid)?.name;
    if (name === undefined) continue;
    if (read - (before.get(oid)?.read ?? 0) >= WHOLE) reads.push(name);
    if (written - (before.get(oid)?.written ?? 0) > MANY) writes.push(name);
  }
  return { reads, writes };
}
