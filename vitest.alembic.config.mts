import { defineConfig } from "vitest/config";

/** Needs Python and its package index; fails without one. */
export default defineConfig({
  test: {
    include: ["test/alembic/**/*.test.ts"],
    globalSetup: "test/alembic/globalSetup.ts",
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 600_000,
    hookTimeout: 300_000,
    reporters: ["default", "./test/helpers/closingLine.ts"],
  },
});
