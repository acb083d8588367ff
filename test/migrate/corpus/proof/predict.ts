import type { Client } from "pg";
import { type TableLock } from "../../../../migrate/sql/locks/lock";
import { locksOf } from "../../../../migrate/sql/locks/locksOf";
import { type LockMode, strengthOf } from "../../../../migrate/sql/locks/modes";
import { parseSql } from "../../../../migrate/sql/parseSql";

/** What `locksOf` says of statements together. */
export interface Prediction {
  locks: Record<string, LockMode>;
  /** By table; true where one statement does it, null where one may. */
  rewrites: Record<string, boolean | null>;
  reads: Record<string, boolean | null>;
}

/** Of tables that were there; `indexes` are the tables of indexes. */
export async function predict(
  statements: readonly string[],
  existing: ReadonlySet<string>,
  indexes: ReadonlyMap<string, string>,
): Promise<Prediction> {
  const prediction: Prediction = { locks: {}, rewrites: {}, reads: {} };
  for (const sql of statements) {
    for (const statement of await parseSql(sql)) {
      for (const lock of locksOf(statement)) {
        const table = tableOf(lock, indexes);
        if (existing.has(table)) add(prediction, table, lock);
      }
    }
  }
  return prediction;
}

function tableOf(
  { relation: { schema, name, isIndex } }: TableLock,
  indexes: ReadonlyMap<string, string>,
): string {
  if (isIndex) return indexes.get(name) ?? `the table of ${name}`;
  return schema === null || schema === "public" ? name : `${schema}.${name}`;
}

function add({ locks, rewrites, reads }: Prediction, table: string, lock: TableLock): void {
  const known = locks[table];
  if (known === undefined || strengthOf(lock.mode) > strengthOf(known)) locks[table] = lock.mode;
  rewrites[table] = either(rewrites[table], lock.rewrites);
  reads[table] = either(reads[table], lock.scans);
}

function either(a: boolean | null | undefined, b: boolean | null): boolean | null {
  if (a === true || b === true) return true;
  return a === null || b === null ? null : false;
}

export async function readIndexes(client: Client): Promise<Map<string, string>> {
  const { rows } = await client.query<{ index: string; table: string }>(
    `SELECT i.relname AS index, t.relname AS table FROM pg_index x
     JOIN pg_class i ON i.oid = indexrelid JOIN pg_class t ON t.oid = indrelid
     WHERE t.relnamespace = 'public'::regnamespace`,
  );
  return new Map(rows.map(({ index, table }) => [index, table]));
}
