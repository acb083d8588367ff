import { afterEach, describe, expect, it } from "vitest";
import { DEVELOPMENT } from "./support/args";
import { Engine, idsIn } from "./support/engine";
import { changedNothing, changes, succeeded } from "./support/expectations";
import { otherProgram, ourStack, tell } from "./support/programs";

const open: Engine[] = [];
afterEach(() => {
  for (const engine of open.splice(0)) engine.close();
});

async function start(...args: Parameters<typeof Engine.open>): Promise<Engine> {
  const engine = await Engine.open(...args);
  open.push(engine);
  return engine;
}

/** Everything but APIs, which belong to the project and stay. */
async function ownIds(engine: Engine): Promise<string[]> {
  const ids = idsIn(await engine.state());
  return ids.filter((id) => !id.endsWith(".googleapis.com") || id.includes("/connections/"));
}

describe("two stacks in one project", () => {
  it("never meet", async () => {
    const dev = await start(ourStack("dev"));
    const production = await start(ourStack("production"), dev.cloud);
    succeeded(await dev.run("up"));
    succeeded(await production.run("up"));
    const [ofDev, ofProduction] = [await ownIds(dev), await ownIds(production)];
    expect(ofDev.length).toBeGreaterThan(25);
    expect(ofDev.filter((id) => ofProduction.includes(id))).toEqual([]);

    succeeded(await dev.run("destroy"));
    const left = dev.cloud.objects();
    expect(ofProduction.filter((id) => !(id in left))).toEqual([]);
    expect(ofDev.filter((id) => id in left)).toEqual([]);
    changedNothing(await production.run("up"));
  });

  it("never meet when their names end or begin alike", async () => {
    const one = await start(otherProgram({ args: DEVELOPMENT, stack: "b-c", name: "a" }));
    const other = await start(
      otherProgram({ args: DEVELOPMENT, stack: "c", name: "a-b" }),
      one.cloud,
    );
    succeeded(await one.run("up"));
    succeeded(await other.run("up"));
    const ids = await ownIds(other);
    expect((await ownIds(one)).filter((id) => ids.includes(id))).toEqual([]);
  });
});

describe("aliases", () => {
  it("carry a state of another type's name over, without a replacement", async () => {
    const engine = await start(otherProgram({ args: DEVELOPMENT }));
    succeeded(await engine.run("up"));
    const before = idsIn(await engine.state());
    const [now, then] = ["index:MigratedService", "index:MigratedApp"];
    const state = JSON.stringify(await engine.stack.exportStack());
    expect(state).toContain(now);
    await engine.stack.importStack(
      JSON.parse(state.replaceAll(now, then)) as Parameters<typeof engine.stack.importStack>[0],
    );

    tell(engine.project, {
      args: DEVELOPMENT,
      aliases: [{ type: `cloud-run-migrations:${then}` }],
    });
    const run = await engine.run("up");
    changedNothing(run);
    expect(idsIn(await engine.state())).toEqual(before);
    expect(JSON.stringify(await engine.stack.exportStack())).not.toContain(then);
  });

  it("carry a component over that moves into another, without a replacement", async () => {
    const engine = await start(otherProgram({ args: DEVELOPMENT }));
    succeeded(await engine.run("up"));
    const before = idsIn(await engine.state());
    tell(engine.project, { args: DEVELOPMENT, platform: "platform", aliases: [{ moved: true }] });
    const run = await engine.run("up");
    succeeded(run);
    // The component around it is new, and nothing else.
    expect(changes(run)).toEqual({ create: 1 });
    expect(run.calls.filter(({ method }) => method !== "invoke")).toEqual([]);
    expect(idsIn(await engine.state())).toEqual(before);
  });

  it("are needed: without them everything would be made again", async () => {
    const engine = await start(otherProgram({ args: DEVELOPMENT }));
    succeeded(await engine.run("up"));
    tell(engine.project, { args: DEVELOPMENT, platform: "platform" });
    const run = await engine.run("preview");
    succeeded(run);
    expect(changes(run)["create"]).toBeGreaterThan(40);
    expect(changes(run)["delete"]).toBeGreaterThan(40);
  });
});
