import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CliRun, runCli } from "./support/cli";
import { THREE, createProject, removeProjects } from "./support/project";
import { PASSWORD, type TestServer, startTestServer } from "./support/server";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(async () => {
  await server.stop();
  removeProjects();
});

/** The password, in whole or in a part that somebody could use, in every spelling. */
const SPELLINGS = [
  PASSWORD,
  encodeURIComponent(PASSWORD),
  encodeURI(PASSWORD),
  JSON.stringify(PASSWORD).slice(1, -1),
  "canary-4f1d",
];

function leaksOf({ stdout, stderr }: CliRun): string[] {
  return SPELLINGS.filter((spelling) => (stdout + stderr).includes(spelling));
}

describe("the password", () => {
  it("logs in as it is, with characters that a URL would need encoded", async () => {
    const database = await server.createDatabase();
    const run = await database.run(createProject(THREE), database.upArgs);
    expect([run.code, leaksOf(run)]).toEqual([0, []]);
  });

  it("logs in from a DATABASE_URL that encodes it, and from .env", async () => {
    const database = await server.createDatabase();
    const { PGHOST, PGPORT, PGUSER, PGDATABASE } = database.env;
    const url = `postgres://${PGUSER}:${encodeURIComponent(PASSWORD)}@${PGHOST}:${PGPORT}/${PGDATABASE}`;
    const project = createProject(THREE);
    writeFileSync(join(project.folder, ".env"), `DATABASE_URL=${url}\n`);
    const run = await runCli(database.upArgs, { cwd: project.folder, env: {} });
    expect([run.code, leaksOf(run)]).toEqual([0, []]);
    const both = await runCli(["status"], {
      cwd: project.folder,
      env: { DATABASE_URL: `${url}x` },
    });
    expect([both.code, leaksOf(both)]).toEqual([1, []]);
    expect(both.stderr).toContain("3D000");
  });

  it.each(["PGHOST", "DATABASE_URL", "INSTANCE_CONNECTION_NAME"])(
    "goes to no server that .env names by %s when the environment names one",
    async (variable) => {
      const database = await server.createDatabase();
      const { PGHOST, PGPORT, PGUSER, PGDATABASE } = database.env;
      const url = `postgres://${PGUSER}:${encodeURIComponent(PASSWORD)}@${PGHOST}:${PGPORT}/${PGDATABASE}`;
      const values: Record<string, string> = {
        PGHOST: "elsewhere.invalid\nPGPORT=1",
        DATABASE_URL: "postgres://u:p@elsewhere.invalid/db",
        INSTANCE_CONNECTION_NAME: "example-project:europe-west1:elsewhere",
      };
      const project = createProject(THREE);
      writeFileSync(join(project.folder, ".env"), `${variable}=${values[variable]}\n`);
      for (const env of [database.env, { DATABASE_URL: url }]) {
        expect((await runCli(["status"], { cwd: project.folder, env })).code).toBe(2);
      }
    },
  );

  it("appears in no output when a URL holds it raw, and nothing is connected to", async () => {
    const connections: string[] = [];
    const listener = createServer((socket) => connections.push(String(socket.remotePort)));
    await new Promise<void>((done) => listener.listen(0, "127.0.0.1", done));
    for (const url of [
      `postgres://u:${PASSWORD}@127.0.0.1/db`,
      `postgres://u:canary-4f1d/x@127.0.0.1/db`,
      `postgres://u:canary-4f1d#x@127.0.0.1/db`,
      `postgres://u:canary-4f1d?x@127.0.0.1/db`,
      `postgres://u:canary-4f1d@x@127.0.0.1/db`,
      `postgres://u:canary-4f1d%x@127.0.0.1/db`,
      `mysql://u:canary-4f1d@127.0.0.1/db`,
    ]) {
      for (const json of [[], ["--json"]]) {
        const env = { DATABASE_URL: url };
        const run = await runCli(["up", ...json], { cwd: createProject(THREE).folder, env });
        expect([url, run.code, leaksOf(run)]).toEqual([url, 1, []]);
        expect(run.stderr).toContain(
          "DATABASE_URL: expected a postgres:// URL with each of its parts percent-encoded",
        );
      }
    }
    expect(connections).toEqual([]);
    listener.close();
  });

  it("appears in no failure", async () => {
    const database = await server.createDatabase();
    const project = createProject({
      "1_leak.js": `exports.up = (pgm) => {
        console.log('log', process.env.PGPASSWORD, encodeURIComponent(process.env.PGPASSWORD));
        console.error(JSON.stringify({ p: process.env.PGPASSWORD }));
        pgm.sql("SELECT '" + process.env.PGPASSWORD + "' FROM nowhere");
      };`,
      "2_throw.js": "exports.up = () => { throw new Error('it is ' + process.env.PGPASSWORD); };",
    });
    const url = `postgres://u:${encodeURIComponent(PASSWORD)}@nowhere.invalid/db`;
    const cases: [string[], Record<string, string>][] = [
      [database.upArgs, {}],
      [["status"], { PGDATABASE: PASSWORD }],
      [["status"], { PGUSER: PASSWORD }],
      [["status"], { PGHOST: "nowhere.invalid" }],
      [["status"], { DATABASE_URL: url }],
      [["up", "--role", "x y", "--lock-wait", PASSWORD], {}],
      [["create", "fix", PASSWORD, "--to"], {}],
      [["check", PASSWORD], {}],
      [["exec", "--", "no-such-program", PASSWORD], {}],
      [["up", "--instance", PASSWORD, "--impersonate", PASSWORD], {}],
    ];
    for (const [args, env] of cases) {
      for (const json of [[], ["--json"]]) {
        const [command = "", ...others] = args;
        const run = await database.run(project, [command, ...json, ...others], env);
        expect([args, run.code, leaksOf(run)]).toEqual([args, 1, []]);
      }
    }
    project.remove("1_leak.js");
    const thrown = await database.run(project, database.upArgs);
    expect([leaksOf(thrown), thrown.stderr.includes("2_throw.js: it is [secret]")]).toEqual([
      [],
      true,
    ]);
  });

  it("of a role that a migration makes is in no failure", async () => {
    const database = await server.createDatabase();
    for (const sql of [
      "CREATE ROLE nope PASSWORD 'canary-role' NOSUCHOPTION",
      "ALTER ROLE nowhere WITH PASSWORD E'canary-role'; SELECT 1",
      "ALTER ROLE nowhere PASSWORD 'canary-role",
      `SELECT nope, '${"x".repeat(70)}' AS "PASSWORD 'canary-role'"`,
    ]) {
      const project = createProject({ "1_role.sql": `-- Up Migration\n${sql}\n` });
      const run = await database.run(project, [...database.upArgs, "--json"]);
      expect([sql, run.code]).toEqual([sql, 1]);
      expect(run.stdout).toContain("1_role.sql");
      expect(run.stdout + run.stderr).not.toContain("canary-role");
    }
  });

  it("when it is wrong fails at once, without being shown", async () => {
    const database = await server.createDatabase();
    const begin = Date.now();
    const env = { PGPASSWORD: `${PASSWORD}-wrong` };
    const run = await database.run(createProject(THREE), [...database.upArgs, "--json"], env);
    expect([run.code, leaksOf(run), run.stdout.includes("-wrong")]).toEqual([1, [], false]);
    expect(run.stderr).toContain("password authentication failed");
    expect(run.stderr).toContain("next: correct PGPASSWORD");
    expect(Date.now() - begin).toBeLessThan(5000);
  });

  it("would be found if it leaked: the search is not blind", () => {
    expect(
      leaksOf({ code: 0, stdout: `x${encodeURIComponent(PASSWORD)}`, stderr: "" }),
    ).not.toEqual([]);
  });
});

