import { spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { createProject } from "./project";

/** What one run of a benchmark says. */
export interface BenchResult {
  name: string;
  /** Median of each side, in ms. */
  medians: Record<string, number>;
  /** The second side by the first. */
  ratio: number;
  runs: number;
}

const CLI = join(__dirname, "../migrate/cli.js");
const FEW = 3;
const MANY = 300;

/** `diff --check` of one new column: in few tables, and in many, by turns. */
export async function benchDiff(runs: number): Promise<BenchResult> {
  const sizes = [FEW, MANY];
  const folders = await Promise.all(sizes.map(createProject));
  const times = new Map<number, number[]>(sizes.map((size) => [size, []]));
  try {
    for (let run = 0; run < runs; run++) {
      for (const [index, size] of sizes.entries()) {
        times.get(size)?.push(await timeDiff(folders[index] ?? ""));
      }
    }
  } finally {
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  }
  const [few, many] = sizes.map((size) => medianOf(times.get(size) ?? []));
  const medians = { [`${FEW} tables`]: few ?? 0, [`${MANY} tables`]: many ?? 0 };
  return { name: "diff", medians, ratio: (many ?? 0) / (few ?? 1), runs };
}

async function timeDiff(cwd: string): Promise<number> {
  const begin = performance.now();
  const args = [CLI, "diff", "--check", "--schema", "schema.sql"];
  const child = spawn(process.execPath, args, { cwd, stdio: "ignore" });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", resolve);
  });
  // They differ, and it says so.
  if (code !== 2) throw new Error(`diff ended with ${String(code)}`);
  return performance.now() - begin;
}

function medianOf(values: readonly number[]): number {
  return Math.round(values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0);
}
