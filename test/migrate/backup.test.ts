import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  BACKUP_ID,
  ENDED,
  STARTED,
  SUCCESSFUL,
  type TestAdminApi,
  refusal,
  run,
  startAdminApi,
} from "./support/adminApi";
import { documentOf } from "./support/cli";
import { type Project, THREE, createProject, removeProjects } from "./support/project";
import { type TestDatabase, type TestServer, startTestServer } from "./support/server";

const INSTANCE = "example-project:europe-west1:shop";
const DROP = { "4000_drop-name.sql": "-- Up Migration\nALTER TABLE users DROP COLUMN name;\n" };
const HAS_LOCK =
  "SELECT count(*)::int AS n FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
const SAVED = {
  ...{ id: BACKUP_ID, instance: INSTANCE, startedAt: "2026-11-23T02:00:01.000Z" },
  endedAt: ENDED,
  recoveryTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{6}Z$/) as string,
};

let server: TestServer;
let api: TestAdminApi;

beforeAll(async () => {
  server = await startTestServer();
  api = await startAdminApi();
});

beforeEach(() => {
  api.answer([STARTED], [SUCCESSFUL]);
});

afterAll(async () => {
  await server.stop();
  await api.stop();
  removeProjects();
});

/** The environment of a rehearsal: the instance by its name, and who plays it. */
const cloud = (): Record<string, string> => ({
  INSTANCE_CONNECTION_NAME: INSTANCE,
  CLOUD_SQL_EMULATOR_HOST: api.host,
});

/** A database with the three migrations, and the project that made it. */
async function createMigrated(
  files: Record<string, string>,
): Promise<{ database: TestDatabase; project: Project; args: string[] }> {
  const database = await server.createDatabase();
  const project = createProject(THREE);
  expect((await database.run(project, database.upArgs)).code).toBe(0);
  for (const [name, content] of Object.entries(files)) project.write(name, content);
  return { database, project, args: [...database.upArgs, "--backup-before", "--json"] };
}

const columnsOf = async (database: TestDatabase): Promise<unknown[]> => {
  const rows = await database.query(
    "SELECT column_name AS name FROM information_schema.columns WHERE table_name = 'users' ORDER BY 1",
  );
  return rows.map(({ name }) => name);
};

