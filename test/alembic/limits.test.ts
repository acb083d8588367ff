import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type CliRun, runCli } from "../migrate/support/cli";
import { type TestDatabase, type TestServer, startTestServer } from "../migrate/support/server";
import { type App, HEAD, createApp, removeApps } from "./support/app";
import { type Desk, openDesk } from "./support/desk";

const INDEX = "alembic/versions/c07a94e6d3b8_index_orders_by_product.py";

let server: TestServer;
let database: TestDatabase;
let app: App;
let desk: Desk;
beforeAll(async () => {
  server = await startTestServer();
});
beforeEach(async () => {
  database = await server.createDatabase();
  app = createApp();
  desk = openDesk(server, database, app);
});
afterAll(async () => {
  await server.stop();
  removeApps();
});

describe("Alembic, which node-pg-migrate's rules do not guard", () => {
  beforeEach(() => desk.setUpRoles());

  it("would drop the tool's own tables by autogenerate if env.py did not leave them out", async () => {
    await desk.alembic("upgrade", "head");
    const env = readFileSync(join(app.folder, "alembic/env.py"), "utf8");
    app.write("alembic/env.py", env.replace('    "include_name": include_name,\n', ""));
    const check = await desk.alembic("check");
    expect(check.code).toBe(255);
    expect(check.stderr.match(/Detected removed table '\w+'/g)?.sort()).toEqual([
      "Detected removed table 'pgmigrations'",
      "Detected removed table 'pgmigrations_runs'",
    ]);
  });

  it("leaves an invalid index when a concurrent build fails, which the next run replaces", async () => {
    await desk.alembic("upgrade", "9b3e7d52c1f4");
    await database.query(
      "INSERT INTO orders (product_id, quantity) SELECT 1, n FROM generate_series(1, 2) AS n",
    );
    const text = readFileSync(join(app.folder, INDEX), "utf8");
    app.write(INDEX, text.replace('["product_id"],', '["product_id"], unique=True,'));
    expect((await desk.alembic("upgrade", "head")).code).toBe(1);
    expect(await desk.version()).toEqual(["9b3e7d52c1f4"]);
    expect(await desk.isIndexValid()).toBe(false);
    app.write(INDEX, text);
    expect((await desk.alembic("upgrade", "head")).code).toBe(0);
    expect(await desk.isIndexValid()).toBe(true);
  });

  it("fails on a database that is at a revision which the files do not have", async () => {
    app.writeRevision("later", ['op.execute("CREATE TABLE later (id int)")']);
    await desk.alembic("upgrade", "head");
    app.removeRevision("later");
    const before = await desk.catalogue();
    const run = await desk.alembic("upgrade", "head");
    expect(run.code).toBe(255);
    expect(run.stderr).toContain("Can't locate revision identified by 'later'");
    expect(await desk.catalogue()).toEqual(before);
  });

  it("fails on two heads, before anything is made", async () => {
    app.writeRevision("other", ["pass"], "9b3e7d52c1f4");
    const run = await desk.alembic("upgrade", "head");
    expect(run.code).toBe(255);
    expect(run.stderr).toContain("Multiple head revisions are present");
    expect(await database.tables()).not.toContain("products");
    expect((await desk.alembic("merge", "heads", "-m", "merge")).code).toBe(0);
    expect((await desk.alembic("upgrade", "head")).code).toBe(0);
  });

  it("does not notice that an applied revision was edited", async () => {
    await desk.alembic("upgrade", "head");
    app.write(
      INDEX,
      readFileSync(join(app.folder, INDEX), "utf8").replace("product_id", "quantity"),
    );
    expect((await desk.alembic("upgrade", "head")).code).toBe(0);
    expect((await desk.alembic("check")).code).toBe(0);
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
    const unknown = await desk.alembic("upgrade", "head");
    expect(unknown.stderr).toContain('column "note" of relation "products" does not exist');
    expect(unknown.stderr).toContain("[SQL parameters hidden due to hide_parameters=True]");
    expect(unknown.stderr).not.toContain("oolong");
    insert('sa.column("name")', '{"name": name}');
    const detail = await desk.alembic("upgrade", "head");
    expect(detail.stderr).toMatch(/DETAIL: {2}Failing row contains \(\d+, oolong, null\)/);
  });

  it("takes no lock: of two runs at once the second fails, and a revision runs once", async () => {
    await desk.alembic("upgrade", "head");
    app.writeRevision("twice", [
      'op.execute("UPDATE products SET price = price * 2")',
      'op.execute("SELECT FROM gate")',
    ]);
    await database.query("CREATE TABLE gate ()");
    await database.query(`GRANT SELECT ON gate TO ${database.owner}`);
    const keeper = await database.connect();
    await keeper.query("BEGIN; LOCK TABLE gate");
    const first = desk.alembic("upgrade", "head");
    await desk.waiting(1);
    const second = desk.alembic("upgrade", "head");
    await desk.waiting(2);
    await keeper.query("COMMIT");
    expect((await first).code).toBe(0);
    expect((await second).code).toBe(255);
    expect((await second).stderr).toContain("Online migration expected to match one row");
    expect(await database.query("SELECT price::int AS price FROM products ORDER BY id")).toEqual([
      { price: 8 },
      { price: 18 },
    ]);
    expect(await desk.version()).toEqual(["twice"]);
  });

  it("loses the owner role when env.py passes `options` itself", async () => {
    const text = readFileSync(join(app.folder, "alembic/env.py"), "utf8");
    const options = 'connect_args={"options": "-c lock_timeout=5s"}, hide_parameters=True';
    app.write("alembic/env.py", text.replace("hide_parameters=True", options));
    await desk.alembic("upgrade", "head");
    expect(await desk.owners()).toMatchObject({ products: database.migrator });
  });
});

