import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Project, THREE, createProject, removeProjects } from "../support/project";
import { type TestDatabase, type TestServer, startTestServer } from "../support/server";
import { examine, expectMended, findingOf, listOf } from "./examine";

let server: TestServer;
let database: TestDatabase;
let project: Project;

beforeAll(async () => {
  server = await startTestServer();
});

beforeEach(async () => {
  database = await server.createDatabase();
  project = createProject(THREE);
  expect((await database.run(project, database.upArgs)).code).toBe(0);
});

afterAll(async () => {
  await server.stop();
  removeProjects();
});

describe("unknown-row", () => {
  it("finds a row whose file was deleted; the statement takes it out", async () => {
    project.remove("2000_add-name.sql");
    const { code, findings } = await examine(database, project);
    expect([code, listOf(findings)]).toEqual([2, ["error unknown-row 2000_add-name"]]);
    expect(findings[0]!.message).toBe("is applied, but its file was deleted or renamed");
    await expectMended(database, project, "unknown-row");
  });

  it("tells one that a newer image has applied; with that image's folder nothing is wrong", async () => {
    const text = THREE["3000_create-orders.sql"];
    project.remove("3000_create-orders.sql");
    const { findings } = await examine(database, project);
    expect(listOf(findings)).toEqual(["error unknown-row 3000_create-orders"]);
    expect(findings[0]!.message).toContain("the database is newer than this folder");
    project.write("3000_create-orders.sql", text);
    expect((await examine(database, project)).findings).toEqual([]);
  });

  it("is never taken out by --fix", async () => {
    project.remove("3000_create-orders.sql");
    const { code, fixed } = await examine(database, project, { fix: true });
    expect([code, fixed, (await database.applied()).length]).toEqual([2, [], 3]);
  });
});

describe("edited", () => {
  it("finds an edited file; the statement accepts the edit, and up goes on", async () => {
    project.write("2000_add-name.sql", `-- a comment\n${THREE["2000_add-name.sql"]}`);
    expect((await database.run(project, database.upArgs)).code).toBe(1);
    const { findings } = await examine(database, project, { fix: true });
    expect(listOf(findings)).toEqual(["error edited 2000_add-name"]);
    await expectMended(database, project, "edited");
    expect((await database.run(project, database.upArgs)).code).toBe(0);
  });
});

describe("out-of-order", () => {
  it("finds a pending file that is older than an applied one", async () => {
    project.write("1500_late.sql", "CREATE TABLE late (id int);\n");
    const { code, findings } = await examine(database, project);
    expect([code, listOf(findings)]).toEqual([2, ["error out-of-order 1500_late"]]);
    expect(findings[0]!.remedy).toContain("cloud-run-migrations renumber 1500_late");
    project.remove("1500_late.sql");
    project.write("3500_late.sql", "CREATE TABLE late (id int);\n");
    expect((await examine(database, project)).findings).toEqual([]);
  });
});

describe("duplicate-row", () => {
  it("finds a name that stands there twice; after the statements plain node-pg-migrate goes on", async () => {
    await database.query(
      "INSERT INTO pgmigrations (name, run_on) SELECT name, run_on FROM pgmigrations WHERE name LIKE '2000%'",
    );
    project.write("4000_more.sql", "-- Up Migration\nCREATE TABLE more (id int);\n");
    expect((await database.library(project, ["up"])).stderr).toContain("is preceding already run");
    const finding = findingOf(await examine(database, project), "duplicate-row");
    expect([finding.file, finding.message]).toEqual([
      "2000_add-name",
      "is recorded 2 times, so it may have run as often",
    ]);
    await expectMended(database, project, "duplicate-row");
    expect(await database.applied()).toEqual([
      "1000_create-users",
      "2000_add-name",
      "3000_create-orders",
    ]);
    expect((await database.library(project, ["up"])).code).toBe(0);
    expect(await database.applied()).toHaveLength(4);
  });
});

describe("row-order", () => {
  it("finds what --allow-out-of-order leaves; after the statement plain node-pg-migrate goes on", async () => {
    project.write("1500_late.sql", "-- Up Migration\nCREATE TABLE late (id int);\n");
    const args = [...database.upArgs, "--allow-out-of-order"];
    expect((await database.run(project, args)).code).toBe(0);
    const refused = await database.library(project, ["up"]);
    expect(refused.stderr).toContain(
      "Not run migration 1500_late is preceding already run migration 2000",
    );
    const { code, findings } = await examine(database, project);
    expect([code, listOf(findings)]).toEqual([2, ["warning row-order 2000_add-name"]]);
    expect(findings[0]!.message).toContain("was run before 1500_late");
    await expectMended(database, project, "row-order");
    project.write("4000_more.sql", "-- Up Migration\nCREATE TABLE more (id int);\n");
    expect((await database.library(project, ["up"])).code).toBe(0);
    expect(await database.applied()).toEqual([
      ...["1000_create-users", "1500_late", "2000_add-name", "3000_create-orders", "4000_more"],
    ]);
  });

  it("keeps the times that are there", async () => {
    const times = "SELECT date_trunc('ms', run_on)::text AS run_on FROM pgmigrations ORDER BY 1";
    await database.query(
      "UPDATE pgmigrations SET run_on = '2026-01-01'::timestamp + (5000 - id) * interval '1 hour'",
    );
    const before = await database.query(times);
    await expectMended(database, project, "row-order");
    expect(await database.query(times)).toEqual(before);
  });
});

describe("leftover-note", () => {
  it("notes what plain node-pg-migrate leaves when it goes down; the statement deletes it", async () => {
    expect((await database.library(project, ["down"])).code).toBe(0);
    const { code, findings } = await examine(database, project);
    expect([code, listOf(findings)]).toEqual([0, ["note leftover-note 3000_create-orders"]]);
    await expectMended(database, project, "leftover-note");
  });

  it("takes what our own way down leaves for history", async () => {
    const role = ["--role", database.owner];
    expect((await database.run(project, ["down", "--yes", ...role])).code).toBe(0);
    expect((await examine(database, project)).findings).toEqual([]);
    expect((await database.run(project, database.upArgs)).code).toBe(0);
    expect((await examine(database, project)).findings).toEqual([]);
  });
});

it("leaves a table of notes alone that is somebody else's, and says so", async () => {
  await database.query(
    "ALTER TABLE pgmigrations_runs RENAME TO old_runs; CREATE TABLE pgmigrations_runs (id int)",
  );
  await database.query(
    `ALTER TABLE pgmigrations_runs OWNER TO ${database.owner}; GRANT SELECT ON old_runs TO ${database.runtime}`,
  );
  const { code, findings, said } = await examine(database, project);
  expect([code, findings]).toEqual([0, []]);
  expect(said).toEqual([
    'note: "public"."pgmigrations_runs" cannot be used and is left alone: it has other columns than this tool\'s',
  ]);
});
