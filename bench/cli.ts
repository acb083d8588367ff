import yargs from "yargs";
import { type BenchResult, benchDiff } from "./diff";

const BENCHMARKS: Readonly<Record<string, (runs: number) => Promise<BenchResult>>> = {
  diff: benchDiff,
};

/** Runs the benchmarks, each with its sides by turns, for machines are noisy. */
async function main(): Promise<void> {
  const { only, json, runs } = await yargs(process.argv.slice(2))
    .usage("$0: benchmarks, as ratios of sides that are measured by turns")
    .option("only", { choices: Object.keys(BENCHMARKS), describe: "one of them" })
    .option("runs", { type: "number", default: 5, describe: "how often each side is measured" })
    .option("json", { type: "boolean", default: false, describe: "one document on stdout" })
    .strict()
    .parseAsync();
  const results: BenchResult[] = [];
  for (const [name, bench] of Object.entries(BENCHMARKS)) {
    if (only === undefined || only === name) results.push(await bench(Math.max(1, runs)));
  }
  const lines = json
    ? [JSON.stringify({ formatVersion: 1, command: "bench", results }, null, 2)]
    : results.map(toLine);
  process.stdout.write(`${lines.join("\n")}\n`);
}

function toLine({ name, medians, ratio, runs }: BenchResult): string {
  const sides = Object.entries(medians).map(([side, ms]) => `${side} ${ms} ms`);
  return `${name}: ${sides.join(", ")}: ${ratio.toFixed(2)} times (median of ${runs})`;
}

void main();
