import { afterAll, describe, expect, it } from "vitest";
import { DEVELOPMENT } from "./support/args";
import { mutating } from "./support/cloud";
import { Engine } from "./support/engine";
import { changes, holdsTogether, said, succeeded } from "./support/expectations";
import { otherProgram } from "./support/programs";

const REFUSAL = "googleapi: Error 400: refused once, invalid";

/** Every child of an environment with the defaults. Whatever is added to it is tested too. */
describe("each child that fails once when it is created", async () => {
  const engine = await Engine.open(otherProgram({ args: DEVELOPMENT }));
  afterAll(() => {
    engine.close();
  });
  const first = await engine.run("up");
  const created = first.calls.filter(({ method }) => method === "create");
  const children = created.map(({ type, name }) => `${type}::${name}`).sort();

  it("is one of all children", async () => {
    succeeded(first);
    const { resources = [] } = await engine.state();
    const custom = resources.filter(({ custom, type }) => custom && !type.startsWith("pulumi:"));
    expect(children).toHaveLength(custom.length);
    expect(children.length).toBeGreaterThan(35);
  });

  it.each(children)(
    "%s: the next up finishes, with nothing twice and nothing lost",
    async (child) => {
      engine.reset();
      engine.cloud.rules([{ method: "create", endsWith: child, call: 1, error: REFUSAL }]);
      const failed = await engine.run("up");
      expect(failed.ok).toBe(false);
      expect(said(failed)).toContain(REFUSAL);
      const made = mutating(failed.calls).filter(({ error }) => error === undefined);

      const rerun = await engine.run("up");
      succeeded(rerun);
      expect(Object.keys(changes(rerun))).toEqual(["create"]);
      const missing = mutating(rerun.calls).map(({ type, name }) => `${type}::${name}`);
      expect([...made.map(({ type, name }) => `${type}::${name}`), ...missing].sort()).toEqual(
        children,
      );
      await holdsTogether(engine);
    },
  );
});
