import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";

/** The sessions that a process waits for, as soon as it waits for any; none when `running` ends before that. */
export async function untilBlocked(
  watcher: Client,
  pid: number,
  running: Promise<unknown>,
): Promise<number[]> {
  const end = { isOver: false };
  const over = (): void => {
    end.isOver = true;
  };
  running.then(over, over);
  for (;;) {
    const blocking = end.isOver ? [] : await blockersOf(watcher, pid);
    if (blocking.length > 0 || end.isOver) return blocking;
    await sleep(2);
  }
}

async function blockersOf(watcher: Client, pid: number): Promise<number[]> {
  const { rows } = await watcher.query<{ pids: number[] }>("SELECT pg_blocking_pids($1) AS pids", [
    pid,
  ]);
  return rows[0]!.pids;
}
