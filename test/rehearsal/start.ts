import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { RehearsalResult } from "../../rehearsal/result";

const CLI = join(__dirname, "..", "..", "dist", "rehearsal", "cli.js");

/** A run of `npm start`, as a process of its own. */
export interface Start {
  child: ChildProcess;
  /** Everything that it makes is below this folder, or names it. */
  folder: string;
  /** Lines of stderr so far. */
  lines: string[];
  /** Resolves at the first line of stderr that matches. */
  line(pattern: RegExp): Promise<string>;
  ended: Promise<{ exitCode: number | null; signal: NodeJS.Signals | null; stdout: string }>;
}

/** Starts the compiled rehearsal with a folder of its own for temporary files. */
export function start(...flags: string[]): Start {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "start-"));
  // As root the database server runs as another user, who has to get in.
  chmodSync(folder, 0o755);
  const child = spawn(process.execPath, [CLI, ...flags], {
    env: { ...process.env, TMPDIR: folder },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  createInterface(child.stderr).on("line", (text) => {
    lines.push(text);
    for (const check of waiting) check();
  });
  let stdout = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  const ended = once(child, "close").then(([exitCode, signal]) => ({
    exitCode: exitCode as number | null,
    signal: signal as NodeJS.Signals | null,
    stdout,
  }));
  return {
    child,
    folder,
    lines,
    line: (pattern) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          const found = lines.find((text) => pattern.test(text));
          if (found === undefined) return;
          waiting.delete(check);
          resolve(found);
        };
        waiting.add(check);
        check();
        void ended.then(() => {
          reject(new Error(`ended without ${String(pattern)}:\n${lines.join("\n")}`));
        });
      }),
    ended,
  };
}

/** Runs it with `--json` to its end. */
export async function startJson(
  ...flags: string[]
): Promise<{ exitCode: number | null; result: RehearsalResult; stderr: string; stdout: string }> {
  const run = start("--json", ...flags);
  const { exitCode, stdout } = await run.ended;
  const stderr = run.lines.join("\n");
  if (stdout === "") throw new Error(`no result, exit code ${String(exitCode)}:\n${stderr}`);
  return { exitCode, result: JSON.parse(stdout) as RehearsalResult, stderr, stdout };
}
