import { defineConfig } from "vitest/config";

/** Needs a gcloud SDK on PATH; fails without one. */
export default defineConfig({
  test: {
    include: ["test/gcloud/**/*.test.ts"],
    testTimeout: 120_000,
    reporters: ["default", "./test/helpers/closingLine.ts"],
  },
});