describe("row data", () => {
  it("is in no error, though the database's details and messages hold it", async () => {
    const database = await server.createDatabase();
    const rows =
      "CREATE TABLE t (a text UNIQUE, n text);\nINSERT INTO t VALUES ('row-data-7', 'row-data-7');\n";
    const cases = [
      "INSERT INTO t SELECT a, n FROM t;",
      "SELECT n::int FROM t;",
      "SELECT n::date FROM t;",
      "ALTER TABLE t ADD CHECK (a = '');",
    ];
    for (const [index, sql] of cases.entries()) {
      const project = createProject({
        "1_rows.sql": rows,
        [`2_bad-${index}.sql`]: `-- Up Migration\n${sql}\n`,
      });
      for (const json of [[], ["--json"]]) {
        const run = await database.run(project, [...database.upArgs, ...json]);
        expect([run.code, (run.stdout + run.stderr).includes("row-data-7")]).toEqual([1, false]);
        expect(run.stderr).toContain(`migrations/2_bad-${index}.sql:2:`);
      }
    }
  });
});

describe("connecting", () => {
  it("waits for a server that is not up yet", async () => {
    const database = await server.createDatabase();
    const probe = createServer();
    const port = await new Promise<number>((done) => {
      probe.listen(0, "127.0.0.1", () => {
        done((probe.address() as { port: number }).port);
      });
    });
    await new Promise((done) => probe.close(done));
    const running = database.start(createProject(THREE), ["status"], { PGPORT: String(port) });
    await running.says("trying again");
    const forward = createServer((socket) => {
      const target = server.postgres.port;
      void import("node:net").then(({ connect }) => {
        const upstream = connect(target, "127.0.0.1");
        socket.pipe(upstream).pipe(socket);
        for (const side of [socket, upstream]) side.on("error", () => undefined);
      });
    });
    await new Promise<void>((done) => forward.listen(port, "127.0.0.1", done));
    const run = await running.done;
    expect([run.code, run.stderr.includes("ECONNREFUSED")]).toEqual([2, true]);
    forward.close();
  });
});

