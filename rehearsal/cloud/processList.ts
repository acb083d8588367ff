import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A process of this machine, as far as it can be read. */
export interface ListedProcess {
  pid: number;
  /** Program, arguments, environment and working directory. */
  text: string;
  /** A person's shell, or what runs in it: nothing of a rehearsal has a terminal. */
  hasTerminal: boolean;
}

/** How long a process may take to be gone after SIGKILL. */
const PATIENCE_MS = 2000;

/** All processes but this one. Those that have ended and were not waited for yet are none. */
export function listProcesses(): ListedProcess[] {
  const all = existsSync("/proc/self/cmdline") ? fromProc() : fromPs();
  return all.filter(({ pid }) => pid !== process.pid);
}

/**
 * Ends the processes that have `text` in their program, arguments, environment or place: daemons left
 * their group, so nothing else leads to them. Resolves when they are gone.
 */
export async function endProcesses(text: string): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = listProcesses().filter(
      (listed) => !listed.hasTerminal && listed.text.includes(text),
    );
    if (found.length === 0 || Date.now() > end) return;
    for (const { pid } of found) kill(pid);
    // Once more: one of them may have started another meanwhile.
    await sleep(10);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Gone already, or another user's: the count tells of that one.
    if (code !== "ESRCH" && code !== "EPERM") throw error;
  }
}

function fromProc(): ListedProcess[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const folder = join("/proc", name);
      // After the program's name, which may hold anything: state, parent, group, session, terminal.
      const stat = attempt(() => readFileSync(join(folder, "stat"), "utf8"));
      const [state = "X", , , , terminal = "0"] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (state === "Z" || state === "X" || stat === "") return [];
      const text = [
        attempt(() => readFileSync(join(folder, "cmdline"), "utf8")),
        attempt(() => readFileSync(join(folder, "environ"), "utf8")),
        attempt(() => readlinkSync(join(folder, "cwd"))),
        attempt(() => readlinkSync(join(folder, "exe"))),
      ];
      return [{ pid: Number(name), text: text.join("\0"), hasTerminal: terminal !== "0" }];
    });
}

/** macOS: `-E` adds the environment of the processes of this user. */
function fromPs(): ListedProcess[] {
  const lines = execFileSync("ps", ["-axww", "-E", "-o", "pid=,tty=,command="], {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  return lines.split("\n").flatMap((line) => {
    const [, pid, terminal = "", text = ""] = /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined
      ? []
      : [{ pid: Number(pid), text, hasTerminal: !terminal.startsWith("?") }];
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
