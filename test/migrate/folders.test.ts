import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { documentOf } from "./support/cli";
import { type Project, createProject, removeProjects } from "./support/project";
import { type TestDatabase, type TestServer, startTestServer } from "./support/server";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(async () => {
  await server.stop();
  removeProjects();
});

/** Migrates with the tool in one database and with plain node-pg-migrate in another. */
async function migrateBoth(
  project: Project,
  args: string[] = [],
): Promise<{ ours: TestDatabase; theirs: TestDatabase; code: number | null; stderr: string }> {
  const [ours, theirs] = [await server.createDatabase(), await server.createDatabase()];
  const { code, stderr } = await ours.run(project, [...ours.upArgs, ...args]);
  expect((await theirs.library(project, ["up", ...args])).code).toBe(0);
  return { ours, theirs, code, stderr };
}

describe("a folder with more in it than migrations", () => {
  const IGNORE = ["--ignore-pattern", "\\..*|.*migrate(.ts)?|.*\\.md"];
  const files = {
    "migrate.ts": "throw new Error('not to be loaded');",
    "run-migrate": "#!/bin/sh\n",
    "README.md": "# How we migrate\n",
    ".gitkeep": "",
    "1000_users copy.ts": `import { TABLE } from "../tables";
export const up = (pgm) => { pgm.createTable(TABLE, { id: "id" }); };
export const down = (pgm) => { pgm.dropTable(TABLE); };
`,
    "2000_orders.ts.ts": `export const up = (pgm) => { pgm.createTable("orders", { id: "id" }); };
export const down = (pgm) => { pgm.dropTable("orders"); };
`,
  };

  function createMixed(): Project {
    const project = createProject(files);
    project.write("../tables.ts", 'export const TABLE: string = "users";\n');
    return project;
  }

  it("is run like node-pg-migrate runs it, given the same --ignore-pattern", async () => {
    const project = createMixed();
    const { ours, theirs, code } = await migrateBoth(project, IGNORE);
    expect(code).toBe(0);
    expect(await ours.applied()).toEqual(["1000_users copy", "2000_orders.ts"]);
    expect(await theirs.applied()).toEqual(await ours.applied());
    const status = await ours.run(project, ["status", "--json", ...IGNORE]);
    expect([status.code, documentOf(status).applied]).toEqual([0, 2]);
    const again = await ours.library(project, ["up", ...IGNORE]);
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining("No migrations")]);
    const down = await ours.run(project, [
      ...["down", "--steps", "2", "--yes", "--role", ours.owner],
      ...IGNORE,
    ]);
    expect(down.code).toBe(0);
    expect(await ours.tables()).toEqual(["pgmigrations", "pgmigrations_runs"]);
  });

  it("is checked without what is ignored, and refused without the flag", async () => {
    const project = createMixed();
    const database = await server.createDatabase();
    expect((await database.run(project, ["check", "--runnable", ...IGNORE])).code).toBe(0);
    const refused = await database.run(project, database.upArgs);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("migrations/README.md: expected a migration");
    expect(refused.stderr).toContain("name it to --ignore-pattern");
  });

  it("says when the pattern is none", async () => {
    const { code, stderr } = await (
      await server.createDatabase()
    ).run(createMixed(), ["check", "--ignore-pattern", "(md"]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('--ignore-pattern: expected a regular expression, got "(md"'),
    ]);
  });
});

describe("a file that was emptied on purpose", () => {
  const accept = (mark: string): string =>
    `${mark} cloud-run-migrations: accept does-nothing: its rows are seeded elsewhere\n`;
  const EMPTY = "export async function up(pgm) {}\nexport async function down(pgm) {}\n";

  it("is applied when it says so", async () => {
    const { ours, code } = await migrateBoth(
      createProject({
        "1000_seed.ts": accept("//") + EMPTY,
        "2000_seed.sql": `${accept("--")}-- Up Migration\n-- Down Migration\n`,
        "3000_orders.sql": "CREATE TABLE orders (id int);\n",
      }),
    );
    expect(code).toBe(0);
    expect(await ours.applied()).toEqual(["1000_seed", "2000_seed", "3000_orders"]);
  });

  it("is taken by check, with --runnable and without", async () => {
    const database = await server.createDatabase();
    const project = createProject({ "1000_seed.ts": accept("//") + EMPTY });
    for (const args of [["check", "--runnable"], ["check"]]) {
      const { code, stdout } = await database.run(project, args);
      expect([code, stdout]).toEqual([0, "check: nothing to change\n"]);
    }
  });

  it("is refused with a comment that gives no reason", async () => {
    const database = await server.createDatabase();
    const comment = "// cloud-run-migrations: accept does-nothing\n";
    const project = createProject({ "1000_seed.ts": comment + EMPTY });
    expect((await database.run(project, ["check", "--runnable"])).code).toBe(2);
    const { code, stderr } = await database.run(project, database.upArgs);
    expect([code, stderr]).toEqual([1, expect.stringContaining("[does-nothing] does nothing")]);
    expect(await database.applied()).toEqual([]);
  });
});

