import { defineConfig } from "vitest/config";

/** Needs a Pulumi CLI on PATH; fails without one. */
export default defineConfig({
  test: {
    include: ["test/engine/**/*.test.ts"],
    globalSetup: "test/engine/globalSetup.ts",
    setupFiles: "test/engine/setup.ts",
    pool: "forks",
    // An engine, its language host, the program and the provider are four processes.
    maxWorkers: 2,
    testTimeout: 600_000,
    hookTimeout: 300_000,
    reporters: ["default", "./test/engine/report.ts", "./test/helpers/closingLine.ts"],
  },
});
