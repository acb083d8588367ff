import { readdirSync } from "node:fs";
import { extname, join } from "node:path";
import { runner } from "node-pg-migrate";
import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readCatalogue } from "../migrate/catalogue";
import { type PostgresServer, startPostgres } from "../migrate/postgres";

const FOLDER = join(__dirname, "..", "migrations");
const NAMES = readdirSync(FOLDER)
  .sort()
  .map((file) => file.slice(0, -extname(file).length));
const BEFORE_BACKFILL = NAMES.findIndex((name) => name.endsWith("backfill_order_total"));

let server: PostgresServer;
let database = 0;
let url: string;
let client: Client;

beforeAll(async () => {
  server = await startPostgres();
  // The owner of the objects is neither superuser nor allowed to create extensions.
  await asSuperuser("postgres", "CREATE ROLE app_owner LOGIN PASSWORD 'owner'");
});

afterAll(async () => {
  await server.stop();
});

beforeEach(async () => {
  database += 1;
  const name = `shop_${database}`;
  await asSuperuser("postgres", `CREATE DATABASE ${name}`);
  await asSuperuser(name, "CREATE EXTENSION citext");
  await asSuperuser(name, "GRANT CREATE, USAGE ON SCHEMA public TO app_owner");
  url = `postgres://app_owner:owner@127.0.0.1:${server.port}/${name}`;
  client = new Client({ connectionString: url });
  await client.connect();
  return () => client.end();
});

describe("migrations", () => {
  it("are at least five and nothing else is in the folder", () => {
    expect(NAMES.length).toBeGreaterThanOrEqual(5);
    for (const file of readdirSync(FOLDER)) expect(file).toMatch(/^\d{17}_[a-z_]+\.(sql|mjs)$/);
  });

  it("go up, down to nothing and up again to the same catalogue", async () => {
    await migrate("up", Infinity);
    const full = await readCatalogue(url);
    expect(full.join("\n")).toContain("orders_customer_email_idx");

    await migrate("down", NAMES.length);
    const left = (await readCatalogue(url)).filter((line) => !line.includes("pgmigrations"));
    expect(
      left.filter((line) => /^(relation|constraint|index|sequence|column)/.test(line)),
    ).toEqual([]);

    await migrate("up", Infinity);
    expect(await readCatalogue(url)).toEqual(full);
  });

  it("undo each file exactly", async () => {
    for (const name of NAMES) {
      const before = await readCatalogue(url);
      const [applied] = await migrate("up", 1);
      expect(applied).toBe(name);
      if (name === NAMES[0]) continue; // brings node-pg-migrate's own table, which stays
      await migrate("down", 1);
      expect(await readCatalogue(url)).toEqual(before);
      await migrate("up", 1);
    }
  });

  it("backfill old orders in batches of a thousand, each committed", async () => {
    await migrate("up", BEFORE_BACKFILL);
    await insertOrders(2500);
    await migrate("up", Infinity);

    const { rows } = await client.query(
      `SELECT count(*) FILTER (WHERE total_cents = quantity * unit_price_cents)::int AS filled,
         count(DISTINCT xmin::text)::int AS transactions FROM orders`,
    );
    expect(rows).toEqual([{ filled: 2500, transactions: 3 }]);
  });

  it("go on where an interrupted backfill stopped, leaving filled rows alone", async () => {
    await migrate("up", BEFORE_BACKFILL);
    await insertOrders(1500);
    await client.query("UPDATE orders SET total_cents = 7 WHERE id <= 1000");
    await migrate("up", Infinity);

    const { rows } = await client.query(
      "SELECT min(total_cents)::int AS kept, count(*)::int AS all FROM orders WHERE id <= 1000",
    );
    expect(rows).toEqual([{ kept: 7, all: 1000 }]);
  });

  it("repair the index that an interrupted build left invalid", async () => {
    await migrate("up", 2);
    await client.query("CREATE INDEX orders_customer_email_idx ON orders (id)");
    await asSuperuser(
      `shop_${database}`,
      "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'orders_customer_email_idx'::regclass",
    );
    await migrate("up", 1);

    expect(
      (await readCatalogue(url)).filter((line) => line.includes("customer_email_idx")),
    ).toEqual(
      expect.arrayContaining([
        "index CREATE INDEX orders_customer_email_idx ON public.orders USING btree (customer_email) true true",
      ]),
    );
  });

  it("let the revision before write at every step", async () => {
    await migrate("up", 1);
    for (let step = 1; step < NAMES.length; step += 1) {
      await insertOrders(1);
      await migrate("up", 1);
    }
    await insertOrders(1);
    await expect(client.query("UPDATE orders SET total_cents = -1 WHERE id = 1")).rejects.toThrow(
      "orders_total_cents_check",
    );
  });

  it("rewrite no table after it was created", async () => {
    await migrate("up", 1);
    const files = "SELECT pg_relation_filenode('orders'), pg_relation_filenode('products')";
    const { rows: before } = await client.query(files);
    await migrate("up", Infinity);
    expect((await client.query(files)).rows).toEqual(before);
  });
});

async function migrate(direction: "up" | "down", count: number): Promise<string[]> {
  // A client of our own: the library does not wait until the one it makes is closed.
  const dbClient = new Client({ connectionString: url });
  await dbClient.connect();
  try {
    const done = await runner({
      dbClient,
      dir: FOLDER,
      direction,
      count,
      migrationsTable: "pgmigrations",
      singleTransaction: true,
      log: () => undefined,
    });
    return done.map(({ name }) => name);
  } finally {
    await dbClient.end();
  }
}

async function insertOrders(count: number): Promise<void> {
  await client.query(
    `INSERT INTO orders (product_id, quantity, unit_price_cents)
     SELECT (SELECT min(id) FROM products), 1 + n % 9, 100 + n FROM generate_series(1, $1) AS n`,
    [count],
  );
}

async function asSuperuser(name: string, statement: string): Promise<void> {
  const superuser = new Client({ connectionString: server.url(name) });
  await superuser.connect();
  await superuser.query(statement);
  await superuser.end();
}