describe("what a folder needs of the database", () => {
  it.each([
    [
      "CREATE TABLE a (b citext);",
      "it comes with the extension citext: add --extensions citext, or correct migrations/1_a.sql",
    ],
    [
      "CREATE TABLE a (b uuid DEFAULT uuid_generate_v4());",
      "it comes with the extension uuid-ossp: add --extensions uuid-ossp, or correct migrations/1_a.sql",
    ],
    [
      "CREATE EXTENSION postgres_fdw;",
      "the login may make it where the owner role may not: add --extensions postgres_fdw",
    ],
    [
      "CREATE ROLE reader LOGIN;",
      "logins are made where the instance is provisioned, not by migrations: take it out of migrations/1_a.sql",
    ],
    [
      "CREATE FUNCTION f() RETURNS int LEAKPROOF LANGUAGE sql AS 'SELECT 1';",
      "PostgreSQL leaves this to superusers, and in Cloud SQL no user is one: take it out of migrations/1_a.sql",
    ],
  ])("is said when it is missing: %s", async (sql, remedy) => {
    const database = await server.createDatabase();
    const project = createProject({ "1_a.sql": sql });
    const document = documentOf(await database.run(project, [...database.upArgs, "--json"]));
    expect(document).toMatchObject({ failure: { remedy } });
  });

  it("is made by --extensions, as the remedy says", async () => {
    const database = await server.createDatabase();
    const project = createProject({
      "1_a.sql": "CREATE TABLE a (b citext, c uuid DEFAULT uuid_generate_v4());",
    });
    const args = [...database.upArgs, "--extensions", "citext,uuid-ossp"];
    expect((await database.run(project, args)).code).toBe(0);
  });
});

describe("a script that ends the process", () => {
  const ENDS = "export const up = (pgm) => { pgm.sql('SELECT 1'); };\nprocess.exit(0);\n";
  const said = "the process ended before the command was done: does a migration";

  it.each(["check", "up"])("fails %s, with its document", async (command) => {
    const database = await server.createDatabase();
    const project = createProject({ "1000_ends.js": ENDS });
    const args = command === "up" ? database.upArgs : [command];
    const run = await database.run(project, [...args, "--json"]);
    expect(run.code).toBe(1);
    expect(documentOf(run)).toMatchObject({ formatVersion: 1, command });
    expect(documentOf(run).error).toContain(said);
    expect(run.stderr).toContain(`${command} failed: ${said}`);
  });

  it("fails up when it does so while it runs, and is rolled back", async () => {
    const database = await server.createDatabase();
    const project = createProject({
      "1000_ends.js": `export const up = async (pgm) => {
  await pgm.db.query("CREATE TABLE half (id int)");
  process.exit(0);
};
`,
    });
    const run = await database.run(project, database.upArgs);
    expect([run.code, run.stderr]).toEqual([1, expect.stringContaining(`up failed: ${said}`)]);
    expect(await database.tables()).not.toContain("half");
  });

  it("is named when it waits for what never comes", async () => {
    const database = await server.createDatabase();
    const project = createProject({
      "1000_waits.js": "export const up = () => {};\nawait new Promise(() => undefined);\n",
    });
    const { code, stdout } = await database.run(project, ["check", "--runnable"]);
    expect([code, stdout]).toEqual([
      2,
      expect.stringContaining("1000_waits.js: error [does-not-load] waits at its top level"),
    ]);
  });
});
