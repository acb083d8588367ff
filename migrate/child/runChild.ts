import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import type { Environment } from "../settings/environment";

/** A program and its arguments. */
export type ChildCommand = readonly [string, ...string[]];

/** Runs a program on this process's streams; gives its exit code, 128 and the number of a signal. */
export function runChild(
  [program, ...args]: ChildCommand,
  env: Environment,
  { isJson }: { /** Whether stdout belongs to the document, not to the child. */ isJson: boolean },
): Promise<number> {
  return new Promise((resolve, reject) => {
    const stdio = ["inherit", isJson ? process.stderr : "inherit", "inherit"] as const;
    const child = spawn(program, args, { env, stdio: [...stdio] });
    const stop = forwardSignals(child);
    child.once("error", (error) => {
      stop();
      reject(new Error(`cannot run ${program}: ${error.message}`, { cause: error }));
    });
    child.once("exit", (code, signal) => {
      stop();
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

const FORWARDED = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The child decides what a signal means; a terminal has sent Ctrl-C to it already. */
function forwardSignals(child: ChildProcess): () => void {
  const listeners = FORWARDED.map((signal) => {
    const listener = (): void => {
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    };
    process.removeAllListeners(signal);
    process.on(signal, listener);
    return { signal, listener };
  });
  return () => {
    for (const { signal, listener } of listeners) process.off(signal, listener);
  };
}
