import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { documentOf, runCli } from "../migrate/support/cli";
import {
  PASSWORD,
  type TestDatabase,
  type TestServer,
  startTestServer,
} from "../migrate/support/server";
import { type App, HEAD, activatedPath, createApp, removeApps, runAlembic } from "./support/app";
import { type Desk, openDesk } from "./support/desk";

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

describe("exec -- alembic, with the roles of a release", () => {
  beforeEach(() => desk.setUpRoles());

  it("upgrades; the owner role has everything, the service's login rows only", async () => {
    const run = await desk.alembic("upgrade", "head");
    expect(run.code).toBe(0);
    expect(run.stdout).toBe("");
    expect(run.stderr.match(/Running upgrade .*/g)).toEqual([
      "Running upgrade  -> 4f6d1c0b8a21, create products",
      "Running upgrade 4f6d1c0b8a21 -> 9b3e7d52c1f4, create orders",
      "Running upgrade 9b3e7d52c1f4 -> c07a94e6d3b8, index orders by product",
    ]);
    expect(await desk.version()).toEqual([HEAD]);
    const owners = await desk.owners();
    expect(Object.keys(owners)).toEqual(
      expect.arrayContaining(["alembic_version", "orders", "orders_product_id_idx", "products"]),
    );
    expect(new Set(Object.values(owners))).toEqual(new Set([database.owner]));
    expect(await desk.isIndexValid()).toBe(true);

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
    expect((await desk.alembic("upgrade", "head")).code).toBe(0);
    const before = await desk.catalogue();
    app.writeRevision("half", [
      'op.execute("CREATE TABLE half (id int)")',
      'op.execute("ALTER TABLE nowhere ADD COLUMN id int")',
    ]);
    const direct = await runAlembic(app, ["upgrade", "head"], database.env);
    const failed = await desk.alembic("upgrade", "head");
    expect(failed.code).toBe(1);
    expect(direct.code).toBe(1);
    expect(failed.stderr).toContain('UndefinedTable) relation "nowhere" does not exist');
    expect(await desk.catalogue()).toEqual(before);
    expect(await desk.version()).toEqual([HEAD]);

    const unknown = await desk.alembic("upgrade", "nope");
    expect(unknown.stderr).toContain("Can't locate revision identified by 'nope'");
    expect(unknown.code).toBe(255);
    expect((await runAlembic(app, ["upgrade", "nope"], database.env)).code).toBe(255);
  });

  it("keeps the revisions before the one that fails", async () => {
    app.writeRevision("good", ['op.execute("CREATE TABLE good (id int)")']);
    app.writeRevision("half", ['op.execute("SELECT 1/0")'], "good");
    expect((await desk.alembic("upgrade", "head")).code).toBe(1);
    expect(await desk.version()).toEqual(["good"]);
    app.removeRevision("half");
    expect((await desk.alembic("upgrade", "head")).code).toBe(0);
  });

  it("tells the current revision, and finds models that differ", async () => {
    expect((await desk.alembic("current")).stdout).toBe("");
    await desk.alembic("upgrade", "9b3e7d52c1f4");
    expect((await desk.alembic("current")).stdout).toBe("9b3e7d52c1f4\n");
    await desk.alembic("upgrade", "head");
    expect((await desk.alembic("current")).stdout).toBe(`${HEAD} (head)\n`);
    expect((await desk.alembic("check")).stdout).toBe("No new upgrade operations detected.\n");

    const models = readFileSync(join(app.folder, "models.py"), "utf8");
    app.write("models.py", `${models}    note: Mapped[str | None] = mapped_column(Text)\n`);
    const check = await desk.alembic("check");
    expect(check.code).toBe(255);
    expect(check.stderr).toContain("New upgrade operations detected: [('add_column'");

    const written = await desk.alembic("revision", "--autogenerate", "-m", "note an order");
    expect(written.code).toBe(0);
    const names = readdirSync(join(app.folder, "alembic/versions"));
    const file = names.find((name) => name.endsWith("_note_an_order.py")) ?? "";
    const text = readFileSync(join(app.folder, "alembic/versions", file), "utf8");
    expect(text.match(/^ {4}op\..*/gm)).toEqual([
      "    op.add_column('orders', sa.Column('note', sa.Text(), nullable=True))",
      "    op.drop_column('orders', 'note')",
    ]);
    expect((await desk.alembic("upgrade", "head")).code).toBe(0);
    expect((await desk.alembic("check")).code).toBe(0);
    expect(await desk.version()).toEqual([file.split("_")[0]]);
  });

  it("goes back, one revision or all", async () => {
    const empty = await desk.catalogue();
    await desk.alembic("upgrade", "head");
    expect((await desk.alembic("downgrade", "-1")).code).toBe(0);
    expect(await desk.version()).toEqual(["9b3e7d52c1f4"]);
    expect((await desk.alembic("downgrade", "base")).code).toBe(0);
    expect(await desk.version()).toEqual([]);
    const left = (await desk.catalogue()).filter((line) => !empty.includes(line));
    expect(left.every((line) => line.includes("alembic_version"))).toBe(true);
  });

  it("prints the statements without running one", async () => {
    const run = await desk.alembic("upgrade", "head", "--sql");
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
    await desk.alembic("upgrade", "head");
    const run = await desk.exec(["--role", database.owner, "--json"], "alembic", "current");
    expect(documentOf(run)).toMatchObject({ command: "exec", exitCode: 0, error: null });
    expect(run.stderr).toContain(`${HEAD} (head)`);
  });
});

describe("exec -- alembic, without roles", () => {
  it("makes everything as the login", async () => {
    expect((await desk.exec([], "alembic", "upgrade", "head")).code).toBe(0);
    expect(new Set(Object.values(await desk.owners()))).toEqual(new Set([database.migrator]));
  });

  it("fails with a role that is not there, before anything is made", async () => {
    const run = await desk.alembic("upgrade", "head");
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
    expect(await desk.version()).toEqual([HEAD]);
  });

  it("gives a program with variables of its own their values by a shell", async () => {
    desk = openDesk(server, database, createApp("seed"));
    const script =
      "POSTGRES_USER=$PGUSER POSTGRES_PASSWORD=$PGPASSWORD POSTGRES_HOST=$PGHOST POSTGRES_PORT=$PGPORT POSTGRES_DATABASE_NAME=$PGDATABASE alembic upgrade head";
    const run = await desk.exec([], "sh", "-c", script);
    expect(run.code).toBe(0);
    expect(await desk.version()).toEqual([HEAD]);
  });
});
