import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { leaksIn } from "../helpers/leaks";
import { DEVELOPMENT } from "./support/args";
import { Engine, type Run } from "./support/engine";
import { succeeded } from "./support/expectations";
import { otherProgram, tell } from "./support/programs";

/** Hard to write, so that each way of quoting shows. */
const CANARIES = Array.from({ length: 4 }, (_, index) => `canary-${index}-p@ss:/?#%"'$&<é\\x`);
const ROTATED = "canary-rotated-p@ss:/?#%";

const ARGS = {
  ...DEVELOPMENT,
  secrets: {
    TO_BOTH: { value: CANARIES[0]!, toMigration: true },
    TO_SERVICE: { value: CANARIES[1]! },
    TO_MIGRATION: { value: CANARIES[2]!, toMigration: true, toRuntime: false },
    CHANGED: { value: CANARIES[3]! },
  },
};
const LATER = { ...ARGS, secrets: { ...ARGS.secrets, CHANGED: { value: ROTATED } } };

/** Debugging messages are left out of every log but one that is asked for by `--debug`. */
function isShown({ diagnosticEvent }: EngineEvent): boolean {
  return (diagnosticEvent?.severity as string | undefined) !== "debug";
}

/** How a secret stands in the state: Pulumi's mark, and ciphertext. */
const CIPHERTEXT =
  /"4dabf18193072939515e22adb298388d": ?"1b47061264138c4ac30d75fd1eb44270",\s*"ciphertext": ?"v1:/g;

describe("secrets", () => {
  let engine: Engine;
  const runs: Run[] = [];
  const text = (): string =>
    JSON.stringify(
      runs.map(({ stdout, stderr, events }) => [stdout, stderr, events.filter(isShown)]),
    );

  async function note(run: Promise<Run>): Promise<Run> {
    const done = await run;
    runs.push(done);
    return done;
  }

  beforeAll(async () => {
    engine = await Engine.open(otherProgram({ args: ARGS }));
    succeeded(await note(engine.run("preview")));
    succeeded(await note(engine.command("preview", "--json")));
    succeeded(await note(engine.run("up")));
  });
  afterAll(() => {
    engine.close();
  });

  /** Those that were given, and those that were generated. */
  function secrets(): string[] {
    const objects = Object.values(engine.cloud.objects());
    const generated = objects.flatMap(({ inputs }) =>
      ["password", "secretData"].flatMap((key) => {
        const value = inputs[key];
        return typeof value === "string" ? [value] : [];
      }),
    );
    return [...new Set([...CANARIES, ...generated])];
  }

  it("reach the cloud", () => {
    // Four that were given, and two passwords.
    expect(secrets()).toHaveLength(6);
  });

  it("are ciphertext in the exported state and in the backend's files", async () => {
    const { stdout: exported } = await engine.command("stack", "export");
    expect(leaksIn(exported, secrets())).toEqual([]);
    // Inputs and outputs of six versions and two users, at least.
    expect(exported.match(CIPHERTEXT)?.length ?? 0).toBeGreaterThanOrEqual(16);

    const files = filesIn(join(engine.folder, "state"));
    expect(files.length).toBeGreaterThan(2);
    expect(leaksIn(files.map((file) => readFileSync(file, "utf8")).join("\n"), secrets())).toEqual(
      [],
    );
  });

  it("are in no output, no JSON and no event, whatever is done", async () => {
    const before = secrets();
    await note(engine.run("up"));
    await note(engine.run("refresh"));
    await note(engine.command("stack", "output", "--json"));
    await note(engine.command("stack", "--show-urns"));
    await note(engine.command("stack", "history", "--json"));

    tell(engine.project, { args: LATER });
    await note(engine.command("preview", "--json"));
    await note(engine.command("preview", "--diff"));
    engine.cloud.rules([
      { method: "create", endsWith: "CHANGED-version", error: "googleapi: Error 500" },
    ]);
    expect((await note(engine.run("up"))).ok).toBe(false);
    engine.cloud.rules([]);
    await note(engine.command("up", "--yes", "--diff", "--refresh"));
    await note(engine.command("destroy", "--yes", "--diff"));

    expect(runs.filter(({ ok }) => !ok)).toHaveLength(1);
    expect(text().length).toBeGreaterThan(100_000);
    expect(text()).toContain("[secret]");
    expect(leaksIn(text(), [...before, ROTATED])).toEqual([]);
  });

  it("are in no debugging message either, but those in which Pulumi shows its own protocol", () => {
    const leaking = runs.flatMap(({ events }) =>
      events.flatMap(({ diagnosticEvent }) => {
        const message = diagnosticEvent?.message ?? "";
        return leaksIn(message, secrets()).length > 0 ? [message.split(":")[0]!] : [];
      }),
    );
    expect([...new Set(leaking)]).toEqual(["RegisterResource RPC finished"]);
  });

  it("would be found: the search sees what is not secret", () => {
    expect(leaksIn(text(), ["shop-dev-runtime_password"])).toHaveLength(1);
  });
});

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((file) => join(folder, file))
    .filter((file) => statSync(file).isFile());
}
