import { mkdirSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readCatalogue } from "../../migrate";
import type { CliRun } from "../migrate/support/cli";
import { documentOf, runCli } from "../migrate/support/cli";
import {
  PASSWORD,
  type TestDatabase,
  type TestServer,
  startTestServer,
} from "../migrate/support/server";
import { type App, HEAD, activatedPath, createApp, removeApps, runAlembic } from "./support/app";

const INDEX = "alembic/versions/c07a94e6d3b8_index_orders_by_product.py";

let server: TestServer;
let database: TestDatabase;
let app: App;
beforeAll(async () => {
  server = await startTestServer();
});
beforeEach(async () => {
  database = await server.createDatabase();
  app = createApp();
});
afterAll(async () => {
  await server.stop();
  removeApps();
});

/** `exec … -- alembic …` in the app's folder; what it prints never holds the password. */
async function exec(flags: string[], ...alembic: string[]): Promise<CliRun> {
  const env = { ...database.env, PATH: activatedPath() };
  const run = await runCli(["exec", ...flags, "--", ...alembic], { cwd: app.folder, env });
  for (const secret of [PASSWORD, encodeURIComponent(PASSWORD)]) {
    expect(run.stdout + run.stderr).not.toContain(secret);
  }
  return run;
}

const alembic = (...args: string[]): Promise<CliRun> =>
  exec(["--role", database.owner], "alembic", ...args);

/** As its first `up` does, here without a migration: owner role, grants, default privileges. */
async function setUpRoles(): Promise<void> {
  mkdirSync(join(app.folder, "nothing"));
  const args = [...database.upArgs, "--migrations-dir", "nothing"];
  const run = await runCli(args, { cwd: app.folder, env: database.env });
  expect(run).toMatchObject({ code: 0, stdout: "up: nothing to do, nothing is applied\n" });
}

async function version(): Promise<unknown[]> {
  const rows = await database.query("SELECT version_num FROM alembic_version");
  return rows.map(({ version_num }) => version_num);
}

async function owners(): Promise<Record<string, unknown>[]> {
  return database.query(
    `SELECT relname AS name, pg_get_userbyid(relowner) AS owner FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S', 'i') ORDER BY 1`,
  );
}

async function isIndexValid(): Promise<unknown> {
  const sql = `SELECT indisvalid AS valid FROM pg_index
    WHERE indexrelid = 'orders_product_id_idx'::regclass`;
  return (await database.query(sql))[0]?.["valid"];
}

