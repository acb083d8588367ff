import { afterAll, beforeAll, expect, it } from "vitest";
import { createProject, removeProjects } from "../support/project";
import { type TestServer, startTestServer } from "../support/server";
import {
  FILES,
  INDEX,
  NAMES,
  catalogueOf,
  expectReached,
  hold,
  kill,
  startScene,
  terminate,
  undisturbed,
  untilWaits,
} from "./scene";

let server: TestServer;
let catalogue: string[];

beforeAll(async () => {
  server = await startTestServer();
  catalogue = await undisturbed(server);
});

afterAll(async () => {
  await server.stop();
  removeProjects();
});

// The server looks every 500 ms whether the client is still there.
const NOTICED_MS = 5000;

it("kill -9 in a transaction leaves nothing of it, and the lock is soon free", async () => {
  const { database, project } = await startScene(server);
  project.remove("4000_by-email.js");
  const before = await catalogueOf(server, database);
  const reader = await hold(database, "SELECT count(*) FROM users");
  const running = database.start(project, [...database.upArgs, "--lock-timeout", "1min"]);
  await untilWaits(database, "ADD COLUMN age");
  expect(await kill(database, running)).toBeLessThan(NOTICED_MS);
  await reader.query("COMMIT");
  expect(await catalogueOf(server, database)).toEqual(before);
  project.write("4000_by-email.js", INDEX);
  await expectReached(server, database, project, catalogue);
});

it("kill -9 during a concurrent build leaves an INVALID index, which a file written for it drops", async () => {
  const { database, project } = await startScene(server);
  const writer = await hold(database, "INSERT INTO users (email) VALUES ('a')");
  const running = database.start(project, database.upArgs);
  await untilWaits(database, "CREATE INDEX CONCURRENTLY");
  expect(await kill(database, running)).toBeLessThan(NOTICED_MS);
  await writer.query("ROLLBACK");
  const invalid = "SELECT indexrelid::regclass::text AS name FROM pg_index WHERE NOT indisvalid";
  expect(await database.query(invalid)).toEqual([{ name: "users_by_email" }]);
  await expectReached(server, database, project, catalogue);
});

it("kill -9 between two groups leaves the first one applied", async () => {
  const database = await server.createDatabase();
  const project = createProject(FILES);
  // The second group builds an index, which waits for every older snapshot.
  const old = await hold(
    database,
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM pg_class",
  );
  const running = database.start(project, database.upArgs);
  await untilWaits(database, "CREATE INDEX CONCURRENTLY");
  await kill(database, running);
  await old.query("COMMIT");
  expect(await database.applied()).toEqual(NAMES.slice(0, 3));
  await expectReached(server, database, project, catalogue);
});

it("kill -9 between a file's own record and its note is found by doctor, and mended by --fix", async () => {
  const { database, project } = await startScene(server);
  const holder = await hold(database, "LOCK TABLE pgmigrations_runs IN SHARE MODE");
  const running = database.start(project, database.upArgs);
  await untilWaits(database, "pgmigrations_runs");
  await kill(database, running);
  await holder.query("COMMIT");
  expect((await database.applied()).at(-1)).toBe("4000_by-email");
  const roles = ["--role", database.owner, "--runtime-role", database.runtime];
  const doctor = await database.run(project, ["doctor", ...roles]);
  expect([doctor.code, doctor.stdout]).toEqual([
    2,
    expect.stringContaining("[unannotated]") as string,
  ]);
  expect((await database.run(project, ["doctor", "--fix", ...roles])).code).toBe(0);
  await expectReached(server, database, project, catalogue);
});

it.each([
  ["in a transaction", "5000_age.sql", "ADD COLUMN age", "SELECT count(*) FROM users"],
  [
    "in a file outside a transaction",
    "4000_by-email.js",
    "CREATE INDEX CONCURRENTLY",
    "INSERT INTO users (email) VALUES ('a')",
  ],
])(
  "a terminated connection %s is reported, and the next run reaches the end",
  async (_, file, words, sql) => {
    const { database, project } = await startScene(server);
    if (file === "5000_age.sql") project.remove("4000_by-email.js");
    const holder = await hold(database, sql);
    const running = database.start(project, [
      ...database.upArgs,
      "--lock-timeout",
      "1min",
      "--json",
    ]);
    await untilWaits(database, words);
    await terminate(database);
    const run = await running.done;
    await holder.query("ROLLBACK");
    expect(run.code).toBe(1);
    expect(JSON.parse(run.stdout)).toMatchObject({ committed: [], failure: { code: "57P01" } });
    if (file === "5000_age.sql") project.write("4000_by-email.js", INDEX);
    await expectReached(server, database, project, catalogue);
  },
);

it("a connection terminated during COMMIT is not taken for a success", async () => {
  const { database, project } = await startScene(server);
  project.remove("4000_by-email.js");
  await database.query(`
    CREATE FUNCTION public.at_commit() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock(77); RETURN NULL; END';
    CREATE CONSTRAINT TRIGGER late AFTER INSERT ON pgmigrations DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION public.at_commit();`);
  const holder = await hold(database, "SELECT pg_advisory_xact_lock(77)");
  const running = database.start(project, [...database.upArgs, "--json"]);
  await untilWaits(database, "COMMIT");
  await terminate(database);
  const run = await running.done;
  await holder.query("COMMIT");
  expect(run.code).toBe(1);
  expect(JSON.parse(run.stdout)).toMatchObject({ committed: [], rolledBack: ["5000_age"] });
  expect(await database.applied()).toHaveLength(3);
  await database.query("DROP TRIGGER late ON pgmigrations; DROP FUNCTION public.at_commit()");
  project.write("4000_by-email.js", INDEX);
  await expectReached(server, database, project, catalogue);
});
