import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findRunning } from "../../migrate/postgres";
import { type CliRun, type RunningCli, documentOf, runCli, startCli } from "./support/cli";
import { type Project, THREE, createProject, removeProjects } from "./support/project";

const PG = JSON.stringify(join(__dirname, "../../node_modules/pg"));
const FAR = {
  DATABASE_URL: "postgres://far:secret@127.0.0.1:1/production",
  INSTANCE_CONNECTION_NAME: "my-project:europe-west1:shop",
  PGSERVICE: "production",
  OTHER: "kept",
};

/** A program that runs SQL by `PG*` and prints the last statement's rows. */
function query(...sql: string[]): string[] {
  const script = `
    const { Client } = require(${PG});
    (async () => {
      const client = new Client();
      await client.connect();
      let rows;
      for (const text of ${JSON.stringify(sql)}) ({ rows } = await client.query(text));
      console.log(JSON.stringify(rows));
      await client.end();
    })().catch((error) => { console.log(error.message); process.exit(5); });`;
  return ["--", process.execPath, "-e", script];
}

let project: Project;
let place: string;
beforeAll(() => {
  project = createProject(THREE);
  const folder = mkdtempSync(join(tmpdir(), "dev-test-"));
  chmodSync(folder, 0o755);
  place = join(folder, "kept");
});
afterAll(() => {
  rmSync(join(place, ".."), { recursive: true, force: true });
  removeProjects();
});

function start(args: string[], env: Record<string, string> = FAR): RunningCli {
  return startCli(["dev", "--data", place, ...args], { cwd: project.folder, env });
}

function dev(...args: string[]): Promise<CliRun> {
  return start(args).done;
}

/** A program that is there until its input ends or a signal comes. */
const STAY = [
  "--",
  process.execPath,
  "-e",
  "process.on('SIGTERM', () => process.exit(9)); console.error('ready'); setInterval(() => {}, 1000);",
];