describe("doctor, on a database of Alembic's", () => {
  const doctor = async (...flags: string[]): Promise<CliRun> => {
    const roles = ["--role", database.owner, "--runtime-role", database.runtime];
    const args = ["doctor", "--migrations-dir", "nothing", ...roles, ...flags];
    return runCli(args, { cwd: app.folder, env: database.env });
  };
  beforeEach(() => {
    mkdirSync(join(app.folder, "nothing"));
  });

  it("names what an upgrade without the owner role left; up, with no files, hands it over", async () => {
    await desk.exec([], "alembic", "upgrade", "head");
    expect((await desk.alembic("downgrade", "-1")).code).toBe(1);
    const found = await doctor("--fix");
    // Nothing is set up yet, so nothing is handed over by a guess.
    expect(found.code).toBe(0);
    expect(found.stdout).toContain(
      `public.products: note [wrong-owner] belongs to ${database.migrator}, not to ${database.owner}`,
    );
    const roles = ["--role", database.owner, "--runtime-role", database.runtime];
    const args = ["up", "--migrations-dir", "nothing", ...roles];
    expect((await runCli(args, { cwd: app.folder, env: database.env })).code).toBe(0);
    expect(new Set(Object.values(await desk.owners()))).toEqual(new Set([database.owner]));
    expect((await desk.alembic("downgrade", "-1")).code).toBe(0);
    const service = await database.connect(database.runtime);
    expect((await service.query("SELECT FROM products")).rowCount).toBe(2);
    expect((await doctor()).stdout).toBe("doctor: nothing is wrong\n");
  });

  it("finds an invalid index", async () => {
    await desk.exec([], "alembic", "upgrade", "9b3e7d52c1f4");
    await database.query(
      "INSERT INTO orders (product_id, quantity) SELECT 1, n FROM generate_series(1, 2) AS n",
    );
    const text = readFileSync(join(app.folder, INDEX), "utf8");
    app.write(INDEX, text.replace('["product_id"],', '["product_id"], unique=True,'));
    await desk.exec([], "alembic", "upgrade", "head");
    expect((await doctor()).stdout).toMatch(/^public\.orders_product_id_idx: .*INVALID/im);
  });
});

describe("a concurrent index", () => {
  it("is forgotten by a later revision's failure without transaction_per_migration", async () => {
    app.writeRevision("half", ['op.execute("SELECT 1/0")']);
    expect((await desk.exec([], "alembic", "upgrade", "head")).code).toBe(1);
    expect(await desk.version()).toEqual([HEAD]);

    expect((await desk.exec([], "alembic", "downgrade", "base")).code).toBe(0);
    const env = readFileSync(join(app.folder, "alembic/env.py"), "utf8");
    app.write("alembic/env.py", env.replace('    "transaction_per_migration": True,\n', ""));
    expect((await desk.exec([], "alembic", "upgrade", "head")).code).toBe(1);
    // What came before the block is committed; the revision with the block is not recorded.
    expect(await desk.version()).toEqual(["9b3e7d52c1f4"]);
    expect(await desk.isIndexValid()).toBe(true);
  });

  it("waits with a concurrent index for an older transaction, when its revision says so", async () => {
    // As a release does, with less patience.
    database.env["PGOPTIONS"] = "-c lock_timeout=300ms";
    await desk.exec([], "alembic", "upgrade", "9b3e7d52c1f4");
    const old = await database.connect();
    const begin = "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM orders";
    await old.query(begin);
    const text = readFileSync(join(app.folder, INDEX), "utf8");
    app.write(INDEX, text.replace(/^.*(SET lock_timeout|RESET).*\n/gm, ""));
    const impatient = await desk.exec([], "alembic", "upgrade", "head");
    expect(impatient.code).toBe(1);
    expect(impatient.stderr).toContain("canceling statement due to lock timeout");

    app.write(INDEX, text);
    const limit = 'op.get_bind().scalar(sa.text("SHOW lock_timeout"))';
    app.writeRevision("after", [`assert ${limit} == "300ms"`]);
    const patient = desk.exec([], "alembic", "upgrade", "head");
    await desk.waiting(1);
    await sleep(1000);
    await old.query("COMMIT");
    expect((await patient).code).toBe(0);
    expect(await desk.version()).toEqual(["after"]);
  });
});
