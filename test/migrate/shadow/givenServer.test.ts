import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type PostgresServer, startPostgres } from "../../../migrate/postgres";
import { type CliRun, documentOf, runCli, startCli } from "../support/cli";
import { THREE, createProject, removeProjects } from "../support/project";

let server: PostgresServer;
let client: Client;
let untouched: unknown;

beforeAll(async () => {
  server = await startPostgres();
  client = new Client({ connectionString: server.url() });
  await client.connect();
  untouched = await whatIsThere();
});
afterAll(async () => {
  removeProjects();
  await client.end();
  await server.stop();
});
// Every test gives the server back as it was.
beforeEach(() => async () => {
  expect(await whatIsThere()).toEqual(untouched);
});

/** Databases and roles, with what each is a member of. */
async function whatIsThere(): Promise<unknown> {
  const { rows } = await client.query(`
    SELECT 'database ' || datname AS name FROM pg_database UNION ALL
    SELECT 'role ' || rolname || ' of ' || coalesce((SELECT string_agg(roleid::regrole::text, ',') FROM pg_auth_members WHERE member = r.oid), '-')
    FROM pg_roles r ORDER BY 1`);
  return rows;
}

function verify(args: string[] = [], env: Record<string, string> = {}): Promise<CliRun> {
  const project = createProject(THREE);
  return runCli(["verify", "--json", "--shadow-url", server.url(), ...args], {
    cwd: project.folder,
    env,
  });
}

describe("verify --shadow-url", () => {
  it("uses an empty server, and leaves nothing on it", async () => {
    const run = await verify([
      "--runtime-role",
      "shop",
      "--other-roles",
      "reporting",
      "--rows",
      "5",
    ]);
    expect(documentOf(run)).toMatchObject({
      ok: true,
      server: { kind: "url", version: "18.4" },
      findings: [],
    });
    expect(run.code).toBe(0);
    expect(run.stdout + run.stderr).not.toContain(server.superuser.password);
  });

  it("takes roles that are there as they are, and leaves them", async () => {
    await client.query(
      `CREATE ROLE app_owner; CREATE ROLE shop LOGIN; CREATE ROLE cloudsqlsuperuser CREATEROLE; GRANT pg_monitor TO shop`,
    );
    const before = await whatIsThere();
    const run = await verify(["--runtime-role", "shop"]);
    expect([run.code, documentOf(run).findings]).toEqual([0, []]);
    expect(await whatIsThere()).toEqual(before);
    await client.query("DROP ROLE app_owner, shop, cloudsqlsuperuser");
  });

  it.each([
    [
      "CREATE DATABASE shop",
      "CREATE TABLE orders (id int)",
      "a server whose database shop holds the table public.orders",
      "DROP DATABASE shop",
    ],
    [
      "CREATE ROLE cloudsqladmin",
      null,
      "a server with Cloud SQL's role cloudsqladmin",
      "DROP ROLE cloudsqladmin",
    ],
    [
      "CREATE ROLE rdsadmin",
      null,
      "a server with Amazon RDS's role rdsadmin",
      "DROP ROLE rdsadmin",
    ],
  ])("refuses a server after %s, %s", async (statement, inShop, got, undo) => {
    await client.query(statement);
    if (inShop !== null) {
      const shop = new Client({ connectionString: server.url("shop") });
      await shop.connect();
      await shop.query(inShop);
      await shop.end();
    }
    const before = await whatIsThere();
    const run = await verify();
    expect(await whatIsThere()).toEqual(before);
    await client.query(undo);
    expect(run.code).toBe(1);
    expect(documentOf(run).error).toBe(
      `invalid args\n  --shadow-url: expected the URL of the superuser of an empty server that may be thrown away, got ${got}; start one for this alone, such as the postgres image as a service of the build, or leave --shadow-url out for the embedded one`,
    );
  });

  it("refuses a login that is no superuser, and any server from within Cloud Run", async () => {
    await client.query("CREATE ROLE weak LOGIN CREATEROLE CREATEDB PASSWORD 'weak'");
    const url = `postgres://weak:weak@127.0.0.1:${server.port}/postgres`;
    const project = createProject(THREE);
    const weak = await runCli(["verify", "--shadow-url", url], { cwd: project.folder, env: {} });
    await client.query("DROP ROLE weak");
    expect([weak.code, weak.stderr]).toEqual([
      1,
      expect.stringContaining("got a login that is no superuser") as string,
    ]);
    const inCloud = await verify([], { K_SERVICE: "shop" });
    expect(inCloud.code).toBe(1);
    expect(documentOf(inCloud).error).toContain("got one in Cloud Run (K_SERVICE is set)");
  });

  it("clears up what a killed run has left, and lets one run at a time", async () => {
    const project = createProject({
      ...THREE,
      "4000_slow.sql": "-- Up Migration\nSELECT pg_sleep(30);\n-- Down Migration\nSELECT 1;\n",
    });
    const args = ["verify", "--shadow-url", server.url(), "--runtime-role", "shop"];
    const killed = startCli(args, { cwd: project.folder, env: {} });
    await killed.says("up from zero");
    const waiting = verify(["--runtime-role", "other"]);
    killed.child.kill("SIGKILL");
    await killed.done;
    expect(await whatIsThere()).not.toEqual(untouched);
    const both = await Promise.all([waiting, verify(["--runtime-role", "shop"])]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(both.some(({ stderr }) => stderr.includes("waiting for another run"))).toBe(true);
  });
});
