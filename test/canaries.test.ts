import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MigratedServiceArgs } from "../components";
import { evaluateService, type Inventory } from "../inventory";
import { formatJson } from "../inventory/list";
import { createCloud, type CloudEvent } from "../rehearsal/cloud";
import { playBuild } from "../rehearsal/player";
import { startPostgres, type PostgresServer } from "../migrate/postgres";
import { leaksIn } from "./helpers/leaks";
import { runCli, type CliRun } from "./migrate/support/cli";

/** Hard to write, so that each way of quoting shows. */
const CANARIES = Array.from({ length: 20 }, (_, index) => `canary-${index}-p@ss:/?#%"'$&<é\\x`);
const SERVICE = CANARIES.slice(0, 8);
const MIGRATION = CANARIES.slice(8, 14);
const TOOL = CANARIES.slice(14);

const ARGS: MigratedServiceArgs = {
  region: "europe-west1",
  preset: "Development",
  source: {
    repository:
      "projects/example-project/locations/europe-west1/connections/github/repositories/shop",
  },
  secrets: {
    ...Object.fromEntries(SERVICE.map((value, index) => [`SERVICE_${index}`, { value }])),
    ...Object.fromEntries(
      MIGRATION.map((value, index) => [
        `MIGRATION_${index}`,
        { value, toMigration: true, toRuntime: false },
      ]),
    ),
  },
};

describe("the searcher", () => {
  it.each(CANARIES)("finds %s when it leaks, in every spelling", (canary) => {
    for (const text of [
      `password is ${canary}.`,
      JSON.stringify({ nested: JSON.stringify({ canary }) }),
      `postgres://u:${encodeURIComponent(canary)}@h/d`,
      Buffer.from(canary).toString("base64"),
    ]) {
      expect(leaksIn(text, CANARIES)).toEqual([canary]);
    }
    expect(leaksIn("nothing of the kind", CANARIES)).toEqual([]);
  });
});

describe("secrets of the component", () => {
  it("appear in no inventory, output or release document", async () => {
    for (const preview of [false, true]) {
      const text = formatJson(await evaluateService(ARGS, { preview }));
      expect(text).toContain("[secret]");
      expect(leaksIn(text, CANARIES)).toEqual([]);
    }
  });

  it("appear in no error about other arguments, or about themselves", async () => {
    const wrong = {
      ...ARGS,
      region: "nowhere",
      database: { tier: "huge" },
      build: { buildArgs: { DB_PASSWORD: SERVICE[0] } },
      secrets: {
        ...ARGS.secrets,
        "not a name": { value: SERVICE[1], version: "latest" },
        BOTH: { value: SERVICE[2], existingSecret: "other" },
        LONG: { value: (SERVICE[3] ?? "").repeat(4000) },
        NUL: { value: `${SERVICE[4] ?? ""}\0` },
        TYPO: { valeu: SERVICE[5] },
      },
    } as unknown as MigratedServiceArgs;
    const message = await evaluateService(wrong).then(
      () => "no error",
      (error: unknown) => String(error),
    );
    expect(message).toContain("invalid args");
    expect(message).toContain("build.buildArgs.DB_PASSWORD");
    expect(leaksIn(message, CANARIES)).toEqual([]);
  });
});

describe("secrets of the migration tool", () => {
  const folder = mkdtempSync(join(tmpdir(), "canaries-"));
  mkdirSync(join(folder, "migrations"));
  writeFileSync(
    join(folder, "migrations/1_first.sql"),
    "-- Up Migration\nSELECT 1;\n-- Down Migration\nSELECT 1;\n",
  );
  let postgres: PostgresServer;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(async () => {
    await postgres.stop();
    rmSync(folder, { recursive: true });
  });

  it("appear in no output of any command, human or JSON, when they are wrong", async () => {
    const { host, port } = postgres;
    const [password = "", urlPassword = "", raw = "", file = "", query = "", envPassword = ""] =
      TOOL;
    const encoded = encodeURIComponent(urlPassword);
    const connections: Record<string, string>[] = [
      { PGHOST: host, PGPORT: String(port), PGUSER: "nobody_here", PGPASSWORD: password },
      { DATABASE_URL: `postgres://nobody_here:${encoded}@${host}:${port}/missing` },
      { DATABASE_URL: `postgres://nobody_here:${raw}@${host}:${port}/missing` },
      { DATABASE_URL: `postgres://${host}:${port}/missing?password=${encodeURIComponent(query)}` },
      { PGHOST: host, PGPORT: "not a port", PGPASSWORD: envPassword },
    ];
    const commands = [
      ["up"],
      ["status"],
      ["down", "--steps", "1", "--yes"],
      ["exec", "--", "true"],
    ];
    const runs: CliRun[] = [];
    for (const env of connections) {
      for (const command of commands) {
        runs.push(await runCli(["--json", ...command], { cwd: folder, env }));
      }
    }
    writeFileSync(
      join(folder, ".env"),
      `PGHOST=${host}\nPGPORT=${port}\nPGUSER=x\nPGPASSWORD='${file.replaceAll("'", "")}'\n`,
    );
    for (const command of commands) runs.push(await runCli(command, { cwd: folder, env: {} }));
    runs.push(await runCli(["up"], { cwd: folder, env: { BUILD_ID: "b-1" } }));

    const text = runs.map(({ stdout, stderr }) => stdout + stderr).join("\n");
    expect(leaksIn(text, [...CANARIES, file.replaceAll("'", "")])).toEqual([]);
    expect(text.length).toBeGreaterThan(1000);
  });
});

describe("secrets of a rehearsed build", () => {
  it("are hidden in its log, its outcome and every event, even when a step prints them", async () => {
    const inventory: Inventory = await evaluateService(ARGS, { stack: "dev" });
    const postgres = await startPostgres();
    const folder = mkdtempSync(join(tmpdir(), "canaries-"));
    const events: CloudEvent[] = [];
    const cloud = await createCloud({
      inventory,
      postgres,
      folder,
      onEvent: (event) => events.push(event),
    });
    try {
      const secrets = [...SERVICE.keys()].map((index) => ({
        env: `SERVICE_${index}`,
        versionName: `projects/example-project/secrets/shop-dev-SERVICE_${index}/versions/1`,
      }));
      const document = stringify({
        steps: [
          {
            id: "print",
            name: "gcr.io/google.com/cloudsdktool/google-cloud-cli:528.0.0-slim",
            script: "#!/usr/bin/env bash\nprintenv | sort\necho done\nexit 1\n",
            secretEnv: secrets.map(({ env }) => env),
          },
        ],
        availableSecrets: { secretManager: secrets },
        options: { logging: "CLOUD_LOGGING_ONLY" },
      });
      const outcome = await playBuild({ document, workspace: folder, cloud });
      const text = JSON.stringify([outcome, events, cloud.rewrites, cloud.notes]);
      expect(outcome.steps[0]?.log.join("\n")).toContain("SERVICE_0=");
      expect(text).toContain("done");
      expect(leaksIn(text, CANARIES)).toEqual([]);
    } finally {
      await cloud.close();
      await postgres.stop();
      rmSync(folder, { recursive: true });
    }
  });
});
