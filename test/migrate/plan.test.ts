import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withSession } from "../../migrate/connection/session";
import { READ_TIMEOUTS } from "../../migrate/settings/read";
import { type CliRun, documentOf, runCli } from "./support/cli";
import { THREE, createProject, removeProjects } from "./support/project";
import { gitIn, startRepository } from "./support/repository";
import { type TestServer, startTestServer } from "./support/server";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(async () => {
  await server.stop();
  removeProjects();
});

interface Planned {
  name: string;
  transaction: number | null;
  unknown: string | null;
  statements: {
    sql: string;
    line: number | null;
    locks: {
      table: string;
      mode: string;
      blocks: string;
      rewrites: boolean | null;
      rows: number | null;
      bytes: number | null;
    }[];
  }[];
}

const pendingOf = (run: CliRun): Planned[] => documentOf(run).pending as Planned[];

const NEXT = {
  "4000_more.sql":
    "-- Up Migration\nALTER TABLE users ADD COLUMN age bigint, ADD COLUMN token uuid DEFAULT gen_random_uuid();\nCREATE TABLE fresh (id bigint PRIMARY KEY);\nCREATE INDEX ON fresh (id);\n-- Down Migration\nDROP TABLE fresh;\n",
  "5000_index.js":
    "exports.up = (pgm) => { pgm.noTransaction(); pgm.createIndex('orders', 'user_id', { concurrently: true }); };",
  "6000_role.sql":
    "-- Up Migration\nCREATE ROLE reader PASSWORD 'canary-plan-1';\n-- Down Migration\nDROP ROLE reader;\n",
};

describe("plan", () => {
  it("shows each pending statement with the tables that it locks, and their size", async () => {
    const database = await server.createDatabase();
    const project = createProject(THREE);
    expect((await database.run(project, database.upArgs)).code).toBe(0);
    await database.query(
      "INSERT INTO users (email) SELECT 'e' || n FROM generate_series(1, 5000) n",
    );
    await database.query("ANALYZE users");
    for (const [name, text] of Object.entries(NEXT)) project.write(name, text);
    const run = await database.run(project, ["plan", "--json"]);
    expect(run.code).toBe(0);
    expect(documentOf(run)).toMatchObject({
      formatVersion: 1,
      command: "plan",
      schema: { version: "3000_create-orders" },
      error: null,
    });
    const [more, index, role] = pendingOf(run);
    expect([more, index, role].map((file) => file?.transaction)).toEqual([1, null, 2]);
    expect(more?.statements.map(({ line }) => line)).toEqual([2, 3, 4]);
    expect(more?.statements.map(({ locks }) => locks.length)).toEqual([1, 0, 0]);
    expect(more?.statements[0]?.locks[0]).toMatchObject({
      ...{ table: "public.users", mode: "ACCESS EXCLUSIVE", blocks: "readers and writers" },
      ...{ rewrites: true, rows: 5000 },
    });
    expect(more?.statements[0]?.locks[0]?.bytes).toBeGreaterThan(100_000);
    expect(index?.statements[0]).toMatchObject({
      line: null,
      locks: [{ table: "public.orders", blocks: "nobody" }],
    });
    expect(run.stdout).not.toContain("canary");
    const rules = (documentOf(run).findings as { rule: string }[]).map(({ rule }) => rule);
    expect(rules).toContain("adding-field-with-default");
    const lines = await database.run(project, ["plan"]);
    expect(lines.stdout).toContain("ACCESS EXCLUSIVE on public.users (about 5,000 rows, ");
    expect(lines.stdout).toContain("readers and writers wait, writes it anew\n");
    expect(lines.stdout).toContain("CREATE ROLE reader PASSWORD '[secret]'");
  });

  it("creates nothing on an empty database, which plain node-pg-migrate's dry run does", async () => {
    const database = await server.createDatabase();
    const run = await database.run(createProject(THREE), ["plan", "--json"]);
    expect([run.code, pendingOf(run).map(({ name }) => name)]).toEqual([
      0,
      Object.keys(THREE).map((name) => name.replace(".sql", "")),
    ]);
    expect(await database.tables()).toEqual([]);
  });

  it("cannot change anything: the server itself refuses it in this session", async () => {
    const database = await server.createDatabase();
    const connection = { kind: "url", url: server.postgres.url(database.name) } as const;
    const options = { ...READ_TIMEOUTS, purpose: "plan" };
    const context = { signal: new AbortController().signal, progress: () => undefined };
    const attempt = withSession(connection, options, context, ({ client }) =>
      client.query("CREATE TABLE t ()"),
    );
    await expect(attempt).rejects.toThrow("cannot execute CREATE TABLE in a read-only transaction");
  });

  it("counts the partitions of a partitioned table", async () => {
    const database = await server.createDatabase();
    const project = createProject({
      "1_a.sql":
        "CREATE TABLE events (id bigint, day date) PARTITION BY RANGE (day); CREATE TABLE e1 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');",
    });
    expect((await database.run(project, database.upArgs)).code).toBe(0);
    await database.query(
      "INSERT INTO events SELECT n, '2026-01-05' FROM generate_series(1, 300) n",
    );
    await database.query("ANALYZE events");
    project.write("2_b.sql", "ALTER TABLE events ADD COLUMN note text;");
    const [file] = pendingOf(await database.run(project, ["plan", "--json"]));
    expect(file?.statements[0]?.locks[0]).toMatchObject({ table: "public.events", rows: 300 });
  });

  it("says what up would refuse, and answers 1", async () => {
    const database = await server.createDatabase();
    const project = createProject(THREE);
    expect((await database.run(project, database.upArgs)).code).toBe(0);
    project.write("2000_add-name.sql", "SELECT 2;");
    const run = await database.run(project, ["plan"]);
    expect(run.code).toBe(1);
    expect(run.stderr).toContain(
      "up would refuse: files and database do not fit; nothing was applied\n  2000_add-name: edited after it was applied",
    );
    expect((await database.run(project, ["plan", "--allow-edited"])).code).toBe(0);
  });

  it("needs no database with --applied-from", async () => {
    const project = createProject(THREE);
    startRepository(project.folder);
    gitIn(project.folder, "switch", "-qc", "topic");
    for (const [name, text] of Object.entries(NEXT)) project.write(name, text);
    const run = await runCli(["plan", "--applied-from", "main", "--to", "5000_index", "--json"], {
      cwd: project.folder,
      env: {},
    });
    expect([run.code, documentOf(run).schema]).toEqual([0, { version: "3000_create-orders" }]);
    expect(pendingOf(run).map(({ name }) => name)).toEqual(["4000_more", "5000_index"]);
    expect(pendingOf(run)[0]?.statements[0]?.locks[0]).toMatchObject({
      table: "users",
      rows: null,
      bytes: null,
    });
  });
});