/** Resolves when so many connections wait for a lock. */
async function waiting(number: number): Promise<void> {
  const sql = `SELECT count(*)::int AS n FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  while ((await database.query(sql))[0]?.["n"] !== number) await sleep(20);
}

const catalogue = (): Promise<string[]> => readCatalogue(server.postgres.url(database.name));

describe("exec -- alembic, with the roles of a release", () => {
  beforeEach(setUpRoles);

  it("upgrades; the owner role has everything, the service's login rows only", async () => {
    const run = await alembic("upgrade", "head");
    expect(run.code).toBe(0);
    expect(run.stdout).toBe("");
    expect(run.stderr.match(/Running upgrade .*/g)).toEqual([
      "Running upgrade  -> 4f6d1c0b8a21, create products",
      "Running upgrade 4f6d1c0b8a21 -> 9b3e7d52c1f4, create orders",
      "Running upgrade 9b3e7d52c1f4 -> c07a94e6d3b8, index orders by product",
    ]);
    expect(await version()).toEqual([HEAD]);
    const objects = await owners();
    expect(objects.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["alembic_version", "orders", "orders_product_id_idx", "products"]),
    );
    expect(new Set(objects.map(({ owner }) => owner))).toEqual(new Set([database.owner]));
    expect(await isIndexValid()).toBe(true);

    const service = await database.connect(database.runtime);
    await service.query("INSERT INTO orders (product_id, quantity) SELECT id, 1 FROM products");
    await service.query("UPDATE orders SET quantity = 2");
    expect((await service.query("DELETE FROM orders")).rowCount).toBe(2);
    for (const forbidden of [
      "CREATE TABLE mine (id int)",
      "ALTER TABLE orders ADD COLUMN mine int",
      "DROP INDEX orders_product_id_idx",
      "TRUNCATE orders",
    ]) {
      await expect(service.query(forbidden)).rejects.toThrow(/permission denied|must be owner/);
    }
  });

  it("ends with Alembic's exit code, and a failing revision has left nothing", async () => {
    expect((await alembic("upgrade", "head")).code).toBe(0);
    const before = await catalogue();
    app.writeRevision("half", [
      'op.execute("CREATE TABLE half (id int)")',
      'op.execute("ALTER TABLE nowhere ADD COLUMN id int")',
    ]);
    const direct = await runAlembic(app, ["upgrade", "head"], database.env);
    const failed = await alembic("upgrade", "head");
    expect(failed.code).toBe(1);
    expect(direct.code).toBe(1);
    expect(failed.stderr).toContain('UndefinedTable) relation "nowhere" does not exist');
    expect(await catalogue()).toEqual(before);
    expect(await version()).toEqual([HEAD]);

    const unknown = await alembic("upgrade", "nope");
    expect(unknown.stderr).toContain("Can't locate revision identified by 'nope'");
    expect(unknown.code).toBe(255);
    expect((await runAlembic(app, ["upgrade", "nope"], database.env)).code).toBe(255);
  });

  it("keeps the revisions before the one that fails", async () => {
    app.writeRevision("good", ['op.execute("CREATE TABLE good (id int)")']);
    app.writeRevision("half", ['op.execute("SELECT 1/0")'], "good");
    expect((await alembic("upgrade", "head")).code).toBe(1);
    expect(await version()).toEqual(["good"]);
    app.removeRevision("half");
    expect((await alembic("upgrade", "head")).code).toBe(0);
  });

  it("tells the current revision, and finds models that differ", async () => {
    expect((await alembic("current")).stdout).toBe("");
    await alembic("upgrade", "9b3e7d52c1f4");
    expect((await alembic("current")).stdout).toBe("9b3e7d52c1f4\n");
    await alembic("upgrade", "head");
    expect((await alembic("current")).stdout).toBe(`${HEAD} (head)\n`);
    expect((await alembic("check")).stdout).toBe("No new upgrade operations detected.\n");

    const models = readFileSync(join(app.folder, "models.py"), "utf8");
    app.write("models.py", `${models}    note: Mapped[str | None] = mapped_column(Text)\n`);
    const check = await alembic("check");
    expect(check.code).toBe(255);
    expect(check.stderr).toContain("New upgrade operations detected: [('add_column'");

    const written = await alembic("revision", "--autogenerate", "-m", "note an order");
    expect(written.code).toBe(0);
    const names = readdirSync(join(app.folder, "alembic/versions"));
    const file = names.find((name) => name.endsWith("_note_an_order.py")) ?? "";
    const text = readFileSync(join(app.folder, "alembic/versions", file), "utf8");
    expect(text.match(/^ {4}op\..*/gm)).toEqual([
      "    op.add_column('orders', sa.Column('note', sa.Text(), nullable=True))",
      "    op.drop_column('orders', 'note')",
    ]);
    expect((await alembic("upgrade", "head")).code).toBe(0);
    expect((await alembic("check")).code).toBe(0);
    expect(await version()).toEqual([file.split("_")[0]]);
  });

  it("would drop the tool's own tables by autogenerate if env.py did not leave them out", async () => {
    await alembic("upgrade", "head");
    const env = readFileSync(join(app.folder, "alembic/env.py"), "utf8");
    app.write("alembic/env.py", env.replace('    "include_name": include_name,\n', ""));
    const check = await alembic("check");
    expect(check.code).toBe(255);
    expect(check.stderr.match(/Detected removed table '\w+'/g)?.sort()).toEqual([
      "Detected removed table 'pgmigrations'",
      "Detected removed table 'pgmigrations_runs'",
    ]);
  });

  it("goes back, one revision or all", async () => {
    const empty = await catalogue();
    await alembic("upgrade", "head");
    expect((await alembic("downgrade", "-1")).code).toBe(0);
    expect(await version()).toEqual(["9b3e7d52c1f4"]);
    expect((await alembic("downgrade", "base")).code).toBe(0);
    expect(await version()).toEqual([]);
    const left = (await catalogue()).filter((line) => !empty.includes(line));
    expect(left.every((line) => line.includes("alembic_version"))).toBe(true);
  });

  it("prints the statements without running one", async () => {
    const run = await alembic("upgrade", "head", "--sql");
    expect(run.code).toBe(0);
    expect(run.stdout).toContain("CREATE TABLE products (");
    const concurrently = run.stdout.match(/^(COMMIT|BEGIN|.* CONCURRENTLY .*);$/gm);
    expect(concurrently?.slice(-6)).toEqual([
      "BEGIN;",
      "COMMIT;",
      "DROP INDEX CONCURRENTLY IF EXISTS orders_product_id_idx;",
      "CREATE INDEX CONCURRENTLY orders_product_id_idx ON orders (product_id);",
      "BEGIN;",
      "COMMIT;",
    ]);
    expect(await database.tables()).not.toContain("products");
    const alone = await runAlembic(app, ["upgrade", "head", "--sql"]);
    expect(alone.stdout).toBe(run.stdout);
  });

  it("gives stdout to its document with --json", async () => {
    await alembic("upgrade", "head");
    const run = await exec(["--role", database.owner, "--json"], "alembic", "current");
    expect(documentOf(run)).toMatchObject({ command: "exec", exitCode: 0, error: null });
    expect(run.stderr).toContain(`${HEAD} (head)`);
  });

  it("leaves an invalid index when a concurrent build fails, which the next run replaces", async () => {
    await alembic("upgrade", "9b3e7d52c1f4");
    await database.query(
      "INSERT INTO orders (product_id, quantity) SELECT 1, n FROM generate_series(1, 2) AS n",
    );
    const text = readFileSync(join(app.folder, INDEX), "utf8");
    app.write(INDEX, text.replace('["product_id"],', '["product_id"], unique=True,'));
    expect((await alembic("upgrade", "head")).code).toBe(1);
    expect(await version()).toEqual(["9b3e7d52c1f4"]);
    expect(await isIndexValid()).toBe(false);
    app.write(INDEX, text);
    expect((await alembic("upgrade", "head")).code).toBe(0);
    expect(await isIndexValid()).toBe(true);
  });

  it("fails on a database that is at a revision which the files do not have", async () => {
    app.writeRevision("later", ['op.execute("CREATE TABLE later (id int)")']);
    await alembic("upgrade", "head");
    app.removeRevision("later");
    const before = await catalogue();
    const run = await alembic("upgrade", "head");
    expect(run.code).toBe(255);
    expect(run.stderr).toContain("Can't locate revision identified by 'later'");
    expect(await catalogue()).toEqual(before);
  });

  it("fails on two heads, before anything is made", async () => {
    app.writeRevision("other", ["pass"], "9b3e7d52c1f4");
    const run = await alembic("upgrade", "head");
    expect(run.code).toBe(255);
    expect(run.stderr).toContain("Multiple head revisions are present");
    expect(await database.tables()).not.toContain("products");
    expect((await alembic("merge", "heads", "-m", "merge")).code).toBe(0);
    expect((await alembic("upgrade", "head")).code).toBe(0);
  });

  it("does not notice that an applied revision was edited", async () => {
    await alembic("upgrade", "head");
    app.write(
      INDEX,
      readFileSync(join(app.folder, INDEX), "utf8").replace("product_id", "quantity"),
    );
    expect((await alembic("upgrade", "head")).code).toBe(0);
    expect((await alembic("check")).code).toBe(0);
  });

  it("prints no parameters of a failed statement, but PostgreSQL's own detail", async () => {
    const insert = (columns: string, row: string): void => {
      // Python's traceback shows the line that failed: the value must not stand in it.
      app.writeRevision("row", [
        'name = "oo" + "long"',
        `op.bulk_insert(sa.table("products", ${columns}), [${row}])`,
      ]);
    };
    insert('sa.column("name"), sa.column("note")', '{"name": name, "note": name}');
    const unknown = await alembic("upgrade", "head");
    expect(unknown.stderr).toContain('column "note" of relation "products" does not exist');
    expect(unknown.stderr).toContain("[SQL parameters hidden due to hide_parameters=True]");
    expect(unknown.stderr).not.toContain("oolong");
    insert('sa.column("name")', '{"name": name}');
    const detail = await alembic("upgrade", "head");
    expect(detail.stderr).toMatch(/DETAIL: {2}Failing row contains \(\d+, oolong, null\)/);
  });

  it("takes no lock: of two runs at once the second fails, and a revision runs once", async () => {
    await alembic("upgrade", "head");
    app.writeRevision("twice", [
      'op.execute("UPDATE products SET price = price * 2")',
      'op.execute("SELECT FROM gate")',
    ]);
    await database.query("CREATE TABLE gate ()");
    await database.query(`GRANT SELECT ON gate TO ${database.owner}`);
    const keeper = await database.connect();
    await keeper.query("BEGIN; LOCK TABLE gate");
    const first = alembic("upgrade", "head");
    await waiting(1);
    const second = alembic("upgrade", "head");
    await waiting(2);
    await keeper.query("COMMIT");
    expect((await first).code).toBe(0);
    expect((await second).code).toBe(255);
    expect((await second).stderr).toContain("Online migration expected to match one row");
    expect(await database.query("SELECT price::int AS price FROM products ORDER BY id")).toEqual([
      { price: 8 },
      { price: 18 },
    ]);
    expect(await version()).toEqual(["twice"]);
  });

  it("loses the owner role when env.py passes `options` itself", async () => {
    const text = readFileSync(join(app.folder, "alembic/env.py"), "utf8");
    const options = 'connect_args={"options": "-c lock_timeout=5s"}, hide_parameters=True';
    app.write("alembic/env.py", text.replace("hide_parameters=True", options));
    await alembic("upgrade", "head");
    const [products] = (await owners()).filter(({ name }) => name === "products");
    expect(products).toEqual({ name: "products", owner: database.migrator });
  });
});

describe("exec -- alembic, without roles", () => {
  it("waits with a concurrent index for an older transaction, when its revision says so", async () => {
    // As a release does, with less patience.
    database.env["PGOPTIONS"] = "-c lock_timeout=300ms";
    await exec([], "alembic", "upgrade", "9b3e7d52c1f4");
    const old = await database.connect();
    const begin = "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM orders";
    await old.query(begin);
    const text = readFileSync(join(app.folder, INDEX), "utf8");
    app.write(INDEX, text.replace(/^.*(SET lock_timeout|RESET).*\n/gm, ""));
    const impatient = await exec([], "alembic", "upgrade", "head");
    expect(impatient.code).toBe(1);
    expect(impatient.stderr).toContain("canceling statement due to lock timeout");

    app.write(INDEX, text);
    const limit = 'op.get_bind().scalar(sa.text("SHOW lock_timeout"))';
    app.writeRevision("after", [`assert ${limit} == "300ms"`]);
    const patient = exec([], "alembic", "upgrade", "head");
    await waiting(1);
    await sleep(1000);
    await old.query("COMMIT");
    expect((await patient).code).toBe(0);
    expect(await version()).toEqual(["after"]);
  });

  it("makes everything as the login", async () => {
    expect((await exec([], "alembic", "upgrade", "head")).code).toBe(0);
    expect(new Set((await owners()).map(({ owner }) => owner))).toEqual(
      new Set([database.migrator]),
    );
  });

  it("fails with a role that is not there, before anything is made", async () => {
    const run = await alembic("upgrade", "head");
    expect(run.code).toBe(1);
    expect(run.stderr).toContain(`role "${database.owner}" does not exist`);
    expect(await database.tables()).toEqual([]);
  });

  it("reads DATABASE_URL for it", async () => {
    const { PGHOST, PGPORT, PGUSER, PGDATABASE } = database.env;
    const login = `${PGUSER}:${encodeURIComponent(PASSWORD)}`;
    const env = { DATABASE_URL: `postgres://${login}@${PGHOST}:${PGPORT}/${PGDATABASE}` };
    const run = await runCli(["exec", "--", "alembic", "upgrade", "head"], {
      cwd: app.folder,
      env: { ...env, PATH: activatedPath() },
    });
    expect(run.code).toBe(0);
    expect(await version()).toEqual([HEAD]);
  });

  it("gives a program with variables of its own their values by a shell", async () => {
    app = createApp("seed");
    const script =
      "POSTGRES_USER=$PGUSER POSTGRES_PASSWORD=$PGPASSWORD POSTGRES_HOST=$PGHOST POSTGRES_PORT=$PGPORT POSTGRES_DATABASE_NAME=$PGDATABASE alembic upgrade head";
    const run = await exec([], "sh", "-c", script);
    expect(run.code).toBe(0);
    expect(await version()).toEqual([HEAD]);
  });
});
