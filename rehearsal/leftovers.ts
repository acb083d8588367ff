import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** What a rehearsal made outside its own process. */
export interface Traces {
  /** Folders that only this rehearsal uses. */
  folders: string[];
  /** Processes that it was told of. */
  pids: number[];
}

/** Counts what is still there. */
export function countLeftovers({ folders, pids }: Traces): { processes: number; folders: number } {
  return {
    processes: findProcesses({ folders, pids }).length,
    folders: folders.filter((folder) => existsSync(folder)).length,
  };
}

/** Processes that were told of or that name one of the folders: as program, argument, or place. */
export function findProcesses({ folders, pids }: Traces): number[] {
  const found = listProcesses().filter(
    ({ pid, text }) => pids.includes(pid) || folders.some((folder) => text.includes(folder)),
  );
  return found.map(({ pid }) => pid).filter((pid) => pid !== process.pid);
}

interface RunningProcess {
  pid: number;
  /** Program, arguments, environment and working directory, as far as they can be read. */
  text: string;
}

function listProcesses(): RunningProcess[] {
  return existsSync("/proc/self/cmdline") ? fromProc() : fromPs();
}

function fromProc(): RunningProcess[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const folder = join("/proc", name);
      // A process that has ended but was not waited for yet keeps nothing.
      if (/^State:\s+[ZX]/m.test(attempt(() => readFileSync(join(folder, "status"), "utf8")))) {
        return [];
      }
      const text = [
        attempt(() => readFileSync(join(folder, "cmdline"), "utf8")),
        attempt(() => readFileSync(join(folder, "environ"), "utf8")),
        attempt(() => readlinkSync(join(folder, "cwd"))),
        attempt(() => readlinkSync(join(folder, "exe"))),
      ];
      return [{ pid: Number(name), text: text.join("\0") }];
    });
}

/** macOS: `-E` adds the environment of the processes of this user. */
function fromPs(): RunningProcess[] {
  const lines = execFileSync("ps", ["-axww", "-E", "-o", "pid=,command="], { encoding: "utf8" });
  return lines.split("\n").flatMap((line) => {
    const [, pid, text] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), text: text ?? "" }];
  });
}

/** Another user's process, or one that has just ended, has nothing to read. */
function attempt(read: () => string): string {
  try {
    return read();
  } catch {
    return "";
  }
}