describe("exec", () => {
  it("sets PG* for a program, from PG* and from a URL, and gives its exit code", async () => {
    const database = await server.createDatabase();
    const project = createProject();
    const script = `
      const { Client } = require(${JSON.stringify(join(__dirname, "../../node_modules/pg"))});
      const client = new Client();
      client.connect().then(() => client.query("SELECT current_user, current_database() AS db, session_user"))
        .then(({ rows }) => { console.log(JSON.stringify(rows[0])); return client.end(); })
        .then(() => process.exit(7));`;
    const args = ["--", process.execPath, "-e", script];
    const direct = await database.run(project, ["exec", ...args]);
    expect([direct.code, JSON.parse(direct.stdout)]).toEqual([
      7,
      { current_user: database.migrator, db: database.name, session_user: database.migrator },
    ]);
    const { PGHOST, PGPORT, PGUSER } = database.env;
    const url = `postgres://${PGUSER}:${encodeURIComponent(PASSWORD)}@${PGHOST}:${PGPORT}/${database.name}`;
    const byUrl = await runCli(["exec", "--role", "cloudsqlsuperuser", ...args], {
      cwd: project.folder,
      env: { DATABASE_URL: url },
    });
    expect([byUrl.code, JSON.parse(byUrl.stdout)]).toMatchObject([
      7,
      { current_user: "cloudsqlsuperuser" },
    ]);
    const json = await database.run(project, ["exec", "--json", ...args]);
    expect(JSON.parse(json.stdout)).toMatchObject({
      formatVersion: 1,
      command: "exec",
      exitCode: 7,
      error: null,
    });
    expect(json.stderr).toContain(database.migrator);
  });

  it("passes signals on and waits for the program", async () => {
    const database = await server.createDatabase();
    const script =
      "process.on('SIGTERM', () => process.exit(9)); console.error('ready'); setInterval(() => {}, 1000);";
    const running = database.start(createProject(), ["exec", "--", process.execPath, "-e", script]);
    await running.says("ready");
    running.child.kill("SIGTERM");
    expect((await running.done).code).toBe(9);
  });

  it("ends like a program that a signal ended", async () => {
    const database = await server.createDatabase();
    const args = ["exec", "--", process.execPath, "-e", "process.kill(process.pid, 'SIGKILL')"];
    expect((await database.run(createProject(), args)).code).toBe(137);
  });

  it("says where -- belongs", async () => {
    const database = await server.createDatabase();
    const { code, stderr } = await database.run(createProject(), ["exec", "true"]);
    expect([code, stderr]).toEqual([
      1,
      'invalid args\n  arguments: expected a program behind --, and nothing before it, got "true"; write exec -- true\n',
    ]);
  });

  it("fails with 1 when there is no program", async () => {
    const database = await server.createDatabase();
    const none = await database.run(createProject(), ["exec"]);
    expect([none.code, none.stderr.includes("arguments: expected a program behind --")]).toEqual([
      1,
      true,
    ]);
    const missing = await database.run(createProject(), ["exec", "--", "no-such-program"]);
    expect([missing.code, missing.stderr.includes("cannot run no-such-program")]).toEqual([
      1,
      true,
    ]);
  });
});
