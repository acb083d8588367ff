import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApiUser } from "../../migrate/postgres";
import { documentOf, runCli, runLibrary } from "./support/cli";
import { THREE, createProject, removeProjects } from "./support/project";
import { type TestServer, startTestServer } from "./support/server";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(async () => {
  await server.stop();
  removeProjects();
});

const NAMES = ["1000_create-users", "2000_add-name", "3000_create-orders"];

interface Listed {
  name: string;
  state: string;
  appliedAt: string | null;
  sha256: string | null;
}

function statesOf(document: Record<string, unknown>): string[] {
  return (document.migrations as Listed[]).map(({ name, state }) => `${state} ${name}`);
}

describe("status", () => {
  it("answers 2 while something is pending, then 0 with what is known of each run", async () => {
    const database = await server.createDatabase();
    const project = createProject(THREE);
    const before = await database.run(project, ["status", "--json"]);
    expect(before.code).toBe(2);
    expect(documentOf(before)).toMatchObject({
      ...{ formatVersion: 1, command: "status", schema: { version: null }, applied: 0, pending: 3 },
    });
    expect(statesOf(documentOf(before))).toEqual(NAMES.map((name) => `pending ${name}`));
    const attribution = { BUILD_ID: "build-7", COMMIT_SHA: "abc123", IMAGE: "app@sha256:1" };
    expect((await database.run(project, database.upArgs, attribution)).code).toBe(0);
    const after = await database.run(project, ["status", "--json"]);
    expect(after.code).toBe(0);
    const document = documentOf(after);
    expect(document).toMatchObject({ schema: { version: NAMES[2] }, applied: 3, pending: 0 });
    expect((document.migrations as Listed[])[0]).toEqual({
      ...{ name: NAMES[0], state: "applied", buildId: "build-7", commit: "abc123" },
      image: "app@sha256:1",
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      appliedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
      durationMs: expect.any(Number) as number,
    });
    const lines = await database.run(project, ["status"]);
    expect(lines.stdout).toContain("applied  1000_create-users  ");
    expect(lines.stdout).toContain("3 applied; the schema is at 3000_create-orders\n");
  });

  it("changes nothing", async () => {
    const database = await server.createDatabase();
    await database.run(createProject(THREE), ["status"]);
    expect(await database.tables()).toEqual([]);
  });

  it("tells missing, edited, out-of-order and ahead apart", async () => {
    const database = await server.createDatabase();
    const project = createProject({ ...THREE, "4000_newest.sql": "SELECT 1;\n" });
    expect((await database.run(project, database.upArgs)).code).toBe(0);
    project.write("1000_create-users.sql", "-- Up Migration\nSELECT 'edited';\n");
    project.remove("2000_add-name.sql");
    project.write("2500_late.sql", "SELECT 1;\n");
    project.remove("4000_newest.sql");
    const run = await database.run(project, ["status", "--json"]);
    expect(run.code).toBe(2);
    expect(statesOf(documentOf(run))).toEqual([
      "edited 1000_create-users",
      "missing 2000_add-name",
      "out-of-order 2500_late",
      "applied 3000_create-orders",
      "ahead 4000_newest",
    ]);
    expect(documentOf(run)).toMatchObject({ applied: 4, pending: 1 });
  });

  it("does not take other line ends for an edit", async () => {
    const database = await server.createDatabase();
    const project = createProject(THREE);
    expect((await database.run(project, database.upArgs)).code).toBe(0);
    for (const [name, text] of Object.entries(THREE))
      project.write(name, text.replaceAll("\n", "\r\n"));
    expect((await database.run(project, ["status"])).code).toBe(0);
  });

  it("tells a login without the right to look what to do", async () => {
    const database = await server.createDatabase();
    const project = createProject(THREE);
    expect((await database.run(project, database.upArgs)).code).toBe(0);
    const run = await database.run(project, ["status", "--json"], { PGUSER: database.runtime });
    expect(run.code).toBe(1);
    const document = documentOf(run);
    expect(document).toMatchObject({ schema: { version: null }, applied: null, migrations: [] });
    expect(document.error).toBe("permission denied for table pgmigrations (42501)");
    expect(run.stderr).toContain("next: log in as the user that migrates");
  });
});

