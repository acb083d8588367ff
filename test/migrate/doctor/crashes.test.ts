import type { Client } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readCatalogue } from "../../../migrate/catalogue";
import { type Project, THREE, createProject, removeProjects } from "../support/project";
import { type TestDatabase, type TestServer, startTestServer } from "../support/server";
import { examine, expectMended, findingOf, listOf, treat } from "./examine";

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

/** A script that runs outside a transaction. */
function alone(...statements: string[]): string {
  const calls = statements.map((sql) => `  pgm.sql(${JSON.stringify(sql)});\n`).join("");
  return `exports.up = (pgm) => {\n  pgm.noTransaction();\n${calls}};\nexports.down = false;\n`;
}

const BY_EMAIL = "CREATE INDEX CONCURRENTLY users_by_email ON users (email)";
const BY_USER = "CREATE UNIQUE INDEX CONCURRENTLY orders_by_user ON orders (user_id)";

/** Keeps others from it until it is let go. */
async function hold(sql: string): Promise<Client> {
  const holder = await database.connect();
  await holder.query("BEGIN");
  await holder.query(sql);
  return holder;
}

/** Starts `up` and kills it, with SIGKILL, when its connection waits in a statement that begins so. */
async function killDuring(begin: string, meanwhile?: () => Promise<void>): Promise<void> {
  const running = database.start(project, database.upArgs);
  const backends =
    "SELECT query FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'cloud-run-migrations up%'";
  await expect
    .poll(() => database.query(`${backends} AND wait_event_type = 'Lock'`), { timeout: 30_000 })
    .toEqual([{ query: expect.stringContaining(begin) as string }]);
  await meanwhile?.();
  running.child.kill("SIGKILL");
  await running.done;
  await expect.poll(() => database.query(backends), { timeout: 30_000 }).toEqual([]);
}

async function upTo(name: string): Promise<void> {
  const { code, stderr } = await database.run(project, database.upArgs);
  expect([code, code === 0 ? "" : stderr]).toEqual([0, ""]);
  expect((await database.applied()).at(-1)).toBe(name);
  expect((await examine(database, project)).findings).toEqual([]);
}

describe("invalid-index", () => {
  it("is what a killed build leaves, not one that runs; after the statement up reaches the end", async () => {
    project.write("4000_by-email.js", alone(BY_EMAIL));
    const reader = await hold("INSERT INTO users (email) VALUES ('a')");
    const blind = `${database.name}_blind`;
    await database.query(`CREATE ROLE ${blind} LOGIN PASSWORD '${database.password}'`);
    await killDuring("CREATE INDEX CONCURRENTLY", async () => {
      expect((await examine(database, project)).findings).toEqual([]);
      // A login that does not see what others do sees that something is built there.
      const { findings } = await examine(database, project, { user: blind });
      expect(listOf(findings).join()).not.toContain("invalid-index");
    });
    await reader.query("COMMIT");
    const { code, findings } = await examine(database, project);
    expect([code, listOf(findings)]).toEqual([2, ["error invalid-index public.users_by_email"]]);
    expect(findings[0]!.message).toContain("4000_by-email fails as long as it is there");
    expect((await database.run(project, database.upArgs)).stderr).toContain("already exists");
    await expectMended(database, project, "invalid-index");
    await upTo("4000_by-email");
  });

  it("of a pending migration is dropped by --fix, under the migration lock", async () => {
    project.write("4000_by-user.js", alone(BY_USER));
    await database.query("INSERT INTO orders (user_id) VALUES (NULL), (NULL)");
    await database.query("INSERT INTO users (id, email) VALUES (1, 'a')");
    await database.query("INSERT INTO orders (user_id) VALUES (1), (1)");
    expect((await database.run(project, database.upArgs)).code).toBe(1);
    const { code, findings, fixed, said } = await examine(database, project, { fix: true });
    expect([code, findings]).toEqual([0, []]);
    expect(fixed).toEqual([
      {
        ...{ rule: "invalid-index", file: "public.orders_by_user" },
        statements: ["DROP INDEX CONCURRENTLY public.orders_by_user"],
      },
    ]);
    expect(said).toEqual(["fix: DROP INDEX CONCURRENTLY public.orders_by_user;"]);
    await database.query("DELETE FROM orders WHERE id = (SELECT max(id) FROM orders)");
    await upTo("4000_by-user");
  });

  it("of an applied migration, or of nobody's, is rebuilt; what a failed rebuild leaves is dropped", async () => {
    project.write("4000_odd-name.sql", 'CREATE UNIQUE INDEX "Odd index" ON orders (user_id);\n');
    expect((await database.run(project, database.upArgs)).code).toBe(0);
    await database.query('DROP INDEX "Odd index"');
    await database.query("INSERT INTO users (id, email) VALUES (1, 'a')");
    await database.query("INSERT INTO orders (user_id) VALUES (1), (1)");
    const build = 'CREATE UNIQUE INDEX CONCURRENTLY "Odd index" ON orders (user_id)';
    await expect(database.query(build)).rejects.toThrow("could not create unique");
    const finding = findingOf(await examine(database, project), "invalid-index");
    expect(finding.statements).toEqual(['REINDEX INDEX CONCURRENTLY public."Odd index"']);
    expect(finding.remedy).toContain("take away the duplicate rows");
    // It is not dropped by --fix: somebody counts on it.
    expect((await examine(database, project, { fix: true })).fixed).toEqual([]);
    await expect(treat(database, finding)).rejects.toThrow("could not create unique");
    const both = (await examine(database, project)).findings;
    expect(both.map(({ statements }) => statements)).toEqual([
      ['REINDEX INDEX CONCURRENTLY public."Odd index"'],
      ['DROP INDEX CONCURRENTLY public."Odd index_ccnew"'],
    ]);
    await database.query("DELETE FROM orders WHERE id = (SELECT max(id) FROM orders)");
    await expectMended(database, project, "invalid-index");
    const valid =
      "SELECT bool_and(indisvalid) AS valid FROM pg_index WHERE indrelid = 'orders'::regclass";
    expect(await database.query(valid)).toEqual([{ valid: true }]);
  });

  it("on a partitioned table lacks parts: the statements make and attach them", async () => {
    project.write(
      "4000_events.sql",
      `CREATE TABLE events (id int, kind text) PARTITION BY LIST (kind);
CREATE TABLE events_a PARTITION OF events FOR VALUES IN ('a');
CREATE TABLE "Events b" PARTITION OF events FOR VALUES IN ('b');
CREATE UNIQUE INDEX "By id" ON ONLY events (id, kind) WHERE id > 0;\n`,
    );
    expect((await database.run(project, database.upArgs)).code).toBe(0);
    const { code, findings } = await examine(database, project);
    expect([code, listOf(findings)]).toEqual([2, ['warning invalid-index public."By id"']]);
    expect(findings[0]!.statements).toHaveLength(4);
    await expectMended(database, project, "invalid-index");
  });
});

