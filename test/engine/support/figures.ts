import type { Run } from "./engine";
import { changes } from "./expectations";
import { keepFigure } from "./figureFile";

/** Keeps what a command took for docs/engine.md. */
export function figure(subject: string, command: string, run: Run): void {
  const resources = Object.values(changes(run)).reduce((sum, count) => sum + count, 0);
  keepFigure({ subject, command, resources, calls: run.calls.length, seconds: run.seconds });
}
