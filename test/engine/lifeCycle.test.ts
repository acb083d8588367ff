import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mutating } from "./support/cloud";
import { Engine, idsIn, type Run } from "./support/engine";
import { changedNothing, changes, holdsTogether, isGone, succeeded } from "./support/expectations";
import { figure } from "./support/figures";
import { ourStack } from "./support/programs";

describe.each(["dev", "production"])("the repository's stack %s", (stack) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await Engine.open(ourStack(stack));
  });
  afterAll(() => {
    engine.close();
  });

  it("is previewed without a call that changes anything", async () => {
    const run = await engine.run("preview");
    succeeded(run);
    expect(changes(run)["create"]).toBeGreaterThan(40);
    expect(changes(run)).toEqual({ create: changes(run)["create"] });
    expect(mutating(run.calls)).toEqual([]);
    expect(engine.cloud.objects()).toEqual({});
    figure(stack, "preview", run);
  });

  it("is created as it was previewed, and then is what Pulumi knows", async () => {
    const previewed = changes(await engine.run("preview"));
    const run = await engine.run("up");
    succeeded(run);
    expect(changes(run)).toEqual(previewed);
    expect(new Set(run.calls.map(({ method }) => method))).toEqual(new Set(["create", "invoke"]));
    await holdsTogether(engine);
    figure(stack, "up", run);
  });

  it("is left alone when nothing has changed", async () => {
    const run = await engine.run("up");
    changedNothing(run);
    figure(stack, "up, nothing changed", run);
    const plain = await engine.run("up", { refresh: false });
    changedNothing(plain);
  });

  it("is found as it was made", async () => {
    const before = await engine.state();
    const run = await engine.run("refresh");
    changedNothing(run);
    expect(run.calls.filter(({ method }) => method === "read")).toHaveLength(idsIn(before).length);
    figure(stack, "refresh", run);
    changedNothing(await engine.run("preview"));
  });

  it("gives out texts, and its secrets' IDs", async () => {
    const outputs = Object.entries(await engine.stack.outputs());
    expect(outputs.length).toBeGreaterThan(10);
    for (const [name, { value, secret }] of outputs) {
      expect([name, secret]).toEqual([name, false]);
      if (name === "secretIds") expect(Object.keys(value as object)).toContain("runtime_password");
      else expect([name, typeof value]).toEqual([name, "string"]);
      expect(JSON.stringify(value)).not.toContain("undefined");
    }
  });

  it("needed no plugin but the one on PATH", () => {
    expect(readdirSync(join(engine.folder, "home"))).not.toContain("plugins");
  });

  it.runIf(stack === "dev")("is gone after destroy", async () => {
    const run = await engine.run("destroy");
    succeeded(run);
    await isGone(engine);
    figure(stack, "destroy", run);
  });

  it.runIf(stack === "production")("refuses destroy", async () => {
    const before: Run = await engine.run("destroy");
    expect(before.ok).toBe(false);
    expect(mutating(before.calls)).toEqual([]);
    await holdsTogether(engine);
  });
});