describe("up --backup-before", () => {
  it("takes a backup before it drops a column, and none once nothing is pending", async () => {
    const { database, project, args } = await createMigrated(DROP);
    const first = await database.run(project, args, { ...cloud(), BUILD_ID: "b-1" });
    expect(first.code).toBe(0);
    expect(documentOf(first)).toMatchObject({ committed: ["4000_drop-name"], backup: SAVED });
    expect(first.stderr).toContain(
      [
        "migrations/4000_drop-name.sql:2: drops a column",
        `taking a backup of ${INSTANCE} first`,
        `backup ${BACKUP_ID} is done`,
        "up 4000_drop-name …",
      ].join("\n"),
    );
    expect(api.requests.map(({ method, path, body }) => [method, path, body])).toEqual([
      [
        "POST",
        "/v1/projects/example-project/instances/shop/backupRuns",
        { description: "cloud-run-migrations build b-1" },
      ],
      ["GET", `/v1/projects/example-project/instances/shop/backupRuns/${BACKUP_ID}`, null],
    ]);
    expect(await columnsOf(database)).toEqual(["email", "id"]);
    const second = await database.run(project, args, cloud());
    expect(second.code).toBe(0);
    expect(documentOf(second)).toMatchObject({ committed: [], backup: null });
    expect(api.requests).toHaveLength(2);
  });

  it("takes none when nothing that is pending can lose data, or when it is not asked to", async () => {
    const { database, project, args } = await createMigrated({
      "4000_add.js": "exports.up = (pgm) => { pgm.addColumns('users', { age: 'int' }); };",
      "5000_drop-orders.sql": "-- Up Migration\nDROP TABLE orders;\n",
    });
    const to = [...args, "--to", "4000_add"];
    const harmless = await database.run(project, to, cloud());
    expect(documentOf(harmless)).toMatchObject({ committed: ["4000_add"], backup: null });
    const plain = await database.run(project, database.upArgs, cloud());
    expect(plain.stdout).not.toContain("backup");
    expect(await database.applied()).toContain("5000_drop-orders");
    expect(api.requests).toEqual([]);
  });

  it("takes one for a script that nobody can foretell, and says so to a person", async () => {
    const { database, project } = await createMigrated({
      "4000_move.js":
        "exports.up = async (pgm) => { const rows = await pgm.db.select('SELECT 1 AS one'); pgm.sql(`SELECT ${rows[0].one}`); };",
    });
    const args = [...database.upArgs, "--backup-before"];
    const { code, stdout, stderr } = await database.run(project, args, cloud());
    expect(code).toBe(0);
    expect(stdout).toContain(`\nbackup ${BACKUP_ID} of ${INSTANCE}, recovery time 20`);
    expect(stderr).toContain("migrations/4000_move.js: nobody knows what it does: it asks the");
    expect(JSON.stringify(api.requests[0]?.body)).toMatch(/"cloud-run-migrations [^ ]+"/);
  });

  it("looks only once it has the lock: what somebody else has applied needs no backup", async () => {
    const { database, project, args } = await createMigrated(DROP);
    const other = await database.connect();
    await other.query("SELECT pg_advisory_lock(7241865325823964)");
    const waiting = database.start(project, args, cloud());
    await waiting.says("waiting for the migration lock");
    expect(api.requests).toEqual([]);
    await database.query(
      "INSERT INTO pgmigrations (name, run_on) VALUES ('4000_drop-name', now())",
    );
    await other.query("SELECT pg_advisory_unlock(7241865325823964)");
    const { code, ...rest } = await waiting.done;
    expect(code).toBe(0);
    expect(documentOf({ code, ...rest })).toMatchObject({ committed: [], backup: null });
    expect(api.requests).toEqual([]);
  });

  it("waits for a late permission, then for a slow backup, with the lock held", async () => {
    const { database, project, args } = await createMigrated(DROP);
    api.answer([refusal(403, "not authorized"), STARTED], [run("RUNNING"), SUCCESSFUL]);
    const running = database.start(project, args, cloud());
    await running.says(`backup ${BACKUP_ID}: RUNNING`);
    expect(await database.query(HAS_LOCK)).toEqual([{ n: 1 }]);
    expect(await columnsOf(database)).toContain("name");
    const result = await running.done;
    expect(result.stderr).toContain(
      `cannot start a backup of ${INSTANCE}: not authorized (403); trying again in 1.0 s`,
    );
    expect(documentOf(result)).toMatchObject({ committed: ["4000_drop-name"], backup: SAVED });
  });

  it.each([
    [
      "the backup fails",
      [STARTED],
      [run("FAILED", { error: { message: "disk" } })],
      [],
      `the backup ${BACKUP_ID} of ${INSTANCE} ended as FAILED: disk; nothing was applied`,
    ],
    [
      "the backup is too slow",
      [STARTED],
      [run("RUNNING")],
      ["--backup-timeout", "2s"],
      `the backup ${BACKUP_ID} of ${INSTANCE} was not done after 2.0 s; nothing was applied`,
    ],
    [
      "there is no such instance",
      [refusal(404, "gone")],
      [],
      [],
      `cannot start a backup of ${INSTANCE}: gone (404); nothing was applied`,
    ],
    [
      "a permission is missing for as long as it is waited for",
      [refusal(403, "no")],
      [],
      ["--backup-timeout", "1s"],
      `cannot start a backup of ${INSTANCE}: no (403); nothing was applied`,
    ],
  ])("applies nothing when %s", async (_, insert, get, flags, error) => {
    const { database, project, args } = await createMigrated(DROP);
    api.answer(insert, get);
    const result = await database.run(project, [...args, ...flags], cloud());
    expect(result.code).toBe(1);
    expect(documentOf(result)).toMatchObject({
      ...{ committed: [], rolledBack: [], notRun: ["4000_drop-name"], backup: null, error },
      schema: { version: "3000_create-orders" },
    });
    expect(result.stderr).toContain(`up failed: ${error}\nnext: `);
    expect(await columnsOf(database)).toContain("name");
    expect(await database.query(HAS_LOCK)).toEqual([{ n: 0 }]);
  });

  it("ends at a signal, frees the lock and says that the backup goes on", async () => {
    const { database, project, args } = await createMigrated(DROP);
    api.answer([STARTED], [run("RUNNING")]);
    const running = database.start(project, args, cloud());
    await running.says(`backup ${BACKUP_ID}: RUNNING`);
    running.child.kill("SIGTERM");
    const result = await running.done;
    expect(result.code).toBe(143);
    expect(documentOf(result)).toMatchObject({
      ...{
        committed: [],
        notRun: ["4000_drop-name"],
        backup: null,
        error: "interrupted by SIGTERM",
      },
      next: `nothing was applied; the backup ${BACKUP_ID} goes on by itself, see gcloud sql backups describe ${BACKUP_ID} --instance=shop --project=example-project; run cloud-run-migrations up again`,
    });
    expect(await database.query(HAS_LOCK)).toEqual([{ n: 0 }]);
    api.answer([STARTED], [SUCCESSFUL]);
    expect((await database.run(project, args, cloud())).code).toBe(0);
  });

  it("takes none while the database holds nobody's table, and says so", async () => {
    const database = await server.createDatabase();
    const project = createProject({ "1_a.sql": "-- Up Migration\nDROP TABLE IF EXISTS a;\n" });
    const args = [...database.upArgs, "--backup-before", "--json"];
    const result = await database.run(project, args, cloud());
    expect(documentOf(result)).toMatchObject({ committed: ["1_a"], backup: null });
    expect(result.stderr).toContain("no backup is taken: nobody has a table in this database yet");
    await database.query("CREATE SEQUENCE mine");
    project.write("2_b.sql", "-- Up Migration\nDROP TABLE IF EXISTS a;\n");
    expect(documentOf(await database.run(project, args, cloud()))).toMatchObject({ backup: SAVED });
  });

  it("refuses a file that PostgreSQL cannot read before the backup, without its text", async () => {
    const { database, project, args } = await createMigrated({
      "4000_bad.sql": "-- Up Migration\nDROP TABLE orders;\nCREATE ROLE bob PASSWORD 'canary;\n",
    });
    const { code, stderr } = await database.run(project, args, cloud());
    expect(code).toBe(1);
    expect(stderr).toContain("migrations/4000_bad.sql:3: [sql-syntax] PostgreSQL cannot read it");
    expect(stderr).not.toContain("canary");
    expect(api.requests).toEqual([]);
  });

  it("runs no script that acts by itself before the backup", async () => {
    const { database, project, args } = await createMigrated({
      "4000_own.js":
        "const { execSync } = require('node:child_process'); exports.up = (pgm) => { execSync('echo ran >> ran.txt'); pgm.sql('SELECT 1'); };",
    });
    api.answer([refusal(404, "gone")], []);
    expect((await database.run(project, args, cloud())).code).toBe(1);
    expect(existsSync(join(project.folder, "ran.txt"))).toBe(false);
  });

  it("says in the list of connections what it waits for, and survives the idle timeout", async () => {
    const { database, project, args } = await createMigrated(DROP);
    await database.query(`ALTER DATABASE ${database.name} SET idle_session_timeout = '300ms'`);
    api.answer([STARTED], [run("RUNNING"), SUCCESSFUL]);
    const running = database.start(project, args, { ...cloud(), BUILD_ID: "b-1" });
    await running.says(`backup ${BACKUP_ID}: RUNNING`);
    const waiting = "cloud-run-migrations waits for a backup, up b-1";
    const names = "SELECT application_name AS name FROM pg_stat_activity WHERE usename = $1";
    expect(await database.query(names, [database.migrator])).toEqual([{ name: waiting }]);
    expect(documentOf(await running.done)).toMatchObject({ backup: SAVED });
  });

  it("says that the connection was lost meanwhile, and applies nothing", async () => {
    const { database, project, args } = await createMigrated(DROP);
    api.answer([STARTED], [run("RUNNING")]);
    const running = database.start(project, args, cloud());
    await running.says(`backup ${BACKUP_ID}: RUNNING`);
    await database.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1",
      [database.migrator],
    );
    const result = await running.done;
    expect(result.code).toBe(1);
    expect(documentOf(result)).toMatchObject({
      ...{ committed: [], notRun: ["4000_drop-name"], backup: null, failure: null },
      error: expect.stringContaining("was lost while a backup was waited for") as string,
      next: expect.stringContaining(`the backup ${BACKUP_ID} goes on by itself`) as string,
    });
    expect(await columnsOf(database)).toContain("name");
  });

  it("says after a signal that a backup may have begun, when nothing answered yet", async () => {
    const { database, project, args } = await createMigrated(DROP);
    api.answer(["hang"], []);
    const running = database.start(project, args, cloud());
    await running.says("taking a backup of");
    while (api.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    running.child.kill("SIGTERM");
    const result = await running.done;
    expect(result.code).toBe(143);
    expect(documentOf(result).next).toBe(
      "nothing was applied; a backup may have begun, and goes on by itself, see gcloud sql backups list --instance=shop --project=example-project; run cloud-run-migrations up again",
    );
  });

  it("leaves nothing behind when it is killed meanwhile", async () => {
    const { database, project, args } = await createMigrated(DROP);
    api.answer([STARTED], [run("RUNNING")]);
    const running = database.start(project, args, cloud());
    await running.says(`backup ${BACKUP_ID}: RUNNING`);
    running.child.kill("SIGKILL");
    await running.done;
    api.answer([STARTED], [SUCCESSFUL]);
    const again = await database.run(project, args, cloud());
    expect(documentOf(again)).toMatchObject({ committed: ["4000_drop-name"], backup: SAVED });
  });

  it("tells whoever is on call the way back when a migration fails after it", async () => {
    const { database, project, args } = await createMigrated({
      ...DROP,
      "5000_bad.js": "exports.up = (pgm) => { pgm.noTransaction(); pgm.sql('SELECT nope'); };",
    });
    const result = await database.run(project, args, cloud());
    expect(result.code).toBe(1);
    expect(documentOf(result)).toMatchObject({
      ...{ committed: ["4000_drop-name"], unfinished: ["5000_bad"], backup: SAVED },
    });
    const { recoveryTime } = documentOf(result).backup as { recoveryTime: string };
    expect(Math.abs(Date.parse(recoveryTime) - Date.now())).toBeLessThan(60_000);
    expect(result.stderr.trimEnd().split("\n").slice(-4)).toEqual([
      "  to have that state beside this instance, from its write-ahead log:",
      `    gcloud sql instances clone shop shop-recovered --point-in-time=${recoveryTime} --project=example-project`,
      "  to put this instance back, which loses everything written since, in all of its databases:",
      `    gcloud sql backups restore ${BACKUP_ID} --restore-instance=shop --project=example-project`,
    ]);
  });

  it("needs an instance, and says so with everything else that is wrong", async () => {
    const database = await server.createDatabase();
    const args = ["up", "--backup-before", "--backup-timeout", "soon"];
    const { code, stderr } = await database.run(createProject(THREE), args);
    expect(code).toBe(1);
    expect(stderr).toBe(
      [
        "invalid args",
        '  --backup-timeout: expected a duration such as 500ms, 5s, 15min, 2h or 0, got "soon"; write a whole number and its unit, at most 24d',
        "  --backup-before: expected a Cloud SQL instance, by --instance or INSTANCE_CONNECTION_NAME, got PGHOST; name the instance, or leave the flag out: another server's backups are your own\n",
      ].join("\n"),
    );
  });
});

