import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DEVELOPMENT, PRODUCTION } from "./support/args";
import { EXISTING_ID, EXISTING_INSTANCE } from "./support/chosenArgs";
import { mutating } from "./support/cloud";
import { Engine, idsIn } from "./support/engine";
import { changedNothing, changes, holdsTogether, said, succeeded } from "./support/expectations";
import { otherProgram, tell } from "./support/programs";

/** What a database needs to live on: itself, its network and its passwords. */
const KEPT = ["gcp:sql/", "gcp:compute/", "gcp:servicenetworking/", "gcp:secretmanager/"];

describe("whoever leaves a protected environment", () => {
  let engine: Engine;
  beforeEach(async () => {
    engine = await Engine.open(otherProgram({ args: PRODUCTION }));
    succeeded(await engine.run("up"));
  });
  afterEach(() => {
    engine.close();
  });

  it("keeps everything: Pulumi forgets the component, and nothing is sent", async () => {
    const before = engine.cloud.objects();
    const { resources = [] } = await engine.state();
    const component = resources.find(({ type }) => type.endsWith(":MigratedService"));
    const forget = ["--target-dependents", "--force", "--yes"];
    const run = await engine.command("state", "remove", component!.urn, ...forget);
    succeeded(run);
    tell(engine.project, { args: PRODUCTION, leaves: true });
    const up = await engine.run("up");
    succeeded(up);
    expect(mutating([...run.calls, ...up.calls])).toEqual([]);
    expect(engine.cloud.objects()).toEqual(before);
    const left = (await engine.state()).resources ?? [];
    expect(left.filter(({ type }) => !type.startsWith("pulumi:"))).toEqual([]);
  });

  it("keeps the database: marked as kept in one up, the component goes in the next", async () => {
    const args = { ...PRODUCTION, database: { deletionProtection: false } };
    const before = Object.entries(engine.cloud.objects());
    const kept = before.filter(([, { type }]) => KEPT.some((begin) => type.startsWith(begin)));
    expect(kept.length).toBeGreaterThan(10);

    tell(engine.project, { args, keeps: KEPT });
    succeeded(await engine.run("up"));
    await holdsTogether(engine);
    tell(engine.project, { args, keeps: KEPT, leaves: true });
    const run = await engine.run("up");
    succeeded(run);
    const apis = "gcp:projects/service:Service";
    const left = Object.entries(engine.cloud.objects()).filter(([, { type }]) => type !== apis);
    expect(left.map(([id]) => id).sort()).toEqual(kept.map(([id]) => id).sort());
    expect(
      mutating(run.calls).filter(({ type }) => KEPT.some((begin) => type.startsWith(begin))),
    ).toEqual([]);
    changedNothing(await engine.run("up"));
  });
});

describe("whoever changes what is protected", () => {
  const OPEN = { ...PRODUCTION, database: { deletionProtection: false } };
  const CHANGE = { network: { publicIp: true }, migration: { connectivity: "BuildStep" as const } };
  let engine: Engine;
  beforeEach(async () => {
    engine = await Engine.open(otherProgram({ args: PRODUCTION }));
    succeeded(await engine.run("up"));
  });
  afterEach(() => {
    engine.close();
  });

  async function changesInThree(): Promise<void> {
    for (const args of [OPEN, { ...OPEN, ...CHANGE }, { ...PRODUCTION, ...CHANGE }]) {
      tell(engine.project, { args });
      succeeded(await engine.run("up"));
      await holdsTogether(engine);
    }
    const { resources = [] } = await engine.state();
    expect(resources.some(({ type }) => type === "gcp:cloudrunv2/job:Job")).toBe(false);
    expect((await engine.run("destroy")).calls).toEqual([]);
  }

  it("needs three deployments: protection off, the change, protection back", changesInThree);

  it("takes Pulumi's protection away first, where the change was tried and stopped half-way", async () => {
    tell(engine.project, { args: { ...PRODUCTION, ...CHANGE } });
    const refused = await engine.run("up");
    expect(refused.ok).toBe(false);
    expect(said(refused)).toMatch(
      /cannot be deleted because it is protected|marked for protection/,
    );
    succeeded(await engine.command("state", "unprotect", "--all", "--yes"));
    await changesInThree();
  });
});

describe("whoever comes back to a database that was left", () => {
  it("hands it to Pulumi for one up", async () => {
    const args = {
      ...DEVELOPMENT,
      database: { existingInstance: "example-project:europe-west1:shared" },
      network: {
        network: "projects/example-project/global/networks/shared",
        subnetwork: "projects/example-project/regions/europe-west1/subnetworks/shared",
      },
    };
    const engine = await Engine.open(otherProgram({ args }));
    try {
      engine.cloud.put(EXISTING_ID, EXISTING_INSTANCE);
      succeeded(await engine.run("up"));
      succeeded(await engine.run("destroy"));
      const database = Object.keys(engine.cloud.objects()).find((id) => id.includes("/databases/"));
      const again = await engine.run("up");
      expect(again.ok).toBe(false);
      expect(said(again)).toContain(`${database!} already exists`);

      const options = { import: database!, ignoreChanges: ["deletionPolicy"] };
      tell(engine.project, { args, takes: { name: "shop-database-database", options } });
      succeeded(await engine.run("up"));
      expect(idsIn(await engine.state())).toContain(database);

      tell(engine.project, { args });
      const after = await engine.run("up");
      succeeded(after);
      expect(changes(after)).toEqual({ update: 1 });
      await holdsTogether(engine);
      succeeded(await engine.run("destroy"));
      expect(Object.keys(engine.cloud.objects())).toContain(database);
    } finally {
      engine.close();
    }
  });
});
