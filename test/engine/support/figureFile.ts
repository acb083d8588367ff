import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

/** What one command took. */
export interface Figure {
  subject: string;
  command: string;
  /** Resources that the command made, changed or took away. */
  resources: number;
  /** Calls to the provider that are requests to Google Cloud outside a test. */
  calls: number;
  seconds: number;
}

const FILE = join(process.cwd(), "dist", "engine-figures.jsonl");

/** Tests run in several processes, so the figures meet in a file. */
export function keepFigure(figure: Figure): void {
  mkdirSync(dirname(FILE), { recursive: true });
  appendFileSync(FILE, `${JSON.stringify(figure)}\n`);
}

export function keptFigures(): Figure[] {
  if (!existsSync(FILE)) return [];
  const lines = readFileSync(FILE, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Figure);
}

export function forgetFigures(): void {
  rmSync(FILE, { force: true });
}
