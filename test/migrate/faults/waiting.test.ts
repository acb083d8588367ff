import { afterAll, beforeAll, expect, it } from "vitest";
import { documentOf } from "../support/cli";
import { removeProjects } from "../support/project";
import { type TestServer, startTestServer } from "../support/server";
import {
  INDEX,
  catalogueOf,
  expectReached,
  hold,
  startScene,
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

const QUICK = ["--lock-timeout", "500ms", "--lock-retries", "2"];

it("a lock that is held for ever ends the run after its tries, and says who holds it", async () => {
  const { database, project } = await startScene(server);
  project.remove("4000_by-email.js");
  const before = await catalogueOf(server, database);
  const holder = await hold(database, "SELECT count(*) FROM users");
  const run = await database.run(project, [...database.upArgs, ...QUICK, "--json"]);
  expect(run.code).toBe(1);
  const held =
    /held by process \d+ \(the report of Monday, user postgres, connected since [^,]+Z, idle in transaction for /;
  expect(documentOf(run)).toMatchObject({
    committed: [],
    rolledBack: ["5000_age"],
    failure: { code: "55P03" },
  });
  expect(documentOf(run).error).toMatch(held);
  expect(run.stderr).toMatch(new RegExp(`lock timeout, ${held.source}`));
  expect(run.stderr.match(/trying again in/g)).toHaveLength(2);
  expect(await catalogueOf(server, database)).toEqual(before);
  await holder.query("COMMIT");
  project.write("4000_by-email.js", INDEX);
  await expectReached(server, database, project, catalogue);
});

it("no reader waits longer than the lock timeout and a second, while a long one blocks the migration", async () => {
  const { database, project } = await startScene(server);
  const long = await hold(database, "SELECT count(*) FROM users");
  project.remove("4000_by-email.js");
  const running = database.start(project, [
    ...database.upArgs,
    "--lock-timeout",
    "1s",
    "--lock-retries",
    "30",
  ]);
  await running.says("trying again in");
  const reader = await database.connect();
  const waits: number[] = [];
  // Three tries of the migration, with readers all the while.
  while (waits.length < 20 || Math.max(...waits) < 200) {
    const begin = Date.now();
    await reader.query("SELECT count(*) FROM users");
    waits.push(Date.now() - begin);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await long.query("COMMIT");
  expect((await running.done).code).toBe(0);
  expect(Math.max(...waits)).toBeLessThan(2000);
  project.write("4000_by-email.js", INDEX);
  const late = await database.run(project, [...database.upArgs, "--allow-out-of-order"]);
  expect(late.code).toBe(0);
  expect(await catalogueOf(server, database)).toEqual(catalogue);
});

it.each([
  ["SIGTERM", 143],
  ["SIGINT", 130],
] as const)(
  "%s during a pause between two tries ends the run with %i",
  async (signal, exitCode) => {
    const { database, project } = await startScene(server);
    project.remove("4000_by-email.js");
    const holder = await hold(database, "SELECT count(*) FROM users");
    const running = database.start(project, [
      ...database.upArgs,
      "--lock-timeout",
      "300ms",
      "--json",
    ]);
    // The pauses grow: this one lasts for seconds.
    await running.says("trying again in 2.0 s");
    running.child.kill(signal);
    const run = await running.done;
    expect([run.code, documentOf(run).error]).toEqual([exitCode, `interrupted by ${signal}`]);
    await holder.query("COMMIT");
    project.write("4000_by-email.js", INDEX);
    await expectReached(server, database, project, catalogue);
  },
);

it("SIGTERM during a concurrent build says what stays, and the next run reaches the end", async () => {
  const { database, project } = await startScene(server);
  const writer = await hold(database, "INSERT INTO users (email) VALUES ('a')");
  const running = database.start(project, [...database.upArgs, "--json"]);
  await untilWaits(database, "CREATE INDEX CONCURRENTLY");
  running.child.kill("SIGTERM");
  const run = await running.done;
  await writer.query("ROLLBACK");
  expect(run.code).toBe(143);
  expect(documentOf(run)).toMatchObject({
    committed: [],
    unfinished: ["4000_by-email"],
    notRun: ["5000_age"],
  });
  await expectReached(server, database, project, catalogue);
});
