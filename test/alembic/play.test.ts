import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import type { MigratedServiceArgs } from "../../components";
import { type Play, linesOf, openPlay } from "../rehearsal/play";
import { HEAD, createApp, removeApps } from "./support/app";
import { SEED, by } from "./support/args";

let play: Play;
let client: Client;
afterEach(async () => {
  await client.end();
  await play.close();
});
afterAll(removeApps);

async function open(args: MigratedServiceArgs, database: string, overlay?: string): Promise<void> {
  play = await openPlay(args, createApp(overlay).folder);
  client = new Client({ connectionString: play.postgres.url(database) });
  client.on("error", () => undefined);
  await client.connect();
}

async function owners(): Promise<Record<string, string>> {
  const { rows } = await client.query<{ name: string; owner: string }>(
    `SELECT relname AS name, pg_get_userbyid(relowner) AS owner FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1`,
  );
  return Object.fromEntries(rows.map(({ name, owner }) => [name, owner]));
}

async function releaseAll(document?: string): Promise<void> {
  const outcome = await play.release(document);
  expect(outcome.error).toBeNull();
  expect(outcome.steps.every(({ status }) => status === "succeeded")).toBe(true);
}

describe("a release that migrates with Alembic", () => {
  it.each([
    ["CloudRunJob", "job shop-dev-migrate"],
    ["BuildStep", "step migrate"],
    ["PrivatePool", "step migrate"],
  ] as const)("leaves everything to the owner role, %s", async (connectivity, where) => {
    await open(by(connectivity), "app");
    const env = await play.read("alembic/env.py");
    const report = [
      "import sys",
      "from sqlalchemy import text",
      'print("from", sys.prefix, sys.argv[0])',
      'limits = "SELECT current_user, current_setting($$lock_timeout$$), current_setting($$statement_timeout$$)"',
    ].join("\n");
    const ask =
      "        print(*connection.execute(text(limits)).one())\n        connection.commit()\n";
    await play.write(
      "alembic/env.py",
      `${report}\n${env.replace("        context.configure(connection", `${ask}        context.configure(connection`)}`,
    );
    await releaseAll();

    const lines = linesOf(play, where);
    expect(lines).toContain("app_owner 5s 15min");
    expect(lines.filter((line) => line.includes("Running upgrade"))).toHaveLength(3);
    // The image's own copy of the virtual environment, not the one that it was copied from.
    const [, prefix = "", program = ""] = /^from (\S+) (\S+)$/.exec(lines[0] ?? "") ?? [];
    expect(prefix).toMatch(/\/cloud\/images\/[0-9a-f]+\/app\/\.venv$/);
    expect(program).toBe(join(prefix, "bin", "alembic"));

    expect(await owners()).toEqual({
      alembic_version: "app_owner",
      orders: "app_owner",
      products: "app_owner",
    });
    expect((await play.readSchema()).version).toBe(HEAD);
    await client.query("SET ROLE shop_runtime");
    await client.query("UPDATE products SET price = price + 1");
    for (const forbidden of ["CREATE TABLE mine (id int)", "DROP TABLE orders"]) {
      await expect(client.query(forbidden)).rejects.toThrow(/permission denied|must be owner/);
    }
    const answer = await fetch(`${play.cloud.url(play.service)}/products`);
    expect(await answer.json()).toEqual([
      { name: "tea", price: "5.00" },
      { name: "coffee", price: "10.00" },
    ]);
  });

  it.each([
    ["CloudRunJob", {}],
    ["BuildStep", { build: { workingDirectory: "/srv" } }],
  ] as const)("finds another WORKDIR, %s", async (connectivity, more) => {
    await open({ ...by(connectivity), ...more }, "app");
    const dockerfile = await play.read("Dockerfile");
    await play.write("Dockerfile", dockerfile.replace("WORKDIR /app", "WORKDIR /srv"));
    await releaseAll();
    expect((await play.readSchema()).version).toBe(HEAD);
  });

  it("lets the service change alembic_version, as every table of the owner role", async () => {
    await open(by("BuildStep"), "app");
    await releaseAll();
    const mayUpdate = async (): Promise<boolean | undefined> => {
      const { rows } = await client.query<{ may: boolean }>(
        "SELECT has_table_privilege('shop_runtime', 'alembic_version', 'UPDATE') AS may",
      );
      return rows[0]?.may;
    };
    expect(await mayUpdate()).toBe(true);
    await client.query("REVOKE ALL ON alembic_version FROM shop_runtime");
    expect(await mayUpdate()).toBe(false);
    await releaseAll();
    expect(await mayUpdate()).toBe(true);
  });

  it("loses the owner role where env.py passes `options` itself, and the service its rights", async () => {
    // With a startup probe that asks the database `deploy` would stop the release.
    await open({ ...by("BuildStep"), service: {} }, "app");
    const env = await play.read("alembic/env.py");
    const options = 'connect_args={"options": "-c lock_timeout=5s"}, hide_parameters=True';
    await play.write("alembic/env.py", env.replace("hide_parameters=True", options));
    await releaseAll();
    expect(await owners()).toMatchObject({ products: "shop_migrator" });
    const answer = await fetch(`${play.cloud.url(play.service)}/products`);
    expect(answer.status).toBe(500);
    await client.query("SET ROLE shop_runtime");
    await expect(client.query("SELECT FROM products")).rejects.toThrow("permission denied");
  });
});

describe("the article's own cloudbuild.yaml", () => {
  it("migrates with Alembic and serves", async () => {
    const database = { ...SEED.database, existingInstance: "example-project:us-central1:shared" };
    const network = {
      network: "projects/p/global/networks/n",
      subnetwork: "projects/p/regions/us-central1/subnetworks/s",
    };
    await open({ ...SEED, database, network }, "shop__dev", "seed");
    const { secrets } = play.cloud.platform;
    const login = {
      POSTGRES_USER: "shop__dev_migrator",
      POSTGRES_PASSWORD: "of-the-article",
      POSTGRES_HOST: "10.20.0.3",
      POSTGRES_PORT: "5432",
      POSTGRES_DATABASE_NAME: "shop__dev",
    };
    await client.query(`ALTER ROLE ${login.POSTGRES_USER} PASSWORD '${login.POSTGRES_PASSWORD}'`);
    for (const [name, value] of Object.entries(login)) secrets.add(name, value);
    const article = readFileSync(
      join(__dirname, "..", "build", "fixtures", "seed-cloudbuild.yaml"),
      "utf8",
    );
    // The service that the stack makes carries another name.
    await releaseAll(article.replaceAll("'davidmuraya'", `'${play.service}'`));
    expect(
      linesOf(play, "step Step #1").filter((line) => line.includes("Running upgrade")),
    ).toHaveLength(3);
    expect((await play.readSchema()).version).toBe(HEAD);
    expect(await owners()).toMatchObject({ products: "shop__dev_migrator" });
  });
});