describe("dev", () => {
  it("gives two that begin at the same time one migrated database", async () => {
    const both = await Promise.all([
      dev(...query("INSERT INTO users (email) VALUES ('a')", "SELECT 1 AS one")),
      dev(...query("INSERT INTO users (email) VALUES ('b')", "SELECT 1 AS one")),
    ]);
    // The second may lose its server with the first one's end, and only then.
    const done = both.filter(({ code }) => code === 0);
    expect(done.length).toBeGreaterThan(0);
    expect(done.every(({ stdout }) => stdout === '[{"one":1}]\n')).toBe(true);
    const { stdout } = await dev(...query("SELECT count(*)::int AS n FROM users"));
    const [{ n }] = JSON.parse(stdout) as [{ n: number }];
    expect([done.length, 2]).toContain(n);
  });

  it("keeps the rows, applies only what is new, and ends with the program's code", async () => {
    await dev("--fresh", ...query("INSERT INTO users (email) VALUES ('kept')"));
    project.write("4000_tags.sql", "-- Up Migration\nCREATE TABLE tags (tag text);\n");
    const { code, stdout, stderr } = await dev(
      ...query("INSERT INTO tags VALUES ('x')", "SELECT email FROM users"),
    );
    expect([code, stdout]).toEqual([0, '[{"email":"kept"}]\n']);
    expect(stderr).toContain("committed 4000_tags");
    expect(stderr).not.toContain("committed 3000");
    expect((await dev(...query("SELECT no_such_column"))).code).toBe(5);
    expect(await findRunning(join(place, "data"))).toBeNull();
  });

  it("leads the program to nothing but its database", async () => {
    const names = [...Object.keys(FAR), "PGHOST", "PGDATABASE", "PGUSER"];
    const script = `console.log(JSON.stringify(${JSON.stringify(names)}.map((name) => process.env[name] ?? null)))`;
    const { stdout } = await dev("--", process.execPath, "-e", script);
    const [url, ...others] = JSON.parse(stdout) as string[];
    expect(url).toMatch(/^postgres:\/\/dev_migrator:[\w-]+@127\.0\.0\.1:\d+\/dev$/);
    expect(others).toEqual([null, null, "kept", "127.0.0.1", "dev", "dev_migrator"]);
  });

  it("logs the program in as the service, which may not change the schema", async () => {
    const role = ["--runtime-role", "shop_runtime"];
    const { code, stdout } = await dev(
      ...role,
      ...query("SELECT current_user AS me, 1 FROM users"),
    );
    expect([code, JSON.parse(stdout)]).toMatchObject([0, [{ me: "shop_runtime" }]]);
    const refused = await dev(...role, ...query("CREATE TABLE mine ()"));
    expect([refused.code, refused.stdout]).toEqual([5, "permission denied for schema public\n"]);
  });

  it("shares the server with a dev that runs, and refuses to throw it away", async () => {
    const first = start(STAY);
    await first.says("ready");
    const second = await dev(...query("SELECT 1 AS one"));
    expect([second.code, second.stdout]).toEqual([0, '[{"one":1}]\n']);
    expect(second.stderr).toContain("of another dev (process ");
    const fresh = await dev("--fresh", ...query("SELECT 1"));
    expect(fresh.code).toBe(1);
    expect(fresh.stderr).toMatch(/^dev failed: another dev.*\nnext: end it first\n$/);
    first.child.kill("SIGTERM");
    expect((await first.done).code).toBe(9);
    expect(await findRunning(join(place, "data"))).toBeNull();
  });

  it("leaves no server behind when it is killed, and goes on with the rows", async () => {
    const running = start(STAY);
    await running.says("ready");
    running.child.kill("SIGKILL");
    for (let n = 0; n < 200 && (await findRunning(join(place, "data"))) !== null; n++) {
      await sleep(100);
    }
    const { stdout } = await dev(...query("SELECT email FROM users"));
    expect(JSON.parse(stdout)).toEqual([{ email: "kept" }]);
  });

  it("does not advise to give up the data when a migration is interrupted", async () => {
    const name = "4500_slow-step.sql";
    project.write(name, "-- Up Migration\nSELECT pg_sleep(60);\n");
    const running = start(query("SELECT 1"));
    await running.says("up 4500_slow-step");
    running.child.kill("SIGINT");
    const { code, stderr } = await running.done;
    rmSync(join(project.folder, "migrations", name));
    expect(code).toBe(130);
    expect(stderr).toContain("\nnext: run cloud-run-migrations dev again\n");
  });

  it("runs nothing when the files do not fit, and begins anew when told to", async () => {
    project.write("4000_tags.sql", "-- Up Migration\nCREATE TABLE tags (tag varchar);\n");
    const refused = await dev("--json", ...query("SELECT 1"));
    expect(refused.code).toBe(1);
    expect(documentOf(refused)).toMatchObject({
      ...{ formatVersion: 1, command: "dev", exitCode: null, applied: [] },
      error: expect.stringContaining("4000_tags: edited after it was applied") as string,
      next: "to begin with an empty database: dev --fresh",
    });
    const fresh = await dev("--json", "--fresh", ...query("SELECT * FROM users"));
    expect(documentOf(fresh)).toMatchObject({ exitCode: 0, error: null, version: "4000_tags" });
    expect((documentOf(fresh).applied as string[]).length).toBe(4);
  });

  it("makes what only a superuser may, and says what else is missing", async () => {
    project.write(
      "5000_fdw.sql",
      "-- Up Migration\nCREATE EXTENSION IF NOT EXISTS postgres_fdw;\nGRANT SELECT ON users TO reporting;\n",
    );
    const missing = await dev(...query("SELECT 1"));
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain("if others make it, add --other-roles reporting");
    const { code, stdout } = await dev(
      ...["--other-roles", "reporting", "--extensions", "citext"],
      ...query("SELECT extname FROM pg_extension ORDER BY 1"),
    );
    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      [{ extname: "citext" }, { extname: "plpgsql" }, { extname: "postgres_fdw" }],
    ]);
  });

  it("says that the data are of another PostgreSQL, and takes what is wrong at once", async () => {
    writeFileSync(join(place, "data/PG_VERSION"), "17\n");
    const other = await dev(...query("SELECT 1"));
    expect(other.stderr).toContain("are of another PostgreSQL version");
    expect(other.stderr).toContain("next: begin with an empty database: dev --fresh");
    const wrong = await runCli(["dev", "--iam", "--statement-timeout", "soon"], {
      ...{ cwd: project.folder, env: {} },
    });
    expect(wrong.code).toBe(1);
    expect(wrong.stderr.match(/^ {2}(--[\w-]+|arguments)/gm)).toEqual([
      "  --iam",
      "  arguments",
      "  --statement-timeout",
    ]);
  });

  it("keeps the password to its owner, and refuses a place that the server cannot reach", async () => {
    expect(statSync(join(place, "password")).mode & 0o777).toBe(0o600);
    if (process.getuid?.() !== 0) return;
    chmodSync(join(place, ".."), 0o700);
    expect((await dev(...query("SELECT 1"))).stderr).toContain("may not enter");
  });
});