describe("up refuses, before anything is applied,", () => {
  it.each([
    [
      "an image that does not know an applied migration",
      "--allow-ahead",
      "applied, but this image does not know it",
    ],
    ["an edited file", "--allow-edited", "edited after it was applied"],
    [
      "a file that is older than an applied one",
      "--allow-out-of-order",
      "not applied, though a newer one is",
    ],
  ])("%s, unless told %s", async (_, flag, reason) => {
    const database = await server.createDatabase();
    const project = createProject(THREE);
    expect((await database.run(project, database.upArgs)).code).toBe(0);
    if (flag === "--allow-ahead") project.remove("3000_create-orders.sql");
    if (flag === "--allow-edited")
      project.write("1000_create-users.sql", "-- Up Migration\nSELECT 1;\n");
    if (flag === "--allow-out-of-order")
      project.write("1500_late.sql", "CREATE TABLE late (id int);\n");
    if (flag !== "--allow-out-of-order")
      project.write("9000_next.sql", "CREATE TABLE next (id int);\n");
    if (flag === "--allow-ahead") project.remove("9000_next.sql");
    const tables = await database.tables();
    const refused = await database.run(project, [...database.upArgs, "--json"]);
    expect(refused.code).toBe(1);
    const { error, notRun, schema } = documentOf(refused);
    expect(schema).toEqual({ version: "3000_create-orders" });
    expect(notRun).toHaveLength(flag === "--allow-ahead" ? 0 : 1);
    expect(error).toContain("files and database do not fit; nothing was applied");
    expect(error).toContain(reason);
    expect(error).toContain(flag);
    expect(await database.tables()).toEqual(tables);
    expect((await database.run(project, [...database.upArgs, flag])).code).toBe(0);
    expect(await database.tables()).toHaveLength(
      tables.length + (flag === "--allow-ahead" ? 0 : 1),
    );
  });

  it("a deleted file in the middle", async () => {
    const database = await server.createDatabase();
    const project = createProject(THREE);
    expect((await database.run(project, database.upArgs)).code).toBe(0);
    project.remove("2000_add-name.sql");
    project.write("4000_next.sql", "CREATE TABLE next (id int);\n");
    const { code, stderr } = await database.run(project, database.upArgs);
    expect([
      code,
      stderr.includes("2000_add-name: applied, but this image does not know it"),
    ]).toEqual([1, true]);
    expect(await database.tables()).not.toContain("next");
  });

  it("a folder with strangers or with two files of one name", async () => {
    const database = await server.createDatabase();
    const project = createProject({ ...THREE, "readme.md": "# no", "1000_create-users.js": "" });
    const { code, stderr } = await database.run(project, database.upArgs);
    expect(code).toBe(1);
    expect(stderr).toContain("migrations/readme.md: expected a migration, got another file");
    expect(stderr).toContain("1000_create-users: expected one file of this name, got several");
    expect(await database.tables()).toEqual([]);
  });
});

describe("the annotations", () => {
  it("are made again when they are gone, and stop nothing", async () => {
    const database = await server.createDatabase();
    const project = createProject(THREE);
    expect((await database.run(project, database.upArgs)).code).toBe(0);
    await database.query("DROP TABLE pgmigrations_runs");
    expect((await database.run(project, ["status"])).code).toBe(0);
    project.write(
      "1000_create-users.sql",
      "-- Up Migration\nSELECT 'edited, and nobody can know';\n",
    );
    project.write("4000_more.sql", "SELECT 1;\n");
    expect((await database.run(project, database.upArgs)).code).toBe(0);
    expect(await database.query("SELECT name FROM pgmigrations_runs")).toEqual([
      { name: "4000_more" },
    ]);
  });

  it("leave a table of that name alone that is somebody else's", async () => {
    const database = await server.createDatabase();
    const project = createProject(THREE);
    await database.query("CREATE TABLE pgmigrations_runs (mine int)");
    const { code, stderr } = await database.run(project, database.upArgs);
    expect(code).toBe(0);
    expect(stderr).toContain("has other columns than this tool's");
    expect((await database.run(project, ["status"])).code).toBe(0);
  });

  it.each([
    ["cannot be read", "ALTER TABLE pgmigrations_runs OWNER TO postgres", "42501"],
    ["lack a column", "ALTER TABLE pgmigrations_runs DROP COLUMN id", "42703"],
  ])("are left alone when they %s", async (_, sql, code) => {
    const database = await server.createDatabase();
    const project = createProject(THREE);
    expect((await database.run(project, database.upArgs)).code).toBe(0);
    await database.query(sql);
    project.write("4000_more.sql", "CREATE TABLE more (id int);\n");
    const { code: exitCode, stderr } = await database.run(project, database.upArgs);
    expect([exitCode, stderr.match(/note: .* is left alone: .*/g)?.length]).toEqual([0, 1]);
    expect(stderr).toContain(code);
    expect(await database.applied()).toContain("4000_more");
    const listed = await database.run(project, ["status"]);
    expect([listed.code, listed.stderr.includes(code)]).toEqual([0, true]);
  });

  it("undo no migration when they cannot be written", async () => {
    const database = await server.createDatabase();
    const project = createProject(THREE);
    expect((await database.run(project, database.upArgs)).code).toBe(0);
    await database.query("ALTER TABLE pgmigrations_runs ADD CHECK (name <> '4000_more')");
    project.write("4000_more.sql", "CREATE TABLE more (id int);\n");
    const { code, stderr } = await database.run(project, database.upArgs);
    expect(code).toBe(0);
    expect(stderr).toContain("could not be written");
    expect(await database.applied()).toContain("4000_more");
  });
});

