import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { Engine } from "./support/engine";
import { said } from "./support/expectations";
import { ourStack } from "./support/programs";

const open: Engine[] = [];
afterEach(() => {
  for (const engine of open.splice(0)) engine.close();
});

type Settings = Record<string, unknown>;
interface Project {
  config: Record<string, { type: string; secret?: boolean; default?: unknown }>;
}

const RAN = "the program has run";

/** The repository's stack with other files, and a program that would say that it has run. */
async function start(edit: (settings: Settings, project: Project) => void): Promise<Engine> {
  const engine = await Engine.open(ourStack("dev"));
  open.push(engine);
  const [settingsPath, projectPath, programPath] = [
    join(engine.project, "Pulumi.dev.yaml"),
    join(engine.project, "Pulumi.yaml"),
    join(engine.project, "index.ts"),
  ] as const;
  const settings = parse(readFileSync(settingsPath, "utf8")) as { config: Settings };
  const project = parse(readFileSync(projectPath, "utf8")) as Project;
  edit(settings.config, project);
  writeFileSync(settingsPath, stringify(settings));
  writeFileSync(projectPath, stringify(project));
  const program = readFileSync(programPath, "utf8");
  writeFileSync(programPath, `console.log(${JSON.stringify(RAN)});\n${program}`);
  return engine;
}

const REFUSED: [string, string, (settings: Settings, project: Project) => void][] = [
  [
    "a missing value",
    "is missing configuration value 'repository'",
    (settings) => {
      Reflect.deleteProperty(settings, "cloud-run-migrations:repository");
    },
  ],
  [
    "a value of the wrong type",
    "must be of type 'integer'",
    (settings) => {
      settings["cloud-run-migrations:maxInstances"] = "many";
    },
  ],
  [
    "a secret in the clear",
    "must be encrypted as it's secret",
    (settings, { config }) => {
      config["token"] = { type: "string", secret: true };
      settings["cloud-run-migrations:token"] = "in the clear";
    },
  ],
];

describe("config", () => {
  it("is taken as it is committed, by a program that says so", async () => {
    const engine = await start(() => undefined);
    const run = await engine.run("preview");
    expect(run.ok).toBe(true);
    expect(said(run)).toContain(RAN);
  });

  it.each(REFUSED)("is refused before the program runs: %s", async (_, words, edit) => {
    const engine = await start(edit);
    for (const operation of ["preview", "up"] as const) {
      const run = await engine.run(operation);
      expect(run.ok).toBe(false);
      expect(said(run)).toContain(words);
      expect(said(run)).not.toContain(RAN);
      expect(said(run)).not.toContain("in the clear");
      expect(run.calls).toEqual([]);
    }
  });
});