describe("CLOUD_SQL_EMULATOR_HOST", () => {
  it("leads every command to PGHOST in place of Google", async () => {
    const { database, project } = await createMigrated({});
    const status = await database.run(project, ["status", "--json"], cloud());
    expect(documentOf(status)).toMatchObject({ applied: 3, pending: 0 });
    const script = "console.log(process.env.PGHOST, process.env.PGPORT, process.env.DATABASE_URL)";
    const env = { ...cloud(), DATABASE_URL: "postgres://elsewhere/db" };
    const exec = await database.run(project, ["exec", "--", process.execPath, "-e", script], env);
    const { host, port } = server.postgres;
    expect(exec.stdout).toBe(`${host} ${port} undefined\n`);
    expect(api.requests).toEqual([]);
  });

  it("takes this machine alone", async () => {
    const { database, project } = await createMigrated({});
    const env = { ...cloud(), CLOUD_SQL_EMULATOR_HOST: "sql.example.com:80", PGHOST: "10.0.0.1" };
    const { code, stderr } = await database.run(project, ["status"], env);
    expect(code).toBe(1);
    expect(stderr).toBe(
      [
        "invalid args",
        '  CLOUD_SQL_EMULATOR_HOST: expected a port of this machine, 127.0.0.1:PORT, got "sql.example.com:80"; leave CLOUD_SQL_EMULATOR_HOST out, unless this is a rehearsal',
        '  PGHOST: expected this machine, 127.0.0.1, got "10.0.0.1"; leave CLOUD_SQL_EMULATOR_HOST out, unless this is a rehearsal\n',
      ].join("\n"),
    );
  });
});
