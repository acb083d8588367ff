import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { runCli } from "../migrate/support/cli";
import { type TestDatabase, type TestServer, startTestServer } from "../migrate/support/server";
import { type App, HEAD, activatedPath, createApp, removeApps } from "./support/app";
import { type Desk, openDesk } from "./support/desk";

const PAGE = readFileSync(join(__dirname, "..", "..", "docs", "alembic.md"), "utf8");
const blocks = (language: string): string[] =>
  [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map(
    ([, text]) => text ?? "",
  );
const [ENV = "", URL = "", INDEX = ""] = blocks("python");

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
  app.write("alembic/env.py", ENV);
});
afterAll(async () => {
  await server.stop();
  removeApps();
});

describe("docs/alembic.md", () => {
  it("has an env.py that upgrades, compares and prints, once up has made the roles", async () => {
    mkdirSync(join(app.folder, "nothing"));
    const roles = ["--role", database.owner, "--runtime-role", database.runtime];
    const args = ["up", "--migrations-dir", "nothing", ...roles];
    const { code } = await runCli(args, { cwd: app.folder, env: database.env });
    expect(code).toBe(0);
    expect(await database.tables()).toEqual(["pgmigrations", "pgmigrations_runs"]);
    expect((await desk.alembic("upgrade", "head", "--sql")).stdout).toContain(
      "CREATE TABLE products (",
    );
    expect(await database.tables()).not.toContain("products");
    expect((await desk.alembic("upgrade", "head")).code).toBe(0);
    expect(await desk.version()).toEqual([HEAD]);
    expect(await desk.owners()).toMatchObject({ products: database.owner });
    expect((await desk.alembic("check")).stdout).toBe("No new upgrade operations detected.\n");
    const service = await database.connect(database.runtime);
    expect((await service.query("SELECT FROM products")).rowCount).toBe(2);
  });

  it("has a URL of five variables for it", async () => {
    expect(ENV).toContain('URL = "postgresql+psycopg://"\n');
    app.write("alembic/env.py", ENV.replace('URL = "postgresql+psycopg://"\n', URL));
    const { PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE } = database.env;
    const env = { PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE } as Record<string, string>;
    const script =
      "POSTGRES_USER=$PGUSER POSTGRES_PASSWORD=$PGPASSWORD POSTGRES_HOST=$PGHOST POSTGRES_PORT=$PGPORT POSTGRES_DATABASE_NAME=$PGDATABASE alembic upgrade head";
    const run = await runCli(["exec", "--", "sh", "-c", script], {
      cwd: app.folder,
      env: { ...env, PATH: activatedPath() },
    });
    expect(run.code).toBe(0);
    expect(await desk.version()).toEqual([HEAD]);
  });

  it("has a revision with a concurrent index", async () => {
    const file = "alembic/versions/c07a94e6d3b8_index_orders_by_product.py";
    const text = readFileSync(join(app.folder, file), "utf8");
    const [before, after] = [text.indexOf("def upgrade"), text.indexOf("def downgrade")];
    app.write(file, `${text.slice(0, before)}${INDEX}\n\n${text.slice(after)}`);
    expect((await desk.exec([], "alembic", "upgrade", "head")).code).toBe(0);
    expect(await desk.isIndexValid()).toBe(true);
  });

  it("has the Dockerfile that is rehearsed", () => {
    const rehearsed = readFileSync(join(app.folder, "Dockerfile"), "utf8").split("\n");
    expect(blocks("dockerfile")).toHaveLength(1);
    const [dockerfile = ""] = blocks("dockerfile");
    expect(rehearsed.filter((line) => !line.startsWith("ENV ")).join("\n")).toBe(dockerfile);
  });
});
