import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { documentOf } from "./support/cli";
import { THREE, createProject, removeProjects } from "./support/project";
import { type TestDatabase, type TestServer, startTestServer } from "./support/server";

const LOCK = "7241865325823964";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(async () => {
  await server.stop();
  removeProjects();
});

/** Waits until `sql` gives true. */
async function until(database: TestDatabase, sql: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (Date.now() < deadline) {
    const [row] = await database.query(`SELECT (${sql}) AS done`);
    if (row?.done === true) return;
    await sleep(20);
  }
  throw new Error(`never true: ${sql}`);
}

const IS_SLEEPING =
  "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()";
const HAS_LOCK = `SELECT count(*) > 0 FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

describe("groups", () => {
  it("applies everything that is pending in one transaction", async () => {
    const database = await server.createDatabase();
    const run = await database.run(createProject(THREE), [...database.upArgs, "--json"]);
    expect(run.code).toBe(0);
    expect(documentOf(run)).toMatchObject({
      formatVersion: 1,
      command: "up",
      committed: ["1000_create-users", "2000_add-name", "3000_create-orders"],
      rolledBack: [],
      notRun: [],
      waitedForLockMs: 0,
      error: null,
      schema: { version: "3000_create-orders" },
    });
    const [times] = await database.query(
      "SELECT count(DISTINCT run_on)::int AS n FROM pgmigrations",
    );
    expect(times).toEqual({ n: 1 });
  });

  it("rolls the failing group back and says what became of each file", async () => {
    const database = await server.createDatabase();
    const project = createProject({
      ...THREE,
      "4000_bad.sql":
        "-- Up Migration\nCREATE TABLE half (id int);\nALTER TABLE nowhere ADD a int;\n",
      "5000_after.sql": "-- Up Migration\nSELECT 1;\n",
    });
    const run = await database.run(project, [...database.upArgs, "--json"]);
    expect(run.code).toBe(1);
    expect(documentOf(run)).toMatchObject({
      committed: [],
      rolledBack: ["1000_create-users", "2000_add-name", "3000_create-orders", "4000_bad"],
      unfinished: [],
      notRun: ["5000_after"],
      failure: {
        ...{ message: 'relation "nowhere" does not exist', code: "42P01", migration: "4000_bad" },
        ...{ file: "migrations/4000_bad.sql", line: 3, column: 1 },
      },
      next: "correct migrations/4000_bad.sql; then run cloud-run-migrations up again",
    });
    expect(await database.tables()).toEqual(["pgmigrations", "pgmigrations_runs"]);
    expect(await database.applied()).toEqual([]);
    project.write("4000_bad.sql", "-- Up Migration\nCREATE TABLE half (id int);\n");
    expect((await database.run(project, database.upArgs)).code).toBe(0);
  });

  it("shows file, line and a caret", async () => {
    const database = await server.createDatabase();
    const project = createProject({
      "1_bad.sql": "-- Up Migration\nSELECT 'ä𝄞',\n  nope;\n",
    });
    const { stdout, stderr } = await database.run(project, database.upArgs);
    expect(stdout).toBe("rolled back 1_bad\n");
    expect(stderr).toContain(
      [
        'up failed: migrations/1_bad.sql:3:3: column "nope" does not exist (42703)',
        "  3 |   nope;",
        "    |   ^",
        "next: correct migrations/1_bad.sql; then run cloud-run-migrations up again",
      ].join("\n"),
    );
  });

  it("runs a file without a transaction alone, between two groups", async () => {
    const database = await server.createDatabase();
    const project = createProject({
      ...THREE,
      "4000_index.js":
        "exports.up = (pgm) => { pgm.noTransaction(); pgm.createIndex('users', 'email', { name: 'users_email', concurrently: true }); };",
      "5000_good.sql": "-- Up Migration\nCREATE TABLE good (id int);\n",
      "6000_bad.sql": "-- Up Migration\nSELECT nope;\n",
    });
    const run = await database.run(project, [...database.upArgs, "--json"]);
    expect(documentOf(run)).toMatchObject({
      committed: ["1000_create-users", "2000_add-name", "3000_create-orders", "4000_index"],
      rolledBack: ["5000_good", "6000_bad"],
      notRun: [],
      schema: { version: "4000_index" },
    });
    expect(await database.applied()).toHaveLength(4);
    const [index] = await database.query(
      "SELECT indisvalid FROM pg_index WHERE indexrelid = 'users_email'::regclass",
    );
    expect(index).toEqual({ indisvalid: true });
  });

  it("splits the group when a file asks for no transaction in a way its text does not show", async () => {
    const database = await server.createDatabase();
    const project = createProject({
      ...THREE,
      "4000_index.js":
        "exports.up = (pgm) => { pgm['no' + 'Transaction'](); pgm.sql('CREATE INDEX CONCURRENTLY users_email ON users (email)'); };",
      "5000_after.sql": "-- Up Migration\nSELECT 1;\n",
    });
    const run = await database.run(project, [...database.upArgs, "--json"]);
    expect([run.code, documentOf(run).committed]).toEqual([
      0,
      ["1000_create-users", "2000_add-name", "3000_create-orders", "4000_index", "5000_after"],
    ]);
    const rows = await database.query(
      "SELECT name, count(*)::int AS n FROM pgmigrations_runs GROUP BY 1",
    );
    expect(rows.every(({ n }) => n === 1) && rows.length === 5).toBe(true);
  });

  it("names the invalid index that a failed file outside a transaction leaves", async () => {
    const database = await server.createDatabase();
    const project = createProject({
      "1_users.sql":
        "-- Up Migration\nCREATE TABLE users (email text);\nINSERT INTO users VALUES ('canary-row'), ('canary-row');\n",
      "2_unique.js":
        "exports.up = (pgm) => { pgm.noTransaction(); pgm.createIndex('users', 'email', { name: 'once', unique: true, concurrently: true }); };",
      "3_after.sql": "-- Up Migration\nSELECT 1;\n",
    });
    const first = await database.run(project, [...database.upArgs, "--json"]);
    const next =
      "correct migrations/2_unique.js; then undo by hand what 2_unique did before it failed, for it is not recorded as applied; " +
      "then drop what it left invalid: DROP INDEX CONCURRENTLY public.once; then run cloud-run-migrations up again";
    expect(documentOf(first)).toMatchObject({
      ...{ committed: ["1_users"], rolledBack: [], unfinished: ["2_unique"], notRun: ["3_after"] },
      next,
    });
    expect(first.stdout + first.stderr).not.toContain("canary-row");
    const second = await database.run(project, [...database.upArgs, "--json"]);
    expect(documentOf(second)).toMatchObject({ unfinished: ["2_unique"], next });
    await database.query("DROP INDEX once");
    await database.query("DELETE FROM users WHERE ctid = (SELECT min(ctid) FROM users)");
    expect((await database.run(project, database.upArgs)).code).toBe(0);
  });

  it("tells how to run CREATE INDEX CONCURRENTLY, which no .sql file can", async () => {
    const database = await server.createDatabase();
    const project = createProject({
      ...THREE,
      "4000_index.sql": "-- Up Migration\nCREATE INDEX CONCURRENTLY i ON users (email);\n",
    });
    const { code, stderr } = await database.run(project, database.upArgs);
    expect(code).toBe(1);
    expect(stderr).toContain("write this migration as a script that calls pgm.noTransaction()");
  });

  it.each(["ROLLBACK;", "COMMIT;", "BEGIN; SELECT 1;", "PREPARE TRANSACTION 'x';"])(
    "refuses %s in a file before anything runs",
    async (statement) => {
      const database = await server.createDatabase();
      const project = createProject({
        ...THREE,
        "4000_ends.sql": `-- Up Migration\nCREATE TABLE stays (id int);\n${statement}\n`,
      });
      const run = await database.run(project, [...database.upArgs, "--json"]);
      expect(run.code).toBe(1);
      const document = documentOf(run);
      expect(document).toMatchObject({ committed: [], rolledBack: [], unfinished: [] });
      expect(document.notRun).toHaveLength(4);
      expect(document.error).toContain("migrations/4000_ends.sql:3: [transaction-control] ends or");
      expect(document.error).toContain("a script that calls pgm.noTransaction()");
      expect(await database.tables()).toEqual(["pgmigrations", "pgmigrations_runs"]);
    },
  );

  it.each(["COMMIT", "ROLLBACK; CREATE TABLE stays (id int)", "BEGIN"])(
    "rolls a script back that sends %s, before that is sent",
    async (statement) => {
      const database = await server.createDatabase();
      const project = createProject({
        ...THREE,
        "4000_ends.js": `exports.up = (pgm) => { pgm.sql('CREATE TABLE half ()'); pgm.sql('${statement}'); };`,
      });
      const run = await database.run(project, [...database.upArgs, "--json"]);
      expect(documentOf(run)).toMatchObject({ committed: [], unfinished: [] });
      expect(documentOf(run).rolledBack).toHaveLength(4);
      expect(documentOf(run).next).toContain("take it out, for the tool commits");
      expect(await database.tables()).toEqual(["pgmigrations", "pgmigrations_runs"]);
    },
  );

  // Nested comments are beyond the reader of statements, so this stands for what it overlooks.
  it.each([
    ["COMMIT", 3],
    ["COMMIT; SELECT nope", 3],
    ["ROLLBACK; CREATE TABLE stays (id int)", 0],
    ["ROLLBACK; CREATE TABLE stays (id int); /* a /* b */ c */ BEGIN", 0],
  ])("calls a file unfinished that slips %s past the check", async (statements, committed) => {
    const database = await server.createDatabase();
    const project = createProject({
      ...THREE,
      "4000_ends.sql": `CREATE TABLE half (id int); /* a /* b */ c */ ${statements};\n`,
      "5000_after.sql": "CREATE TABLE after (id int);\n",
    });
    const run = await database.run(project, [...database.upArgs, "--json"]);
    expect(run.code).toBe(1);
    const document = documentOf(run);
    expect(document).toMatchObject({ unfinished: ["4000_ends"], notRun: ["5000_after"] });
    expect(document.committed).toEqual(await database.applied());
    expect(document.committed).toHaveLength(committed);
    expect(document.rolledBack).toHaveLength(3 - committed);
    expect(document.next).toContain("undo by hand what 4000_ends did");
    expect(await database.tables()).not.toContain("after");
  });

  it("refuses what create has just written", async () => {
    const database = await server.createDatabase();
    const project = createProject(THREE);
    for (const language of ["--sql", "--js", "--ts"]) {
      expect((await database.run(project, ["create", "add orders", language])).code).toBe(0);
    }
    const run = await database.run(project, [...database.upArgs, "--json"]);
    expect(run.code).toBe(1);
    expect(
      String(documentOf(run).error).match(/\[does-nothing\] does nothing; write/g),
    ).toHaveLength(3);
    expect(await database.applied()).toEqual([]);
  });

  it("takes a file with a byte order mark", async () => {
    const database = await server.createDatabase();
    const project = createProject({ "1_bom.sql": "\uFEFFCREATE TABLE bom (id int);\n" });
    expect((await database.run(project, database.upArgs)).code).toBe(0);
    expect(await database.tables()).toContain("bom");
  });

  it("takes a path for --to", async () => {
    const database = await server.createDatabase();
    const args = [...database.upArgs, "--to", "./migrations/2000_add-name.sql"];
    expect((await database.run(createProject(THREE), args)).code).toBe(0);
    expect(await database.applied()).toHaveLength(2);
  });

  it("gives types that an applied script declares to later scripts", async () => {
    const database = await server.createDatabase();
    const project = createProject({
      "1_types.js":
        "exports.shorthands = { money: 'numeric(12,2)' }; exports.up = (pgm) => { pgm.createTable('a', { m: 'money' }); };",
    });
    expect((await database.run(project, database.upArgs)).code).toBe(0);
    project.write("2_index.mjs", "export const up = (pgm) => { pgm.noTransaction(); };\n");
    project.write(
      "3_use.ts",
      "export const up = (pgm: any): void => { pgm.createTable('b', { m: 'money' }); };\n",
    );
    expect((await database.run(project, database.upArgs)).code).toBe(0);
    const types = await database.query(
      "SELECT DISTINCT format_type(atttypid, atttypmod) AS type FROM pg_attribute WHERE attname = 'm'",
    );
    expect(types).toEqual([{ type: "numeric(12,2)" }]);
  });

  it("fails before anything is applied when a pending file does not load", async () => {
    const database = await server.createDatabase();
    const project = createProject({
      ...THREE,
      "4000_broken.js": "exports.up = (",
      "5000_typo.sql":
        "-- cloud-run-migrations: statement_timout=2h lock_timeout=3m\n-- Up Migration\nSELECT 1;\n",
    });
    const run = await database.run(project, [...database.upArgs, "--json"]);
    const document = documentOf(run);
    expect(document).toMatchObject({ committed: [], rolledBack: [] });
    expect(document.notRun).toHaveLength(5);
    expect(document.error).toMatch(
      /4000_broken\.js: .*\n.*5000_typo\.sql settings: .*\n.*5000_typo\.sql lock_timeout: /,
    );
    expect(await database.applied()).toEqual([]);
  });

  it("applies up to --to, and refuses a name that is not there", async () => {
    const database = await server.createDatabase();
    const project = createProject(THREE);
    const run = await database.run(project, [
      ...database.upArgs,
      "--to",
      "2000_add-name",
      "--json",
    ]);
    expect(documentOf(run)).toMatchObject({ committed: ["1000_create-users", "2000_add-name"] });
    const wrong = await database.run(project, [...database.upArgs, "--to", "nope"]);
    expect([wrong.code, wrong.stderr]).toEqual([
      1,
      'invalid args\n  --to: expected the name of a migration in migrations, got "nope"; see status for the names\n',
    ]);
  });
});

describe("timeouts", () => {
  it("are the command's, or the file's own, and leak into no other file", async () => {
    const database = await server.createDatabase();
    const seen =
      "INSERT INTO seen SELECT current_setting('statement_timeout'), current_setting('lock_timeout');\n";
    const project = createProject({
      "1.sql": `CREATE TABLE seen (statement text, lock text);\n${seen}`,
      "2_own.sql": `-- cloud-run-migrations: statement_timeout=2h lock_timeout=10s\n-- Up Migration\n${seen}SET statement_timeout = 0; SET search_path = '';\n`,
      "3_next.sql": seen,
      "4_alone.js": `export const settings = { statement_timeout: "90min" };
        export const up = (pgm) => { pgm.noTransaction(); pgm.sql("${seen.trim()}"); };`,
      "5_last.sql": seen,
    });
    const args = [...database.upArgs, "--statement-timeout", "20min", "--lock-timeout", "3s"];
    const { code, stderr } = await database.run(project, args);
    expect([code, stderr]).toEqual([0, expect.any(String)]);
    expect(await database.query("SELECT * FROM seen")).toEqual([
      { statement: "20min", lock: "3s" },
      { statement: "2h", lock: "10s" },
      { statement: "20min", lock: "3s" },
      { statement: "90min", lock: "0" },
      { statement: "20min", lock: "3s" },
    ]);
  });

  it("let CREATE INDEX CONCURRENTLY outlast an older transaction", async () => {
    const database = await server.createDatabase();
    const project = createProject(THREE);
    expect((await database.run(project, database.upArgs)).code).toBe(0);
    const writer = await database.connect();
    await writer.query("BEGIN; INSERT INTO users (email) VALUES ('a')");
    project.write(
      "4000_index.js",
      "exports.up = (pgm) => { pgm.noTransaction(); pgm.createIndex('users', 'email', { concurrently: true }); };",
    );
    const running = database.start(project, [...database.upArgs, "--lock-timeout", "200ms"]);
    await until(database, "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted");
    await sleep(800);
    await writer.query("COMMIT");
    expect((await running.done).code).toBe(0);
  });

  it("end a statement that runs too long, and say how to allow it", async () => {
    const database = await server.createDatabase();
    const project = createProject({ "1_slow.sql": "-- Up Migration\nSELECT pg_sleep(30);\n" });
    const { code, stderr } = await database.run(project, [
      ...database.upArgs,
      "--statement-timeout",
      "200ms",
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain("cloud-run-migrations: statement_timeout=2h");
  });

  it("give a lock up, let readers through and try again", async () => {
    const database = await server.createDatabase();
    const project = createProject(THREE);
    expect((await database.run(project, database.upArgs)).code).toBe(0);
    const reader = await database.connect();
    await reader.query("BEGIN; SELECT * FROM users");
    project.write("4000_alter.sql", "-- Up Migration\nALTER TABLE users ADD COLUMN age int;\n");
    const running = database.start(project, [...database.upArgs, "--lock-timeout", "300ms"]);
    const other = await database.connect();
    let longest = 0;
    const end = Date.now() + 3000;
    while (Date.now() < end) {
      const begin = Date.now();
      await other.query("SELECT * FROM users");
      longest = Math.max(longest, Date.now() - begin);
      await sleep(20);
    }
    await reader.query("COMMIT");
    const { code, stderr } = await running.done;
    expect(code).toBe(0);
    expect(stderr).toContain("canceling statement due to lock timeout, held by process");
    expect(longest).toBeGreaterThan(100);
    expect(longest).toBeLessThan(1300);
  });
});

describe("several migrators", () => {
  it.each([2, 4])("apply once when there are %i", async (count) => {
    const database = await server.createDatabase();
    const project = createProject({
      ...THREE,
      "4000_index.js":
        "exports.up = (pgm) => { pgm.noTransaction(); pgm.sql('SELECT pg_sleep(0.5)'); pgm.createIndex('users', 'email', { concurrently: true }); };",
    });
    const runs = await Promise.all(
      Array.from({ length: count }, () => database.run(project, [...database.upArgs, "--json"])),
    );
    const documents = runs.map(documentOf);
    expect(runs.map(({ code }) => code)).toEqual(runs.map(() => 0));
    expect(documents.flatMap(({ committed }) => committed)).toHaveLength(4);
    expect(await database.applied()).toHaveLength(4);
    const waited = documents.filter(({ waitedForLockMs }) => Number(waitedForLockMs) > 0);
    expect(waited.length).toBeGreaterThan(0);
  });

  it("report the version that the one before them left", async () => {
    const database = await server.createDatabase();
    const project = createProject({ "1_slow.sql": "SELECT pg_sleep(2);\n" });
    const first = database.start(project, database.upArgs);
    await until(database, HAS_LOCK);
    const second = await database.run(project, [...database.upArgs, "--json"]);
    expect((await first.done).code).toBe(0);
    expect(documentOf(second)).toMatchObject({ committed: [], schema: { version: "1_slow" } });
    expect(Number(documentOf(second).waitedForLockMs)).toBeGreaterThan(0);
  });

  it("wait no longer than --lock-wait, and say who holds the lock", async () => {
    const database = await server.createDatabase();
    const holder = await database.connect();
    await holder.query("SET application_name = 'somebody else'");
    await holder.query(`SELECT pg_advisory_lock(${LOCK})`);
    const begin = Date.now();
    const run = await database.run(createProject(THREE), [
      ...database.upArgs,
      "--lock-wait",
      "1s",
      "--json",
    ]);
    expect(run.code).toBe(1);
    expect(Date.now() - begin).toBeLessThan(6000);
    const document = documentOf(run);
    expect(document.error).toMatch(
      /held the lock for more than 1\.0 s: process \d+ \(somebody else, user postgres/,
    );
    expect(document.notRun).toHaveLength(3);
    expect(Number(document.waitedForLockMs)).toBeGreaterThanOrEqual(1000);
    expect(run.stderr).toContain("waiting for the migration lock, held by process");
    await holder.query(`SELECT pg_advisory_unlock(${LOCK})`);
  });

  it("load neither node-pg-migrate nor Google's libraries when nothing is pending", async () => {
    const database = await server.createDatabase();
    const project = createProject(THREE);
    const log = join(project.folder, "imported.log");
    const hooks = `import { appendFileSync } from "node:fs";
      export const resolve = (name, context, next) => { appendFileSync(${JSON.stringify(log)}, name + "\\n"); return next(name, context); };`;
    writeFileSync(join(project.folder, "hooks.mjs"), hooks);
    const register = `import { register } from "node:module"; register(${JSON.stringify(pathToFileURL(join(project.folder, "hooks.mjs")))});`;
    writeFileSync(join(project.folder, "register.mjs"), register);
    const env = { NODE_OPTIONS: `--import ${join(project.folder, "register.mjs")}` };
    const heavy = /^(node-pg-migrate|jiti|google-auth-library|@google-cloud\/.*)$/m;
    expect((await database.run(project, database.upArgs, env)).code).toBe(0);
    expect(readFileSync(log, "utf8")).toMatch(heavy);
    writeFileSync(log, "");
    expect((await database.run(project, database.upArgs, env)).code).toBe(0);
    expect(readFileSync(log, "utf8")).not.toMatch(heavy);
  });

  it("do not wait when nothing is pending", async () => {
    const database = await server.createDatabase();
    const project = createProject(THREE);
    expect((await database.run(project, database.upArgs)).code).toBe(0);
    const holder = await database.connect();
    await holder.query(`SELECT pg_advisory_lock(${LOCK})`);
    expect((await database.run(project, [...database.upArgs, "--lock-wait", "0"])).code).toBe(0);
    await holder.end();
  });
});

describe("an end in the middle", () => {
  const slow = {
    ...THREE,
    "4000_slow.sql": "-- Up Migration\nCREATE TABLE slow (id int);\nSELECT pg_sleep(60);\n",
  };

  it("by SIGKILL leaves nothing, and the next run need not wait for long", async () => {
    const database = await server.createDatabase();
    const project = createProject(slow);
    const running = database.start(project, database.upArgs);
    await until(database, IS_SLEEPING);
    running.child.kill("SIGKILL");
    await running.done;
    project.write("4000_slow.sql", "-- Up Migration\nCREATE TABLE slow (id int);\n");
    const begin = Date.now();
    expect((await database.run(project, database.upArgs)).code).toBe(0);
    expect(Date.now() - begin).toBeLessThan(8000);
    expect(await database.applied()).toHaveLength(4);
  });

  it.each([
    ["SIGTERM", 143],
    ["SIGINT", 130],
  ] as const)("by %s rolls back, frees the lock and exits with %i", async (signal, exitCode) => {
    const database = await server.createDatabase();
    const project = createProject(slow);
    const running = database.start(project, [...database.upArgs, "--json"]);
    await until(database, IS_SLEEPING);
    running.child.kill(signal);
    const run = await running.done;
    expect(run.code).toBe(exitCode);
    expect(documentOf(run)).toMatchObject({
      committed: [],
      rolledBack: ["1000_create-users", "2000_add-name", "3000_create-orders", "4000_slow"],
      error: `interrupted by ${signal}`,
    });
    const [lock] = await database.query(`SELECT (${HAS_LOCK}) AS held`);
    expect(lock).toEqual({ held: false });
    expect(await database.tables()).not.toContain("slow");
  });

  it("by SIGTERM while it waits for the lock is at once", async () => {
    const database = await server.createDatabase();
    const holder = await database.connect();
    await holder.query(`SELECT pg_advisory_lock(${LOCK})`);
    const running = database.start(createProject(THREE), [...database.upArgs, "--json"]);
    await running.says("waiting for the migration lock");
    const begin = Date.now();
    running.child.kill("SIGTERM");
    const run = await running.done;
    expect(run.code).toBe(143);
    expect(Number(documentOf(run).waitedForLockMs)).toBeGreaterThan(0);
    expect(Date.now() - begin).toBeLessThan(3000);
    await holder.end();
  });

  it("of the connection rolls back and is reported", async () => {
    const database = await server.createDatabase();
    const running = database.start(createProject(slow), [...database.upArgs, "--json"]);
    await until(database, IS_SLEEPING);
    await database.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()",
    );
    const run = await running.done;
    expect(run.code).toBe(1);
    expect(documentOf(run)).toMatchObject({
      committed: [],
      rolledBack: ["1000_create-users", "2000_add-name", "3000_create-orders", "4000_slow"],
      failure: { code: "57P01" },
    });
    const [lock] = await database.query(`SELECT (${HAS_LOCK}) AS held`);
    expect(lock).toEqual({ held: false });
  });
});

describe("what a migration prints", () => {
  it("goes to stderr, so that stdout stays one document", async () => {
    const database = await server.createDatabase();
    const project = createProject({
      "1_loud.js":
        "exports.up = (pgm) => { console.log('loud and clear'); process.stdout.write('raw\\n'); pgm.sql('SELECT 1'); };",
    });
    const run = await database.run(project, [...database.upArgs, "--json"]);
    expect(documentOf(run)).toMatchObject({ committed: ["1_loud"] });
    expect(run.stderr).toContain("loud and clear");
    expect(run.stderr).toContain("raw");
  });
});
