import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { judgeServer } from "../../../migrate/doctor/checks/serverFacts";
import { DOCTOR_RULES } from "../../../migrate/doctor/rules";
import { LOCK_ID } from "../../../migrate/lock";
import { documentOf } from "../support/cli";
import { type Project, THREE, createProject, removeProjects } from "../support/project";
import { type TestDatabase, type TestServer, startTestServer } from "../support/server";
import { examine, expectMended, findingOf, listOf } from "./examine";

let server: TestServer;
let database: TestDatabase;
let project: Project;

beforeAll(async () => {
  server = await startTestServer();
  database = await server.createDatabase();
  project = createProject(THREE);
  expect((await database.run(project, database.upArgs)).code).toBe(0);
});

afterAll(async () => {
  await server.stop();
  removeProjects();
});

describe("not-validated", () => {
  it("notes constraints that were never validated; the statements validate them", async () => {
    project.write(
      "4000_constraints.sql",
      `ALTER TABLE users ADD CONSTRAINT "is named" CHECK (name <> '') NOT VALID;
CREATE TABLE parts (id int, user_id int) PARTITION BY LIST (id);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
ALTER TABLE parts ADD CONSTRAINT positive CHECK (id > 0) NOT VALID;
ALTER TABLE orders ADD CONSTRAINT other_user FOREIGN KEY (user_id) REFERENCES users NOT VALID;
ALTER TABLE orders ADD CONSTRAINT unenforced CHECK (id > 0) NOT ENFORCED;
ALTER TABLE orders ADD CONSTRAINT no_null NOT NULL user_id NOT VALID;\n`,
    );
    expect((await database.run(project, database.upArgs)).code).toBe(0);
    const { code, findings } = await examine(database, project);
    expect([code, listOf(findings)]).toEqual([
      0,
      ["orders.no_null", "orders.other_user", "parts.positive", 'users."is named"'].map(
        (name) => `note not-validated public.${name}`,
      ),
    ]);
    await expectMended(database, project, "not-validated");
  });
});

describe("the server", () => {
  it.each([
    [130_020, null, ["connection-check"]],
    [140_000, "500ms", ["cic-corruption"]],
    [140_003, "500ms", ["cic-corruption"]],
    [140_004, "500ms", []],
    [150_018, "500ms", []],
    [180_004, "0", ["connection-check"]],
  ])("of number %i with client_connection_check_interval %s has %j", (number, interval, rules) => {
    expect(judgeServer(number, "N", interval).map(({ rule }) => rule.id)).toEqual(rules);
  });
});

describe("--fix", () => {
  it("waits for the migration lock, and says who holds it; to look needs none", async () => {
    const holder = await database.connect();
    await holder.query(`SELECT pg_advisory_lock(${LOCK_ID})`);
    const args = ["doctor", "--fix", "--json", "--lock-wait", "1s", "--role", database.owner];
    const run = await database.run(project, args);
    expect([run.code, documentOf(run)]).toMatchObject([1, { findings: [], fixed: [] }]);
    expect(documentOf(run).error).toContain("another migrator has held the lock");
    expect((await examine(database, project)).code).toBe(0);
    await holder.end();
  });

  it("gives up on a table that is in use, and says so", async () => {
    await database.query("CREATE TABLE busy (id int)");
    await database.query(
      `GRANT SELECT ON busy TO ${database.runtime}; ALTER TABLE busy OWNER TO ${database.migrator}`,
    );
    const holder = await database.connect();
    await holder.query("BEGIN; SELECT FROM busy");
    const { code, findings, fixed, said } = await examine(database, project, {
      fix: true,
      "lock-timeout": "200ms",
    });
    expect([code, fixed, listOf(findings)]).toEqual([2, [], ["warning wrong-owner public.busy"]]);
    expect(said.at(-1)).toBe("fix failed: canceling statement due to lock timeout (55P03)");
    await holder.end();
    const again = await examine(database, project, { fix: true });
    expect([again.code, again.fixed.length]).toEqual([0, 1]);
  });
});

describe("the rules", () => {
  it("have a row in the docs, each with its level and its title", () => {
    const page = readFileSync(join(__dirname, "../../../docs/doctor.md"), "utf8");
    const rows = [...page.matchAll(/^\| `([a-z-]+)` \| (error|warning|note) \|/gm)];
    expect(rows.map(([, id, level]) => `${id ?? ""} ${level ?? ""}`)).toEqual(
      DOCTOR_RULES.map(({ id, level }) => `${id} ${level}`),
    );
  });

  it("say what is wrong, why, and what to do instead", () => {
    expect(new Set(DOCTOR_RULES.map(({ id }) => id)).size).toBe(DOCTOR_RULES.length);
    for (const { id, title, why, instead, url } of DOCTOR_RULES) {
      expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(title).toMatch(/^[A-Z].*[^.]$/);
      for (const text of [why, instead]) expect(text).toMatch(/^[A-Z][\s\S]*\.$/);
      expect(url).toMatch(/^https:\/\/[^ ]+$/);
    }
  });
});

it("shows no row of a table, though the server's own errors hold one", async () => {
  await database.query("INSERT INTO users (email) VALUES ('canary-row-7f'), ('canary-row-7f')");
  const build = "CREATE UNIQUE INDEX CONCURRENTLY twice ON users (email)";
  const error: unknown = await database.query(build).catch((reason: unknown) => reason);
  expect((error as { detail: string }).detail).toContain("canary-row-7f");
  const { findings, lines } = await examine(database, project);
  expect(findingOf({ findings }, "invalid-index").file).toBe("public.twice");
  expect(JSON.stringify([findings, lines])).not.toContain("canary-row");
});
