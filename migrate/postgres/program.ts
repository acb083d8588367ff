import { type ChildProcess, spawn } from "node:child_process";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Site } from "./site";

/** Starts a program of the server in a group of its own, as its user. */
export async function run(site: Site, program: string, args: string[]): Promise<ChildProcess> {
  const log = await open(site.log, "a");
  try {
    const child = spawn(join(site.native, "bin", program), args, {
      cwd: site.folder,
      detached: true,
      // No PG* of the caller: they would change what initdb and the server do.
      env: { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" },
      stdio: ["ignore", log.fd, log.fd],
      ...(site.user === null ? {} : { uid: site.user.uid, gid: site.user.gid }),
    });
    const { pid } = child;
    if (pid === undefined) {
      const error = await new Promise((resolve) => {
        child.once("error", resolve);
      });
      throw new Error(`${program} cannot be started`, { cause: error });
    }
    site.watchdog.watchGroup(pid, "INT");
    child.once("exit", () => {
      site.watchdog.forgetGroup(pid);
    });
    child.unref();
    return child;
  } finally {
    await log.close();
  }
}

/** The exit code, once it has ended; null after a signal. */
export function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  child.ref();
  return new Promise((resolve) => {
    child.once("exit", resolve);
  });
}

/** SIGINT ends open sessions and stops in order; SIGQUIT is for a server that hangs. */
export async function end(child: ChildProcess): Promise<void> {
  const ended = exitOf(child);
  for (const signal of ["SIGINT", "SIGQUIT", "SIGKILL"] as const) {
    child.kill(signal);
    const gaveUp = new AbortController();
    const late = sleep(8000, "late", { signal: gaveUp.signal, ref: false }).catch(() => "ended");
    if ((await Promise.race([ended, late])) !== "late") {
      gaveUp.abort();
      return;
    }
  }
}

/** The last lines of a file. */
export async function tail(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text.trim().split("\n").slice(-20).join("\n");
}
