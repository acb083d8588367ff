import { execFile } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

/** A server that somebody else has started on kept data. */
export interface RunningServer {
  pid: number;
  port: number;
}

/** How long a server may take to start or to end. */
const PATIENCE_MS = 30_000;

/**
 * The server that runs on these data; null when none does. A lock file that a killed server left is
 * removed: PostgreSQL would refuse to start when another process has its number by now.
 */
export async function findRunning(data: string): Promise<RunningServer | null> {
  const lockFile = join(data, "postmaster.pid");
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const lines = (await readFile(lockFile, "utf8").catch(() => "")).split("\n");
    const pid = Number(lines[0]);
    if (!Number.isInteger(pid) || pid <= 0) return null;
    const command = await commandOf(pid);
    if (command?.includes(data) === false) await rm(lockFile, { force: true });
    // Of a process that hides its command the server itself decides.
    if (command?.includes(data) !== true) return null;
    // As `pg_ctl` reads it: the fourth line is the port, the eighth the state.
    if (lines[7]?.trim() === "ready") return { pid, port: Number(lines[3]) };
    if (Date.now() > deadline) {
      throw new Error(
        `the server of process ${pid} neither starts nor ends; end it with kill ${pid}`,
      );
    }
    await sleep(50);
  }
}

/** Command line of a process, empty when there is none of that number; null when it cannot be read. */
async function commandOf(pid: number): Promise<string | null> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return "";
  }
  try {
    return (await readFile(`/proc/${pid}/cmdline`, "utf8")).replaceAll("\0", " ");
  } catch {
    // No /proc on macOS.
    const args = ["-ww", "-o", "args=", "-p", String(pid)];
    return promisify(execFile)("ps", args).then(
      ({ stdout }) => stdout,
      () => null,
    );
  }
}
