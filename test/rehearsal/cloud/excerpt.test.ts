import { expect, it } from "vitest";
import { excerpt } from "../../../rehearsal/cloud/excerpt";

const CRASH = [
  "node:internal/modules/cjs/loader:1404",
  "  throw err;",
  "  ^",
  "",
  "Error: Cannot find module 'express'",
  "Require stack:",
  ...Array.from({ length: 20 }, (_, line) => `    at step ${line}`),
];

it("keeps the reason that stands before a long stack", () => {
  expect(excerpt(CRASH, 3)).toEqual([
    "Error: Cannot find module 'express'",
    "…",
    "    at step 17",
    "    at step 18",
    "    at step 19",
  ]);
});

it("keeps a reason that another tool has indented, after its own error", () => {
  const log = [
    "ERROR: (gcloud.run.services.update) not ready",
    ...CRASH.map((line) => `  ${line}`),
  ];
  expect(excerpt(log, 1)).toEqual([
    log[0],
    "  Error: Cannot find module 'express'",
    "…",
    log.at(-1),
  ]);
});

it("is the whole of a short log, and only the end of one without an error", () => {
  expect(excerpt(CRASH, 100)).toEqual(CRASH);
  expect(excerpt(["no error here", "b", "c"], 2)).toEqual(["b", "c"]);
});
