import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { cliOnPath } from "./support/cli";
import { forgetFigures } from "./support/figureFile";

/** Needs a CLI, and the stand-in provider as something that Node.js can run. */
export default function setup(): void {
  try {
    cliOnPath();
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exit(1);
  }
  forgetFigures();
  const compiler = require.resolve("typescript/bin/tsc");
  const project = join(__dirname, "tsconfig.provider.json");
  const { status } = spawnSync(process.execPath, [compiler, "-p", project], { stdio: "inherit" });
  if (status !== 0) throw new Error("the stand-in provider does not compile");
}
