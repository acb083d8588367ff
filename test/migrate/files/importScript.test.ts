import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { importScript } from "../../../migrate/files/importScript";
import { createProject, removeProjects } from "../support/project";

afterAll(() => {
  removeProjects();
});

const pathOf = (text: string): string =>
  join(createProject({ "1_a.mjs": text }).folder, "migrations/1_a.mjs");

it("gives what a script exports, however long the limit is", async () => {
  const loaded = await importScript<{ up: unknown }>(pathOf("export const up = 7;"), 60_000);
  expect(loaded.up).toBe(7);
  expect(process.listenerCount("beforeExit")).toBe(before);
});

it("gives a script up that waits too long", async () => {
  const path = pathOf("await new Promise((done) => setTimeout(done, 60_000).unref());");
  await expect(importScript(path, 50)).rejects.toThrow("waits at its top level for something");
  expect(process.listenerCount("beforeExit")).toBe(before);
});

const before = process.listenerCount("beforeExit");
