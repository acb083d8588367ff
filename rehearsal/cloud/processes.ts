import { type ChildProcess, spawn } from "node:child_process";
import { constants as modes } from "node:fs";
import { access } from "node:fs/promises";
import { constants } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Watchdog } from "../../migrate";

/** What a process is started with. Its environment is exactly `env`. */
export interface ProcessOptions {
  argv: string[];
  cwd: string;
  env: Record<string, string>;
  onLine: (line: string) => void;
}

/** A process in a group of its own, with everything it starts. */
export interface RunningProcess {
  pid: number;
  /** 127 when the program is not there, 128 + n after signal n. */
  exited: Promise<number>;
  /** SIGTERM to the group, SIGKILL after the grace. Resolves when it has ended. */
  stop(graceMs: number): Promise<number>;
}

/** Starts processes and ends them: none outlives `stopAll` or this process. */
export class Processes {
  private readonly running = new Map<number, RunningProcess>();
  private isClosed = false;

  constructor(private readonly watchdog: Watchdog) {}

  /** Processes that have not ended. */
  alive(): number[] {
    return [...this.running.keys()];
  }

  async start(options: ProcessOptions): Promise<RunningProcess> {
    const [name = "", ...args] = options.argv;
    const program = await findProgram(name, options.cwd, options.env.PATH ?? "");
    if (program === null) return notStarted(options, `${name}: executable file not found in $PATH`);
    if (this.isClosed) return notStarted(options, "the rehearsal is ending");
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const { pid } = child;
    if (pid === undefined) {
      const error = await new Promise<Error>((resolve) => {
        child.once("error", resolve);
      });
      return notStarted(options, `${name}: ${error.message}`);
    }
    return this.watch(child, pid, options);
  }

  private watch(child: ChildProcess, pid: number, options: ProcessOptions): RunningProcess {
    this.watchdog.watchGroup(pid);
    const flushed = Promise.all([
      readLines(child.stdout, options.onLine),
      readLines(child.stderr, options.onLine),
    ]);
    const exited = new Promise<number>((resolve) => {
      child.once("exit", (code, signal) => {
        // As in a container, everything ends with the first process.
        signalGroup(pid, "SIGKILL");
        this.watchdog.forgetGroup(pid);
        this.running.delete(pid);
        const exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
        // A process that left the group may hold the pipes open.
        void Promise.race([flushed, sleep(500, null, { ref: false })]).then(() => {
          resolve(exitCode);
        });
      });
    });
    const process: RunningProcess = {
      pid,
      exited,
      stop: async (graceMs) => {
        signalGroup(pid, "SIGTERM");
        const killer = setTimeout(() => {
          signalGroup(pid, "SIGKILL");
        }, graceMs);
        const code = await exited;
        clearTimeout(killer);
        return code;
      },
    };
    this.running.set(pid, process);
    return process;
  }

  /** Ends every process and starts none any more. */
  async stopAll(graceMs: number): Promise<void> {
    this.isClosed = true;
    await Promise.all([...this.running.values()].map((process) => process.stop(graceMs)));
  }
}

function notStarted({ onLine }: ProcessOptions, reason: string): RunningProcess {
  onLine(`exec: ${reason}`);
  return { pid: 0, exited: Promise.resolve(127), stop: () => Promise.resolve(127) };
}

function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // macOS answers EPERM for a group of which only the ended leader is left.
    if (code !== "ESRCH" && code !== "EPERM") throw error;
  }
}

/** Where a program is, by the container's own PATH. */
export async function findProgram(name: string, cwd: string, path: string): Promise<string | null> {
  const candidates = name.includes("/")
    ? [isAbsolute(name) ? name : join(cwd, name)]
    : path
        .split(delimiter)
        .map((folder) => join(isAbsolute(folder) ? folder : join(cwd, folder), name));
  for (const candidate of candidates) {
    if (await isExecutable(candidate)) return candidate;
  }
  return null;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, modes.X_OK);
    return true;
  } catch {
    return false;
  }
}

function readLines(
  stream: NodeJS.ReadableStream | null,
  onLine: (line: string) => void,
): Promise<void> {
  if (stream === null) return Promise.resolve();
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line.replace(/\r$/, ""));
  });
  return new Promise((resolve) => {
    const finish = (): void => {
      if (rest !== "") onLine(rest);
      rest = "";
      resolve();
    };
    stream.once("close", finish);
    stream.once("error", finish);
  });
}
