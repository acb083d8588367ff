import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Reporter, TestModule } from "vitest/node";
import { cliOnPath } from "./support/cli";
import { keptFigures } from "./support/figureFile";
import { describeFigures, withFigures, type SuiteFacts } from "./support/figuresTable";

const PAGE = join(process.cwd(), "docs", "engine.md");

/** Says what the suite took, and with `UPDATE=1` writes it into docs/engine.md. */
export default class Report implements Reporter {
  private readonly started = performance.now();

  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const passed = tests.filter((test) => test.result().state === "passed");
    const figures = keptFigures();
    if (figures.length === 0 || modules.some((module) => !module.ok())) return;
    const facts: SuiteFacts = {
      date: new Date().toISOString().slice(0, 10),
      engine: execFileSync(cliOnPath(), ["version"], { encoding: "utf8" }).trim(),
      node: process.versions.node,
      tests: passed.length,
      minutes: Math.ceil((performance.now() - this.started) / 60_000),
    };
    process.stdout.write(`\n${describeFigures(figures, facts)}\n`);
    if (process.env["UPDATE"] !== "1") return;
    writeFileSync(PAGE, withFigures(readFileSync(PAGE, "utf8"), figures, facts));
  }
}