describe("half-applied", () => {
  it("is a file of which one index is there: undone, up makes both", async () => {
    project.write("4000_indexes.js", alone(BY_EMAIL, BY_USER));
    const holder = await hold("LOCK TABLE orders IN SHARE MODE");
    await killDuring("CREATE UNIQUE INDEX");
    await holder.query("COMMIT");
    const before = await examine(database, project);
    expect(findingOf(before, "half-applied")).toMatchObject({
      ...{ level: "error", file: "4000_indexes", line: null },
      message:
        "is not recorded as applied, though statement 1 of its 2 is done: public.users_by_email is there",
    });
    expect((await database.run(project, database.upArgs)).code).toBe(1);
    await treat(database, findingOf(before, "half-applied"));
    expect((await examine(database, project)).findings).toEqual([]);
    await upTo("4000_indexes");
    expect(await readCatalogue(server.postgres.url(database.name))).toContainEqual(
      expect.stringContaining("orders_by_user"),
    );
  });

  it("is a file that is done but for its record: it is recorded, and up goes on", async () => {
    project.write("4000_by-email.js", alone(BY_EMAIL));
    const holder = await hold("LOCK TABLE pgmigrations IN SHARE MODE");
    await killDuring("INSERT INTO");
    await holder.query("COMMIT");
    const finding = findingOf(await examine(database, project), "half-applied");
    expect(finding.message).toContain(
      "statement 1 of its 1 is done: public.users_by_email is there",
    );
    // Names say nothing about what is behind them.
    expect((await examine(database, project, { fix: true })).fixed).toEqual([]);
    await expectMended(database, project, "half-applied");
    project.write("5000_more.sql", "CREATE TABLE more (id int);\n");
    await upTo("5000_more");
    expect((await database.library(project, ["up"])).code).toBe(0);
  });

  it("is a file that has made a column: what is left is run, and all of it recorded", async () => {
    await database.query("INSERT INTO users (email) VALUES ('a')");
    project.write(
      "4000_size.js",
      alone(
        "ALTER TABLE users ADD COLUMN size int",
        "UPDATE users SET size = 7",
        "CREATE INDEX CONCURRENTLY users_by_size ON users (size)",
      ),
    );
    // The build waits in its last phase for every older snapshot, and leaves an INVALID index.
    const holder = await hold("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT 1");
    await killDuring("CREATE INDEX CONCURRENTLY");
    await holder.query("COMMIT");
    const before = await examine(database, project);
    const finding = findingOf(before, "half-applied");
    expect(finding.message).toContain("the column public.users.size is there");
    expect(finding.remedy).toContain("statement 2 may have run too, so look first");
    expect(finding.statements).toEqual([
      `SET ROLE "${database.owner}"`,
      'SET search_path = "public"',
      "UPDATE users SET size = 7",
      'DROP INDEX CONCURRENTLY "public"."users_by_size"',
      "CREATE INDEX CONCURRENTLY users_by_size ON users (size)",
      ...finding.statements.slice(5),
    ]);
    await treat(database, finding);
    expect((await examine(database, project)).findings).toEqual([]);
    expect((await database.applied()).at(-1)).toBe("4000_size");
    await upTo("4000_size");
  });

  it("shows no password that is written in what is left", async () => {
    const secret = "CREATE ROLE somebody PASSWORD 'canary-secret-3b'";
    project.write("4000_size.js", alone("ALTER TABLE users ADD COLUMN size int", secret));
    await database.query("ALTER TABLE users ADD COLUMN size int");
    const { findings, lines } = await examine(database, project);
    expect(findings[0]!.statements).toContain("CREATE ROLE somebody PASSWORD '[secret]'");
    expect(JSON.stringify([findings, lines])).not.toContain("canary");
  });

  it("is a file that has dropped what it replaces: the rest is run", async () => {
    project.write("4000_by-email.js", alone(BY_EMAIL));
    expect((await database.run(project, database.upArgs)).code).toBe(0);
    project.write(
      "5000_replace.js",
      alone(
        "DROP INDEX CONCURRENTLY users_by_email",
        "CREATE INDEX CONCURRENTLY users_by_both ON users (email, name)",
      ),
    );
    await database.query("DROP INDEX users_by_email");
    const finding = findingOf(await examine(database, project), "half-applied");
    expect(finding.message).toContain("users_by_email is gone");
    await expectMended(database, project, "half-applied");
    await upTo("5000_replace");
  });

  it("is none where up can begin at the first statement", async () => {
    await database.query("CREATE INDEX kept ON users (name)");
    project.write("4000_table.sql", "CREATE TABLE more (id int); CREATE TABLE gone (id int);\n");
    project.write(
      "5000_all.js",
      alone(
        "DROP INDEX CONCURRENTLY kept",
        "CREATE INDEX CONCURRENTLY kept ON users (name, email)",
        "CREATE INDEX CONCURRENTLY IF NOT EXISTS users_pkey ON users (id)",
        "DROP INDEX CONCURRENTLY IF EXISTS nobodys",
        "ALTER TABLE users ADD COLUMN IF NOT EXISTS email text",
        "CREATE INDEX CONCURRENTLY more_by_id ON more (id)",
        "DROP TABLE gone",
        "CREATE TYPE mood AS ENUM ('a')",
        "ALTER TYPE mood ADD VALUE 'b'",
      ),
    );
    expect((await examine(database, project)).findings).toEqual([]);
    await upTo("5000_all");
  });

  it("is not known of a script that asks the database: a note says so", async () => {
    project.write(
      "4000_asks.js",
      "exports.up = async (pgm) => { pgm.noTransaction(); await pgm.db.query('SELECT 1'); };\n",
    );
    const { code, findings } = await examine(database, project);
    expect([code, listOf(findings)]).toEqual([0, ["note half-applied 4000_asks"]]);
    expect(findings[0]!.message).toContain("it asks the database");
  });
});