describe("plain node-pg-migrate", () => {
  it("goes on after us, and reverts what we applied", async () => {
    const database = await server.createDatabase();
    const project = createProject(THREE);
    expect((await database.run(project, database.upArgs)).code).toBe(0);
    project.write(
      "4000_more.sql",
      "-- Up Migration\nALTER TABLE users ADD COLUMN age int;\n-- Down Migration\nALTER TABLE users DROP COLUMN age;\n",
    );
    expect((await database.library(project, ["up"])).code).toBe(0);
    expect(await database.applied()).toHaveLength(4);
    expect((await database.library(project, ["down", "3"])).code).toBe(0);
    expect(await database.applied()).toEqual([NAMES[0]]);
    expect((await database.run(project, database.upArgs)).code).toBe(0);
    expect((await database.run(project, ["status"])).code).toBe(0);
  });

  it("may have been there before us: its tables are taken over, with the service's rights", async () => {
    const database = await server.createDatabase();
    const project = createProject(THREE);
    expect((await database.library(project, ["up"])).code).toBe(0);
    await database.query(`
      SET ROLE ${database.migrator}; CREATE TYPE mood AS ENUM ('a'); CREATE TYPE pair AS (a int, b int);
      CREATE DOMAIN short AS text; CREATE VIEW seen AS SELECT 1 AS n; CREATE SEQUENCE counter;
      CREATE FUNCTION one() RETURNS int LANGUAGE sql RETURN 1; CREATE TABLE identity (id int GENERATED ALWAYS AS IDENTITY);
      RESET ROLE`);
    project.write(
      "4000_more.sql",
      "ALTER TABLE users ADD COLUMN age int; ALTER TYPE mood ADD VALUE 'b'; ALTER TYPE pair ADD ATTRIBUTE c int; DROP FUNCTION one(); DROP DOMAIN short; DROP VIEW seen;\n",
    );
    const run = await database.run(project, [...database.upArgs, "--json"]);
    expect(documentOf(run)).toMatchObject({ error: null, committed: ["4000_more"] });
    const left = await database.query("SELECT relname FROM pg_class WHERE relowner = $1::regrole", [
      database.migrator,
    ]);
    expect(left).toEqual([]);
    const service = await database.connect(database.runtime);
    await service.query(
      "INSERT INTO users (email, age) VALUES ('a', 1); SELECT nextval('counter')",
    );
    await expect(service.query("SELECT * FROM pgmigrations")).rejects.toThrow("permission denied");
    const again = await database.run(project, [...database.upArgs, "--json"]);
    expect([again.code, again.stderr]).toEqual([0, ""]);
  });

  it("may have been there under another login: whose each table is, and what to run, is said", async () => {
    const database = await server.createDatabase();
    const project = createProject(THREE);
    const other = `${database.name}_old`;
    await createApiUser(server.postgres, { name: other, password: database.password });
    await database.query(`GRANT CREATE ON SCHEMA public TO ${other}`);
    const env = { ...database.env, PGUSER: other };
    expect((await runLibrary(["up"], { cwd: project.folder, env })).code).toBe(0);
    project.write("4000_more.sql", "ALTER TABLE users ADD COLUMN age int;\n");
    const refused = await database.run(project, [...database.upArgs, "--json"]);
    expect(refused.code).toBe(1);
    const next = String(documentOf(refused).next);
    for (const table of ["users", "orders", "pgmigrations"]) {
      expect(next).toContain(
        `ALTER TABLE public.${table} OWNER TO ${database.owner}; /* of ${other} */`,
      );
    }
    expect(next).not.toContain("SEQUENCE");
    for (const sql of next.match(/ALTER [^;]*;/g) ?? []) await database.query(sql);
    const run = await database.run(project, database.upArgs);
    expect(run.code).toBe(0);
    const grants = run.stderr.match(/GRANT [^;]*;/g) ?? [];
    expect(grants).toContain(
      `GRANT SELECT, INSERT, UPDATE, DELETE ON public.users TO ${database.runtime};`,
    );
    expect(grants.join()).not.toContain("pgmigrations");
    for (const sql of grants) await database.query(sql);
    expect((await database.run(project, database.upArgs)).stderr).toBe("");
  });

  it("does not make us think that a file was edited which it went down and up with", async () => {
    const database = await server.createDatabase();
    const project = createProject(THREE);
    expect((await database.run(project, database.upArgs)).code).toBe(0);
    expect((await database.library(project, ["down"])).code).toBe(0);
    project.write("3000_create-orders.sql", "CREATE TABLE orders (id bigserial PRIMARY KEY);\n");
    expect((await database.library(project, ["up"])).code).toBe(0);
    expect((await database.run(project, ["status"])).code).toBe(0);
  });

  it("and we keep each other out", async () => {
    const database = await server.createDatabase();
    // Runs until the test has seen enough, however long a process takes to start.
    const wait = "WHILE NOT pg_try_advisory_lock(1) LOOP PERFORM pg_sleep(0.05); END LOOP;";
    const project = createProject({ "1_slow.sql": `DO $$ BEGIN ${wait} END $$;\n` });
    const gate = await database.connect();
    await gate.query("SELECT pg_advisory_lock(1)");
    const running = database.start(project, database.upArgs);
    await running.says("up 1_slow");
    const other = await database.library(project, ["up"]);
    await gate.query("SELECT pg_advisory_unlock(1)");
    expect([other.code, other.stderr.includes("Another migration is already running")]).toEqual([
      1,
      true,
    ]);
    expect((await running.done).code).toBe(0);
  });

  it("splits .sql files exactly as we do", async () => {
    const files = {
      "1_reversed.sql":
        "-- Down Migration\nDROP TABLE a;\n-- up migration\nCREATE TABLE a (t text DEFAULT '{x}');\n",
      "2_plain.sql": "CREATE TABLE b (id int)",
      "3_loose.sql":
        "-- note\n --- Up   Migration: first\nCREATE TABLE c (id int);\n--Down migration\nDROP TABLE c;\n",
    };
    const schemas: unknown[] = [];
    for (const tool of ["ours", "theirs"]) {
      const database = await server.createDatabase();
      const project = createProject(files);
      const run =
        tool === "ours"
          ? await database.run(project, database.upArgs)
          : await database.library(project, ["up"]);
      expect(run.code).toBe(0);
      schemas.push(
        await database.query(
          "SELECT table_name, column_name, column_default FROM information_schema.columns WHERE table_schema = 'public' AND table_name IN ('a', 'b', 'c') ORDER BY 1",
        ),
      );
    }
    expect(schemas[0]).toEqual(schemas[1]);
    expect(schemas[0]).toHaveLength(3);
  });
});