describe("current and history", () => {
  it("say what brought the schema where it is, ups and downs, without any file", async () => {
    const database = await server.createDatabase();
    const project = createProject(THREE);
    const none = await database.run(project, ["current"]);
    expect([none.code, none.stdout]).toEqual([0, "nothing is applied\n"]);
    const attribution = { BUILD_ID: "build-7", COMMIT_SHA: "abc", IMAGE: "app@sha256:1" };
    const local = { ...attribution, BUILD_ID: "" };
    expect((await database.run(project, database.upArgs, attribution)).code).toBe(0);
    expect(
      (await database.run(project, ["down", "--yes", "--role", database.owner], local)).code,
    ).toBe(0);
    const empty = createProject();
    const current = documentOf(await database.run(empty, ["current", "--json"]));
    expect(current).toMatchObject({
      schema: { version: "2000_add-name" },
      buildId: "build-7",
      image: "app@sha256:1",
      commit: "abc",
    });
    const { runs, schema } = documentOf(await database.run(empty, ["history", "--json"]));
    expect(schema).toEqual({ version: "2000_add-name" });
    expect(
      (runs as { name: string; direction: string }[]).map(
        ({ name, direction }) => `${direction} ${name}`,
      ),
    ).toEqual([
      "up 1000_create-users",
      "up 2000_add-name",
      "up 3000_create-orders",
      "down 3000_create-orders",
    ]);
    const { stdout } = await database.run(empty, ["history"]);
    expect(stdout).toMatch(/^RAN AT +RUN +NAME +TOOK +BUILD +COMMIT +IMAGE +TOOL\n/);
    expect(stdout).toContain("4 runs; the schema is at 2000_add-name\n");
  });

  it("tell of what plain node-pg-migrate has run, as far as it is known", async () => {
    const database = await server.createDatabase();
    const project = createProject(THREE);
    expect((await database.library(project, ["up"])).code).toBe(0);
    const { runs } = documentOf(await database.run(project, ["history", "--json"]));
    expect(runs).toHaveLength(3);
    expect((runs as object[])[0]).toMatchObject({
      name: "1000_create-users",
      direction: "up",
      durationMs: null,
      buildId: null,
    });
  });
});
