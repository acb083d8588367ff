import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { Server } from "node:http";
import { join } from "node:path";
import { runner } from "node-pg-migrate";
import { Client, Pool } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type PostgresServer,
  createApiUser,
  createCloudSqlLayout,
  createDatabase,
  startPostgres,
} from "../../migrate/postgres";
import { createService } from "../../service/createService";
import { MAX_BODY_BYTES } from "../../service/jsonBody";
import { Store } from "../../service/store";

let postgres: PostgresServer;
let pool: Pool;
let server: Server;
let base: string;
const logged: unknown[] = [];

beforeAll(async () => {
  postgres = await startPostgres();
  await createCloudSqlLayout(postgres);
  await createDatabase(postgres, "shop");
  await createApiUser(postgres, { name: "owner", password: "owner", databaseRoles: [] });
  await createApiUser(postgres, { name: "runtime", password: "runtime", databaseRoles: [] });
  await asSuperuser(
    "CREATE EXTENSION citext",
    "GRANT CREATE ON SCHEMA public TO owner",
    `ALTER DEFAULT PRIVILEGES FOR ROLE owner
       GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO runtime`,
  );
  await runner({
    databaseUrl: urlOf("owner"),
    dir: join(__dirname, "..", "..", "migrations"),
    direction: "up",
    migrationsTable: "pgmigrations",
    singleTransaction: true,
    log: () => undefined,
  });
  pool = new Pool({ connectionString: urlOf("runtime"), max: 3 });
  server = createService(new Store(pool), (error) => logged.push(error));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.close();
  server.closeAllConnections();
  await pool.end();
  await postgres.stop();
});

describe("service", () => {
  it("is healthy while the database answers", async () => {
    expect(await call("GET", "/health")).toEqual({ status: 200, body: { status: "ok" } });
  });

  it("lists the products that the migrations put there, page by page", async () => {
    const { body } = await call("GET", "/products?limit=2");
    expect(body).toMatchObject({ products: [{ name: "Notebook" }, { name: "Pencil" }] });
    const { id } = (body as { products: { id: string }[] }).products[1]!;
    expect(await call("GET", `/products?after=${id}`)).toMatchObject({
      status: 200,
      body: { products: [{ name: "Desk lamp", priceCents: 3990 }] },
    });
  });

  it("adds and finds a product", async () => {
    const added = await call("POST", "/products", { name: "Ink", priceCents: 980 });
    expect(added).toMatchObject({ status: 201, body: { name: "Ink", priceCents: 980 } });
    const { id } = added.body as { id: string };
    expect(await call("GET", `/products/${id}`)).toEqual({ status: 200, body: added.body });
  });

  it("takes an order at today's price and finds it by address in any case", async () => {
    const added = await call("POST", "/orders", {
      productId: "1",
      quantity: 3,
      email: "Ada@Example.com",
    });
    expect(added).toMatchObject({
      status: 201,
      body: { productId: "1", quantity: 3, totalCents: 1350, email: "Ada@Example.com" },
    });
    const { id } = added.body as { id: string };
    expect(await call("GET", `/orders/${id}`)).toEqual({ status: 200, body: added.body });
    expect(await call("GET", "/orders?email=ada@example.COM")).toEqual({
      status: 200,
      body: { orders: [added.body] },
    });
    expect(await call("GET", "/orders?email=grace@example.com")).toEqual({
      status: 200,
      body: { orders: [] },
    });
  });

  it("computes the total of an order that the backfill has not reached", async () => {
    await asSuperuser(
      "INSERT INTO orders (product_id, quantity, unit_price_cents) VALUES (2, 4, 120)",
    );
    const { body } = await call("GET", "/orders?limit=1");
    expect(body).toMatchObject({ orders: [{ productId: "2", totalCents: 480, email: null }] });
  });

  it.each([
    [
      "POST",
      "/products",
      { name: "", priceCents: -1 },
      400,
      "name: expected 1-200 characters; priceCents: expected an integer from 0 to 1000000000",
    ],
    [
      "POST",
      "/products",
      { name: "nul \0", priceCents: 1 },
      400,
      "name: expected 1-200 characters",
    ],
    ["POST", "/products", [], 400, "expected a JSON object"],
    [
      "POST",
      "/orders",
      { productId: "1; DROP TABLE orders", quantity: 1 },
      400,
      "productId: expected the id of a product, as text",
    ],
    [
      "POST",
      "/orders",
      { productId: "999999", quantity: 1 },
      400,
      "productId: expected the id of a product",
    ],
    [
      "POST",
      "/orders",
      { productId: "1", quantity: 1001, email: "x" },
      400,
      "quantity: expected an integer from 1 to 1000; email: expected an address of at most 254 characters, or null",
    ],
    ["GET", "/orders?email=x", undefined, 400, "email: expected an address"],
    ["GET", "/products?limit=101", undefined, 400, "limit: expected an integer from 1 to 100"],
    ["GET", "/products?after=-1", undefined, 400, "after: expected the id of a product"],
    ["GET", "/products/abc", undefined, 404, "not found"],
    ["GET", "/orders/77", undefined, 404, "not found"],
    ["GET", "/nowhere", undefined, 404, "not found"],
    ["DELETE", "/orders", undefined, 405, "method not allowed"],
  ])("refuses %s %s %j with %i", async (method, path, body, status, error) => {
    expect(await call(method, path, body)).toEqual({ status, body: { error } });
  });

  it("refuses a body that is too large, not JSON or of another type", async () => {
    const post = async (body: string, type: string): Promise<number> =>
      (await fetch(`${base}/products`, { method: "POST", body, headers: { "content-type": type } }))
        .status;
    expect(await post(`{"name":"${"x".repeat(MAX_BODY_BYTES)}"}`, "application/json")).toBe(413);
    expect(await post("{", "application/json")).toBe(400);
    expect(await post("name=x", "application/x-www-form-urlencoded")).toBe(415);
  });

  it("says nothing of its inside when a statement fails, and logs it", async () => {
    await asSuperuser("REVOKE SELECT ON products FROM runtime");
    try {
      expect(await call("GET", "/products")).toEqual({
        status: 500,
        body: { error: "internal error" },
      });
      expect(String(logged.at(-1))).toContain("permission denied for table products");
    } finally {
      await asSuperuser("GRANT SELECT ON products TO runtime");
    }
  });

  it("needs no more than DML: its role can create nothing", async () => {
    await expect(pool.query("CREATE TABLE mine (id int)")).rejects.toThrow(
      "permission denied for schema public",
    );
    await expect(pool.query("ALTER TABLE orders ADD COLUMN mine int")).rejects.toThrow(
      "must be owner of table orders",
    );
  });

  it("is not healthy while the database refuses its role", async () => {
    await asSuperuser(
      "ALTER ROLE runtime NOLOGIN",
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'runtime'",
    );
    pool.on("error", () => undefined);
    try {
      expect(await call("GET", "/health")).toEqual({
        status: 503,
        body: { error: "the database does not answer" },
      });
    } finally {
      await asSuperuser("ALTER ROLE runtime LOGIN");
    }
  });
});

async function call(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: unknown }> {
  const response = await fetch(base + path, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  return { status: response.status, body: await response.json() };
}

function urlOf(user: string): string {
  return `postgres://${user}:${user}@127.0.0.1:${postgres.port}/shop`;
}

async function asSuperuser(...statements: string[]): Promise<void> {
  const client = new Client({ connectionString: postgres.url("shop") });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}