describe("down", () => {
  it("says what it would revert, and reverts with --yes", async () => {
    const database = await server.createDatabase();
    const project = createProject(THREE);
    expect((await database.run(project, database.upArgs)).code).toBe(0);
    const args = ["down", "--role", database.owner];
    const asked = await database.run(project, [...args, "--steps", "2"]);
    expect(asked.code).toBe(1);
    expect(asked.stderr).toBe(
      "down failed: this would revert\n  3000_create-orders\n  2000_add-name\nnext: to revert them, add --yes\n",
    );
    expect(await database.applied()).toHaveLength(3);
    const one = await database.run(project, [...args, "--yes", "--json"]);
    expect(documentOf(one)).toMatchObject({
      command: "down",
      committed: [NAMES[2]],
      schema: { version: NAMES[1] },
    });
    const two = await database.run(project, [...args, "--to", NAMES[0]!, "--yes"]);
    expect(two.stdout).toMatch(
      /^reverted 2000_add-name \(.*\)\ndown: 1 reverted in .*, the schema is at 1000_create-users\n$/,
    );
    expect((await database.run(project, database.upArgs)).code).toBe(0);
    expect((await database.run(project, [...args, "--steps", "9", "--yes"])).code).toBe(0);
    expect(await database.tables()).toEqual(["pgmigrations", "pgmigrations_runs"]);
    const nothing = await database.run(project, [...args, "--yes"]);
    expect([nothing.code, nothing.stdout]).toEqual([
      0,
      "down: nothing to do, nothing is applied\n",
    ]);
  });

  it("makes the reverse of a script that has no down", async () => {
    const database = await server.createDatabase();
    const project = createProject({
      "1_auto.js": "exports.up = (pgm) => { pgm.createTable('auto', { id: 'id' }); };",
    });
    expect((await database.run(project, database.upArgs)).code).toBe(0);
    expect((await database.run(project, ["down", "--role", database.owner, "--yes"])).code).toBe(0);
    expect(await database.tables()).not.toContain("auto");
  });

  it("rolls back a way down that fails", async () => {
    const database = await server.createDatabase();
    const project = createProject({
      ...THREE,
      "4000_bad.sql": "-- Up Migration\nSELECT 1;\n-- Down Migration\nDROP TABLE nowhere;\n",
    });
    expect((await database.run(project, database.upArgs)).code).toBe(0);
    const run = await database.run(project, [
      "down",
      "--role",
      database.owner,
      "--steps",
      "2",
      "--yes",
      "--json",
    ]);
    expect(run.code).toBe(1);
    expect(documentOf(run)).toMatchObject({
      ...{ committed: [], rolledBack: ["4000_bad"], notRun: ["3000_create-orders"] },
      failure: { file: "migrations/4000_bad.sql", line: 4 },
    });
    expect(await database.applied()).toHaveLength(4);
  });

  it("refuses a file without a way down, an unknown name, and both ways to say how far", async () => {
    const database = await server.createDatabase();
    const project = createProject({ ...THREE, "4000_once.sql": "SELECT 1;\n" });
    expect((await database.run(project, database.upArgs)).code).toBe(0);
    const args = ["down", "--role", database.owner, "--yes"];
    expect((await database.run(project, args)).stderr).toContain(
      "4000_once.sql: has no part for going down",
    );
    expect((await database.run(project, [...args, "--to", "nope"])).stderr).toContain(
      'invalid args\n  --to: expected the name of an applied migration, got "nope"',
    );
    const both = await database.run(project, [...args, "--to", "nope", "--steps", "none"]);
    expect(both.stderr).toContain("--to: expected either --to or --steps, got both");
    expect(both.stderr).toContain('--steps: expected a whole number from 1, got "none"');
    project.remove("4000_once.sql");
    expect((await database.run(project, args)).stderr).toContain(
      "nothing was reverted\n  4000_once: applied, but there is no file",
    );
    expect(await database.applied()).toHaveLength(4);
  });

  it.each(["BUILD_ID", "CLOUD_RUN_JOB", "K_SERVICE"])(
    "refuses production (%s)",
    async (variable) => {
      const database = await server.createDatabase();
      const project = createProject(THREE);
      expect((await database.run(project, database.upArgs)).code).toBe(0);
      const args = ["down", "--role", database.owner, "--yes"];
      const refused = await database.run(project, args, { [variable]: "x" });
      expect([refused.code, refused.stderr.includes("--allow-production")]).toEqual([1, true]);
      expect(await database.applied()).toHaveLength(3);
      const allowed = await database.run(project, [...args, "--allow-production"], {
        [variable]: "x",
      });
      expect(allowed.code).toBe(0);
    },
  );

  it("refuses an instance of Cloud SQL without --allow-production", async () => {
    const env = { PGUSER: "u", PGPASSWORD: "canary-pass", PGDATABASE: "d" };
    const args = ["down", "--yes", "--instance", "example-project:europe-west1:shop"];
    const { code, stderr } = await runCli(args, { cwd: createProject(THREE).folder, env });
    expect(code).toBe(1);
    expect(stderr).toContain("the Cloud SQL instance example-project:europe-west1:shop");
  });
});
