import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DEVELOPMENT } from "./support/args";
import { Engine, idsIn, type Run } from "./support/engine";
import { changedNothing, holdsTogether, pendingIn, said, succeeded } from "./support/expectations";
import { descendants, end } from "./support/processes";
import { otherProgram } from "./support/programs";

const INSTANCE = "gcp:sql/databaseInstance:DatabaseInstance::shop-dev";

describe("an up that is interrupted while the instance is made", () => {
  let engine: Engine;
  beforeEach(async () => {
    engine = await Engine.open(otherProgram({ args: DEVELOPMENT }));
  });
  afterEach(() => {
    engine.close();
  });

  /** Starts `up`, waits until the instance is being made, and sends what `interrupt` sends. */
  async function interrupted(
    interrupt: (pid: number) => Promise<void>,
    afterwards = false,
  ): Promise<Run> {
    const rule = { method: "create", endsWith: INSTANCE, milliseconds: 5000, afterwards };
    engine.cloud.rules([rule]);
    const running = engine.run("up");
    await until(() => engine.cloud.waiting());
    const pulumi = descendants().find(({ command }) => /^\S*pulumi up /.test(command));
    if (pulumi === undefined) throw new Error("expected pulumi up to run");
    await interrupt(pulumi.pid);
    const run = await running;
    expect(run.ok).toBe(false);
    engine.cloud.rules([]);
    return run;
  }

  /** The next up makes the rest, and the one after it has nothing to do. */
  async function finishes(): Promise<void> {
    succeeded(await engine.run("up"));
    expect(idsIn(await engine.state())).toEqual(engine.cloud.owned());
    changedNothing(await engine.run("up"));
  }

  /** Pulumi goes on warning of what it does not know the end of, until somebody says that there is nothing. */
  async function forgets(): Promise<void> {
    expect(pendingIn(await engine.state())).toEqual(["creating shop-dev"]);
    succeeded(await engine.command("refresh", "--yes", "--clear-pending-creates"));
    await holdsTogether(engine);
    changedNothing(await engine.run("up"));
  }

  it("by Ctrl-C: what had begun ends, and the next up finishes", async () => {
    await interrupted((pid) => {
      end(pid, "SIGINT");
      return Promise.resolve();
    });
    const { resources = [] } = await engine.state();
    expect(resources.some(({ urn }) => urn.endsWith(INSTANCE))).toBe(true);
    await holdsTogether(engine);
    await finishes();
  });

  it("by Ctrl-C twice: the pending operation is known, and the next up finishes", async () => {
    await interrupted(async (pid) => {
      end(pid, "SIGINT");
      await sleep(1000);
      end(pid, "SIGINT");
    });
    await until(() => descendants().length === 0);
    expect(pendingIn(await engine.state())).toEqual(["creating shop-dev"]);
    await finishes();
    await forgets();
  });

  /** As when the machine loses its power. */
  async function powerOff(): Promise<void> {
    for (const { pid } of descendants().reverse()) end(pid, "SIGKILL");
    await sleep(100);
  }

  it("by the end of the machine: `pulumi cancel`, and the next up finishes", async () => {
    await interrupted(powerOff);
    const locked = await engine.run("up");
    expect(locked.ok).toBe(false);
    expect(said(locked)).toContain("pulumi cancel");
    succeeded(await engine.command("cancel", "--yes"));
    await finishes();
    await forgets();
  });

  it("by the end of the machine once the instance is there: another is made, and that one is named", async () => {
    await interrupted(async () => {
      await until(() => instances().length === 1);
      await powerOff();
    }, true);
    const [lost] = instances();
    succeeded(await engine.command("cancel", "--yes"));
    const next = await engine.run("up");
    succeeded(next);
    expect(said(next)).toContain("pending operations");
    const known = idsIn(await engine.state());
    expect(engine.cloud.owned().filter((id) => !known.includes(id))).toEqual([lost]);

    engine.cloud.remove(lost!);
    await forgets();
  });

  function instances(): string[] {
    const objects = Object.entries(engine.cloud.objects());
    return objects.flatMap(([id, { type }]) => (INSTANCE.startsWith(type) ? [id] : []));
  }
});

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; waited < 60_000; waited += 100) {
    if (condition()) return;
    await sleep(100);
  }
  throw new Error("waited 60 s for what never came");
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
