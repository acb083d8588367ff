import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/alembic/**", "test/engine/**", "test/gcloud/**"],
    pool: "forks", // Pulumi's mocks are global to a process
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 60_000,
    reporters: ["default", "./test/helpers/closingLine.ts"],
  },
});