describe("unannotated", () => {
  it("is a file whose migrator was killed right after it was recorded; --fix writes the note", async () => {
    project.write("4000_by-email.js", alone(BY_EMAIL));
    const holder = await hold("LOCK TABLE pgmigrations_runs IN SHARE MODE");
    await killDuring("INSERT INTO");
    await holder.query("COMMIT");
    expect((await database.applied()).at(-1)).toBe("4000_by-email");
    const { code, findings } = await examine(database, project);
    expect([code, listOf(findings)]).toEqual([2, ["warning unannotated 4000_by-email"]]);
    const { code: after, findings: left, fixed } = await examine(database, project, { fix: true });
    expect([after, left, fixed.map(({ file }) => file)]).toEqual([0, [], ["4000_by-email"]]);
    // With the note an edit is noticed.
    project.write("4000_by-email.js", alone(BY_EMAIL, "SELECT 1"));
    expect(listOf((await examine(database, project)).findings)).toEqual([
      "error edited 4000_by-email",
    ]);
  });

  it("is mended by the statement as well, once however often it is run", async () => {
    await database.query("DELETE FROM pgmigrations_runs WHERE name = '2000_add-name'");
    const { code, findings } = await examine(database, project);
    expect([code, listOf(findings)]).toEqual([0, ["note unannotated 2000_add-name"]]);
    await treat(database, findings[0]!);
    await treat(database, findings[0]!);
    expect((await examine(database, project)).findings).toEqual([]);
    const [count] = await database.query("SELECT count(*)::int FROM pgmigrations_runs");
    expect(count).toEqual({ count: 3 });
  });

  it("is nothing in a history that is plain node-pg-migrate's", async () => {
    const other = await server.createDatabase();
    project.write("4000_by-email.js", alone(BY_EMAIL));
    expect((await other.library(project, ["up", "1"])).code).toBe(0);
    expect((await other.library(project, ["up", "1"])).code).toBe(0);
    expect((await other.run(project, other.upArgs)).code).toBe(0);
    // The second one is a neighbour of ours.
    expect(listOf((await examine(other, project)).findings)).toEqual([
      "note unannotated 2000_add-name",
    ]);
  });
});
