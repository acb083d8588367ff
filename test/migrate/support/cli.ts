import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface CliRun {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface CliOptions {
  cwd: string;
  env: Record<string, string>;
}

export interface RunningCli {
  child: ChildProcess;
  /** Resolves when stderr holds `text`; fails when the process ends without it. */
  says(text: string): Promise<void>;
  done: Promise<CliRun>;
}

const CLI = join(__dirname, "../../../dist/migrate/cli.js");
const LIBRARY_CLI = join(__dirname, "../../../node_modules/node-pg-migrate/bin/node-pg-migrate.js");

/** Starts the compiled tool as a process of its own, with nothing of our environment but PATH. */
export function startCli(args: string[], options: CliOptions): RunningCli {
  return start(CLI, args, options);
}

export function runCli(args: string[], options: CliOptions): Promise<CliRun> {
  return start(CLI, args, options).done;
}

/** Plain node-pg-migrate, as people have it. */
export function runLibrary(args: string[], options: CliOptions): Promise<CliRun> {
  return start(LIBRARY_CLI, args, options).done;
}

/** The one JSON document on stdout; fails when there is anything else. */
export function documentOf(run: CliRun): Record<string, unknown> {
  return JSON.parse(run.stdout) as Record<string, unknown>;
}

function start(script: string, args: string[], { cwd, env }: CliOptions): RunningCli {
  const child = spawn(process.execPath, [script, ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const done = new Promise<CliRun>((resolve) => {
    child.once("close", (code) => {
      resolve({ code, stdout, stderr });
    });
  });
  const says = async (text: string): Promise<void> => {
    while (!stderr.includes(text)) {
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`it ended without ${JSON.stringify(text)}: ${stderr}`);
      }
      await sleep(20);
    }
  };
  return { child, says, done };
}
