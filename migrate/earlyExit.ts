import { SIGNAL_EXIT_CODES } from "./interrupt";

/**
 * Runs `report` when the process ends before the function given back was called. Migrations are programs:
 * one can call `process.exit(0)`, or wait for what never comes, and Node would then end with 0 although
 * nothing is done. A second signal ends the process in its own way.
 */
export function onEarlyExit(signal: AbortSignal, report: (message: string) => void): () => void {
  const interrupted = Object.values(SIGNAL_EXIT_CODES);
  const onExit = (code: number): void => {
    if (signal.aborted && interrupted.includes(code)) return;
    process.exitCode = 1;
    report(EARLY_EXIT);
  };
  process.once("exit", onExit);
  return () => {
    process.off("exit", onExit);
  };
}

const EARLY_EXIT =
  "the process ended before the command was done: does a migration, or what it imports, call process.exit, or wait for something that never comes?";
