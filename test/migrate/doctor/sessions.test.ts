import { Client } from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { findIdleHolders, findPrepared } from "../../../migrate/doctor/checks/sessions";
import type { Diagnosis } from "../../../migrate/doctor/diagnosis";
import { LOCK_ID } from "../../../migrate/lock";
import { type Project, THREE, createProject, removeProjects } from "../support/project";
import { type TestDatabase, type TestServer, startTestServer } from "../support/server";
import { examine, listOf } from "./examine";

// Long enough for a session to have been idle for longer, and no more.
const IDLE_MS = 50;

let server: TestServer;
let database: TestDatabase;
let project: Project;
/** The one who looks. */
let client: Client;
const others: Client[] = [];

beforeAll(async () => {
  server = await startTestServer({ settings: { max_prepared_transactions: 5 } });
  database = await server.createDatabase();
  project = createProject(THREE);
  expect((await database.run(project, database.upArgs)).code).toBe(0);
  client = await database.connect(database.migrator);
});

afterEach(async () => {
  await Promise.all(others.splice(0).map((other) => other.end().catch(() => undefined)));
});

afterAll(async () => {
  await server.stop();
  removeProjects();
});

/** Another session, which does this and then nothing any more. */
async function leave(sql: string, name = "forgotten"): Promise<number> {
  const other = await database.connect(database.runtime);
  others.push(other);
  await other.query(`SET application_name = '${name}'`);
  const { rows } = await other.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  await other.query(sql);
  await new Promise((resolve) => setTimeout(resolve, 2 * IDLE_MS));
  return rows[0]!.pid;
}

async function look(idleMs = IDLE_MS): Promise<Diagnosis[]> {
  return findIdleHolders({ client, roleState: { login: database.migrator } as never }, idleMs);
}

describe("idle-lock-holder", () => {
  it("finds a forgotten transaction and its tables, and the statement ends it", async () => {
    const pid = await leave("BEGIN; SELECT FROM users; SELECT FROM orders");
    const [found, ...more] = await look();
    expect(more).toEqual([]);
    expect(found).toMatchObject({
      ...{ object: `process ${pid}`, level: "error", fix: null },
      statements: [`SELECT pg_terminate_backend(${pid})`],
    });
    expect(found!.message).toMatch(
      new RegExp(
        `^\\(forgotten, user ${database.runtime}\\) has done nothing since \\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ, .*, and holds a lock on public.orders, public.users$`,
      ),
    );
    await client.query(found!.statements[0]!);
    await expect.poll(() => look()).toEqual([]);
  });

  it("finds one that failed, and one that keeps the migration lock without a transaction", async () => {
    const failed = await leave("BEGIN; SELECT FROM users; SAVEPOINT a").then(async (pid) => {
      await others[0]!.query("SELECT 1 / 0").catch(() => undefined);
      return pid;
    });
    const keeper = await leave(`SELECT pg_advisory_lock(${LOCK_ID})`, "");
    const found = await look();
    expect(found.map(({ object }) => object)).toEqual([`process ${failed}`, `process ${keeper}`]);
    expect(found[1]!.message).toContain("(no application name, ");
    expect(found[1]!.message).toContain("holds a lock on the migration lock");
    for (const { statements } of found) await client.query(statements[0]!);
    await expect.poll(() => look()).toEqual([]);
  });

  it("leaves alone who works, who has only just paused, who holds nothing, and who waits for a backup", async () => {
    await leave("BEGIN; SELECT FROM users");
    expect(await look(60_000)).toEqual([]);
    expect(listOf((await examine(database, project)).findings)).toEqual([]);
    await others[0]!.end();
    await leave("BEGIN; SELECT 1");
    await leave("SELECT FROM users");
    await leave("SELECT pg_advisory_lock(7)");
    await leave(
      `SELECT pg_advisory_lock(${LOCK_ID})`,
      "cloud-run-migrations waits for a backup, up 7",
    );
    const busy = await database.connect(database.runtime);
    others.push(busy);
    await busy.query("BEGIN; SELECT FROM users");
    const sleeping = busy.query("SELECT pg_sleep(30)").catch(() => undefined);
    expect(await look()).toEqual([]);
    await client.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(30)'",
    );
    await sleeping;
  });

  it("is a note when the login cannot see what others do, and the statement lets it", async () => {
    await database.query(`CREATE ROLE blind LOGIN PASSWORD '${database.password}'`);
    const blind = await database.connect("blind");
    others.push(blind);
    const see = (): Promise<Diagnosis[]> =>
      findIdleHolders({ client: blind, roleState: { login: "blind" } as never }, IDLE_MS);
    await leave("BEGIN; SELECT FROM users");
    const [found] = await see();
    expect(found).toMatchObject({ level: "note", object: "blind" });
    await database.query(found!.statements[0]!);
    expect((await see()).map(({ level }) => level)).toEqual(["error"]);
  });
});

describe("prepared-transaction", () => {
  it("finds one with its locks, and the statement rolls it back", async () => {
    await database.query("CREATE TABLE held (id int)");
    await database.query(
      `BEGIN; INSERT INTO held VALUES (1); PREPARE TRANSACTION 'it''s forgotten'`,
    );
    await new Promise((resolve) => setTimeout(resolve, 2 * IDLE_MS));
    const [found, ...more] = await findPrepared({ client }, IDLE_MS);
    expect([found?.object, found?.fix, more]).toEqual(["it's forgotten", null, []]);
    expect(found!.message).toMatch(
      /^was prepared by postgres at \d{4}-.*Z and holds a lock on public.held$/,
    );
    expect(found!.statements).toEqual(["ROLLBACK PREPARED 'it''s forgotten'"]);
    expect(await findPrepared({ client })).toEqual([]);
    await database.query(found!.statements[0]!);
    expect(await findPrepared({ client }, IDLE_MS)).toEqual([]);
  });
});
