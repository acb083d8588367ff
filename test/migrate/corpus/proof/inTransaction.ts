import type { Client } from "pg";
import type { LockMode } from "../../../../migrate/sql/locks/modes";
import { stateOf } from "./ask";
import {
  type Stored,
  compareCounts,
  countInTransaction,
  findRewritten,
  readLocks,
  readTables,
} from "./watch";

/** What one statement, or one step of a script, was seen to do. */
export interface Seen {
  locks: [number, LockMode][];
  rewrites: string[];
  reads: string[];
  writes: string[];
}

/** What was seen of one after the other, and the state with which the last one failed. */
export interface SeenAll {
  seen: Seen[];
  fails: string | null;
}

/** Runs statements in the transaction that is open, and looks after each at what it holds by then. */
export async function watchInTransaction(
  client: Client,
  statements: readonly string[],
  tables: ReadonlyMap<number, Stored>,
): Promise<SeenAll> {
  const pid = await pidOf(client);
  const seen: Seen[] = [];
  let [files, counts] = [await readTables(client), await countInTransaction(client)];
  for (const sql of statements) {
    try {
      await client.query(sql);
    } catch (error) {
      return { seen, fails: stateOf(error) };
    }
    const [filesAfter, countsAfter] = [await readTables(client), await countInTransaction(client)];
    seen.push({
      locks: await readLocks(client, pid),
      rewrites: findRewritten(files, filesAfter),
      ...compareCounts(counts, countsAfter, tables),
    });
    [files, counts] = [filesAfter, countsAfter];
  }
  return { seen, fails: null };
}

export async function pidOf(client: Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  return rows[0]!.pid;
}
