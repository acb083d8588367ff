import type { Client } from "pg";
import type { LockMode } from "../../../../migrate/sql/locks/modes";
import { type Statement, parseSql } from "../../../../migrate/sql/parseSql";
import { stateOf } from "./ask";
import { untilBlocked } from "./blocked";
import { type Seen, type SeenAll, pidOf, watchInTransaction } from "./inTransaction";
import type { Scene } from "./stage";
import {
  type Stored,
  compareCounts,
  countAll,
  findRewritten,
  readLocks,
  readTables,
} from "./watch";

/** Runs the steps of a script outside a transaction, each as one query. */
export async function watchAlone(
  scene: Scene,
  steps: readonly string[],
  tables: ReadonlyMap<number, Stored>,
): Promise<SeenAll> {
  const seen: Seen[] = [];
  for (const step of steps) {
    const statements = await parseSql(step);
    const watch = statements.some(isAlone) ? watchHeldUp : watchStep;
    const one = await watch(scene, step, tables);
    seen.push(...one.seen);
    if (one.fails !== null) return { seen, fails: one.fails };
  }
  return { seen, fails: null };
}

/** Whether PostgreSQL refuses it inside a transaction. */
function isAlone({ kind, node }: Statement): boolean {
  const text = JSON.stringify(node);
  if (kind === "VacuumStmt") return node.is_vacuumcmd === true;
  return /"concurrent":true|"defname":"concurrently"/.test(text) && kind !== "RefreshMatViewStmt";
}

/** A query is a transaction of its own, so it shows its locks when that is kept open. */
async function watchStep(
  { migrator }: Scene,
  step: string,
  tables: ReadonlyMap<number, Stored>,
): Promise<SeenAll> {
  await migrator.query("BEGIN");
  const seen = await watchInTransaction(migrator, [step], tables);
  await migrator.query("COMMIT");
  return seen;
}

/**
 * Runs a step while others hold every table, looks at what it asks for whenever it waits for one of them,
 * and lets that one go: so each lock that it takes is seen, however short.
 */
async function watchHeldUp(
  { migrator, connect }: Scene,
  step: string,
  tables: ReadonlyMap<number, Stored>,
): Promise<SeenAll> {
  const [files, counts] = [await readTables(migrator), await countAll(migrator)];
  const [watcher, pid] = [await connect(), await pidOf(migrator)];
  const holders = await hold(connect, tables);
  const locks: [number, LockMode][] = [];
  const running = migrator.query(step);
  for (;;) {
    const blocking = await untilBlocked(watcher, pid, running);
    if (blocking.length === 0) break;
    locks.push(...(await readLocks(watcher, pid)));
    for (const blocker of blocking) await holders.get(blocker)?.query("COMMIT");
  }
  for (const holder of holders.values()) await holder.query("COMMIT");
  const fails = await running.then(() => null, stateOf);
  const rewrites = findRewritten(files, await readTables(migrator));
  const work = compareCounts(counts, await countAll(migrator), tables);
  return { seen: [{ locks, rewrites, ...work }], fails };
}

/** Sessions by their process: one that would alter each table, one that writes, one that reads. */
async function hold(
  connect: Scene["connect"],
  tables: ReadonlyMap<number, Stored>,
): Promise<Map<number, Client>> {
  const all = [...tables.values()].filter(({ name }) => !/^(order_totals|open_orders)$/.test(name));
  const names = (kept: readonly Stored[]): string => kept.map(({ name }) => name).join(", ");
  const parts = all.filter(({ file }) => file !== null);
  const holders = new Map<number, Client>();
  for (const [held, mode] of [
    [all, "SHARE UPDATE EXCLUSIVE"],
    [all, "ROW EXCLUSIVE"],
    // Not of what has partitions: one of those is asked for when all else is done.
    [parts, "ACCESS SHARE"],
  ] as const) {
    const client = await connect();
    await client.query(`BEGIN; LOCK TABLE ${names(held)} IN ${mode} MODE`);
    holders.set(await pidOf(client), client);
  }
  return holders;
}
