import { execFileSync } from "node:child_process";

interface Process {
  pid: number;
  parent: number;
  command: string;
}

/** Everything that this process started, directly or not; children come after their parents. */
export function descendants(of = process.pid): Process[] {
  const listing = execFileSync("ps", ["-Ao", "pid=,ppid=,args="], {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  const all = listing.split("\n").flatMap((line): Process[] => {
    const match = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line);
    if (match === null) return [];
    const [, pid, parent, command = ""] = match;
    return [{ pid: Number(pid), parent: Number(parent), command }];
  });
  const found: Process[] = [];
  const collect = (parent: number): void => {
    for (const child of all.filter((candidate) => candidate.parent === parent)) {
      found.push(child);
      collect(child.pid);
    }
  };
  collect(of);
  return found.filter(({ command }) => !command.startsWith("ps -Ao"));
}

/** Ends a process that may have ended by itself. */
export function end(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has.
  }
}

/**
 * Runs `act`, and kills whatever it started when that takes too long: a program that throws in the
 * wrong place fills the machine's memory.
 */
export async function withTimeLimit<T>(milliseconds: number, act: () => Promise<T>): Promise<T> {
  const limit = new AbortController();
  const timer = setTimeout(() => {
    limit.abort();
    for (const { pid } of descendants().reverse()) end(pid, "SIGKILL");
  }, milliseconds);
  try {
    return await act();
  } catch (error) {
    if (!limit.signal.aborted) throw error;
    throw new Error(`killed after ${milliseconds / 1000} s`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
