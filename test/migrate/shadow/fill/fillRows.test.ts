import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type PostgresServer, startPostgres } from "../../../../migrate/postgres";
import {
  type FilledTables,
  type NotFilled,
  fillRows,
} from "../../../../migrate/shadow/fill/fillRows";
import type { Wishes } from "../../../../migrate/shadow/fill/wishes";
import { readTables, readTypes } from "../../../../migrate/shadow/fill/readTables";

let server: PostgresServer;
let client: Client;
let number = 0;

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

beforeEach(async () => {
  number += 1;
  const admin = new Client({ connectionString: server.url() });
  await admin.connect();
  await admin.query(`CREATE DATABASE test_${number}`);
  await admin.end();
  client = new Client({ connectionString: server.url(`test_${number}`) });
  await client.connect();
  return () => client.end();
});

async function fill(
  rows: number,
  filled: FilledTables = new Map(),
  wishes: Wishes | null = null,
): Promise<NotFilled[]> {
  const { signal } = new AbortController();
  return fillRows(client, { rows, filled, wishes, signal, except: [], schemas: ["public"] });
}

async function one(sql: string): Promise<unknown> {
  const { rows } = await client.query<Record<string, unknown>>(sql);
  return Object.values(rows[0] ?? {})[0];
}

async function count(table: string): Promise<number> {
  return Number(await one(`SELECT count(*) FROM ${table}`));
}

/** Validates everything that can be validated, with triggers on. */
async function expectValid(): Promise<void> {
  const { rows } = await client.query<{ sql: string }>(`
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s', conrelid::regclass, conname, conname, pg_get_constraintdef(oid)) AS sql
    FROM pg_constraint WHERE contype IN ('f', 'c') AND conrelid <> 0 AND conparentid = 0 AND coninhcount = 0`);
  for (const { sql } of rows) await client.query(sql);
}

describe("fillRows", () => {
  it("fills every type, NULL in part of the rows", async () => {
    await client.query(`
      CREATE EXTENSION hstore; CREATE EXTENSION ltree; CREATE EXTENSION citext; CREATE EXTENSION cube;
      CREATE TYPE mood AS ENUM ('good', 'bad');
      CREATE TYPE pair AS (a int, b text);
      CREATE TYPE textrange AS RANGE (subtype = text);
      CREATE DOMAIN percent AS numeric(5, 2) CHECK (VALUE BETWEEN 0 AND 100);
      CREATE DOMAIN code AS percent CHECK (VALUE > 50);`);
    const types =
      `bool int2 int4 int8 float4 float8 numeric numeric(3,2) numeric(20,4) money oid text varchar varchar(2) varchar(40)
      char char(5) name citext bytea uuid date time timetz timestamp timestamptz(3) interval json jsonb jsonpath xml inet cidr
      macaddr macaddr8 point line lseg box path polygon circle tsvector tsquery pg_lsn regclass bit bit(4) varbit varbit(3)
      int4range int8range numrange tsrange tstzrange daterange textrange int4multirange datemultirange mood pair percent code
      int4[] text[][] mood[] percent[] hstore ltree cube`.split(/\s+/);
    const columns = types.flatMap((type, at) => [`n${at} ${type} NOT NULL`, `o${at} ${type}`]);
    await client.query(`CREATE TABLE everything (${columns.join(", ")})`);
    expect(await fill(20)).toEqual([]);
    expect(await count("everything")).toBe(20);
    for (const at of types.keys()) {
      const nulls = Number(await one(`SELECT count(*) FROM everything WHERE o${at} IS NULL`));
      expect([types[at], nulls > 0 && nulls < 20]).toEqual([types[at], true]);
    }
    // Of a type with room for it there are different values, and some of them twice.
    expect(await one("SELECT count(DISTINCT n11) BETWEEN 9 AND 11 FROM everything")).toBe(true);
  });

  it("fills keys of all kinds, references in their order, to itself and in circles", async () => {
    await client.query(`
      CREATE TABLE comments (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, post_id int NOT NULL);
      CREATE TABLE posts (id serial PRIMARY KEY, author uuid NOT NULL, editor uuid, parent_id int REFERENCES posts);
      CREATE TABLE users (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), email text NOT NULL UNIQUE, best_post int);
      CREATE TABLE own (id int PRIMARY KEY, root int NOT NULL REFERENCES own);
      CREATE TABLE tags (name varchar(20) PRIMARY KEY);
      CREATE TABLE post_tags (post_id int REFERENCES posts, tag varchar(20) REFERENCES tags, PRIMARY KEY (post_id, tag));
      CREATE TABLE profiles (user_id uuid PRIMARY KEY REFERENCES users, text text);
      CREATE TABLE tenants (id int PRIMARY KEY);
      CREATE TABLE teams (tenant_id int NOT NULL REFERENCES tenants, id int, PRIMARY KEY (tenant_id, id));
      CREATE TABLE people (tenant_id int NOT NULL REFERENCES tenants, id int, PRIMARY KEY (tenant_id, id));
      CREATE TABLE members (tenant_id int NOT NULL, team_id int NOT NULL, person_id int NOT NULL, second_id int,
        FOREIGN KEY (tenant_id, team_id) REFERENCES teams, FOREIGN KEY (tenant_id, person_id) REFERENCES people,
        FOREIGN KEY (tenant_id, second_id) REFERENCES people);
      ALTER TABLE comments ADD FOREIGN KEY (post_id) REFERENCES posts;
      ALTER TABLE posts ADD FOREIGN KEY (author) REFERENCES users, ADD FOREIGN KEY (editor) REFERENCES users;
      ALTER TABLE users ADD FOREIGN KEY (best_post) REFERENCES posts;`);
    expect(await fill(60)).toEqual([]);
    const tables =
      "comments posts users own tags post_tags profiles tenants teams people members".split(" ");
    for (const table of tables) expect([table, await count(table)]).toEqual([table, 60]);
    for (const [table, column] of [
      ["posts", "parent_id"],
      ["posts", "editor"],
      ["users", "best_post"],
      ["members", "second_id"],
    ]) {
      const filled = await one(
        `SELECT count(*) BETWEEN 20 AND 59 FROM ${table!} WHERE ${column!} IS NOT NULL`,
      );
      expect([column, filled]).toEqual([column, true]);
    }
    await expectValid();
    // What migrations write, and sequences give next, meets none of the keys.
    await client.query(`INSERT INTO posts (author) SELECT id FROM users LIMIT 1;
      INSERT INTO comments (post_id) SELECT id FROM posts LIMIT 1; INSERT INTO own VALUES (1, 1), (2, 1)`);
  });

  it("finds values that CHECKs are content with", async () => {
    await client.query(`
      CREATE DOMAIN email AS text CHECK (VALUE ~* '^[a-z0-9._%+-]+@[a-z0-9.-]+\\.[a-z]{2,}$');
      CREATE TABLE checked (
        id int PRIMARY KEY CHECK (id > 0),
        status text NOT NULL CHECK (status IN ('open', 'closed')),
        email email UNIQUE,
        price numeric(10, 2) NOT NULL CHECK (price > 5 AND price <= 10),
        low int NOT NULL, high int NOT NULL, CHECK (low < high),
        begins timestamptz NOT NULL, ends timestamptz, CHECK (ends IS NULL OR ends > begins),
        born date CHECK (born < '2001-01-01'),
        country char(2) NOT NULL CHECK (country = upper(country) AND length(country) = 2),
        currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
        slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND char_length(slug) BETWEEN 3 AND 40),
        colour text CHECK (colour ~ '^#[0-9a-f]{6}$'),
        code text NOT NULL UNIQUE CHECK (code ~ '^[A-Z]{2}-\\d{4}$'),
        a int, b int, CHECK (num_nonnulls(a, b) = 1),
        kind text NOT NULL, detail text, CHECK ((kind = 'plain') = (detail IS NULL)),
        data jsonb NOT NULL CHECK (jsonb_typeof(data) = 'object' AND data ? 'version'),
        tags text[] NOT NULL CHECK (cardinality(tags) > 0 AND tags <@ ARRAY['x', 'y']),
        size int NOT NULL, half int GENERATED ALWAYS AS (size / 2) STORED CHECK (half >= 0),
        percent int DEFAULT 50 NOT NULL CHECK (percent BETWEEN 10 AND 90),
        ratio float8 CHECK (ratio > 0 AND ratio < 1),
        number_text text NOT NULL CHECK (number_text::int > 0)
      )`);
    expect(await fill(50)).toEqual([]);
    expect(await count("checked")).toBe(50);
    await expectValid();
    expect(await one("SELECT array_agg(DISTINCT status ORDER BY status)::text FROM checked")).toBe(
      "{closed,open}",
    );
    for (const column of ["ends", "born", "colour", "a", "b", "detail"]) {
      const both = await one(
        `SELECT bool_or(${column} IS NULL) AND bool_or(${column} IS NOT NULL) FROM checked`,
      );
      expect([column, both]).toEqual([column, true]);
    }
  });

  it("fills partitions, and what refers to them", async () => {
    await client.query(`
      CREATE TABLE events (id int, at timestamptz NOT NULL, kind text, PRIMARY KEY (id, at, kind)) PARTITION BY RANGE (at);
      CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
      CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01') PARTITION BY LIST (kind);
      CREATE TABLE events_2025_a PARTITION OF events_2025 FOR VALUES IN ('a', 'b');
      CREATE TABLE events_rest PARTITION OF events DEFAULT;
      CREATE TABLE hashed (id bigint PRIMARY KEY, text text) PARTITION BY HASH (id);
      CREATE TABLE hashed_0 PARTITION OF hashed FOR VALUES WITH (MODULUS 3, REMAINDER 0);
      CREATE TABLE hashed_1 PARTITION OF hashed FOR VALUES WITH (MODULUS 3, REMAINDER 1);
      CREATE TABLE hashed_2 PARTITION OF hashed FOR VALUES WITH (MODULUS 3, REMAINDER 2);
      CREATE TABLE notes (id int PRIMARY KEY, event_id int NOT NULL, event_at timestamptz NOT NULL, event_kind text,
        hashed_id bigint REFERENCES hashed, FOREIGN KEY (event_id, event_at, event_kind) REFERENCES events);`);
    expect(await fill(90)).toEqual([]);
    for (const table of ["events", "hashed", "notes"]) {
      expect([table, await count(table)]).toEqual([table, 90]);
    }
    expect(await count("events_2025_a")).toBe(30);
    expect(await one("SELECT count(*) > 0 FROM notes WHERE hashed_id IS NOT NULL")).toBe(true);
    await expectValid();
  });

  it("keeps to exclusion constraints and indexes on expressions, and says where there is little room", async () => {
    await client.query(`
      CREATE EXTENSION btree_gist;
      CREATE TABLE rooms (room int NOT NULL, during tstzrange NOT NULL, EXCLUDE USING gist (room WITH =, during WITH &&));
      CREATE TABLE cased (name text NOT NULL); CREATE UNIQUE INDEX ON cased (lower(name));
      CREATE TABLE partly (a int NOT NULL, gone timestamptz); CREATE UNIQUE INDEX ON partly (a) WHERE gone IS NULL;
      CREATE TYPE mood AS ENUM ('good', 'bad');
      CREATE TABLE flags (mood mood, is_set bool, PRIMARY KEY (mood, is_set));
      CREATE TABLE single (only_one bool PRIMARY KEY CHECK (only_one));`);
    expect(await fill(10)).toEqual([
      { table: "public.flags", reason: "its constraints leave room for 4 rows only" },
      { table: "public.single", reason: "its constraints leave room for 1 rows only" },
    ]);
    for (const table of ["rooms", "cased", "partly"]) {
      expect([table, await count(table)]).toEqual([table, 10]);
    }
  });

  it("says which table it could not fill, and why", async () => {
    await client.query(`
      CREATE TABLE impossible (id int PRIMARY KEY CHECK (id > 5 AND id < 3));
      CREATE TABLE hangs_on_it (id int REFERENCES impossible, other int NOT NULL REFERENCES impossible);
      CREATE TABLE one (id int PRIMARY KEY, two_id int NOT NULL);
      CREATE TABLE two (id int PRIMARY KEY, one_id int NOT NULL REFERENCES one);
      ALTER TABLE one ADD FOREIGN KEY (two_id) REFERENCES two DEFERRABLE INITIALLY DEFERRED;
      CREATE TABLE odd (id int, snapshot pg_snapshot NOT NULL);
      CREATE TABLE half_odd (id int NOT NULL, snapshot pg_snapshot);
      CREATE EXTENSION file_fdw; CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
      CREATE FOREIGN TABLE elsewhere (id int) SERVER files OPTIONS (filename '/dev/null');`);
    const circle = "it refers in a circle to what refers to it, by columns that take no NULL";
    expect(await fill(10)).toEqual([
      { table: "public.elsewhere", reason: "its rows are on another server" },
      { table: "public.one", reason: circle },
      { table: "public.two", reason: circle },
      {
        table: "public.impossible",
        reason: "no values were found that satisfy impossible_id_check",
      },
      {
        table: "public.hangs_on_it",
        reason: "it refers to public.impossible, which has no rows",
      },
      { table: "public.odd", reason: "nothing is known of the type of snapshot" },
      {
        table: "public.half_odd",
        reason: "nothing is known of the type of snapshot, which stays NULL",
      },
    ]);
    expect(await count("half_odd")).toBe(10);
  });

  it("leaves triggers out, fills beside rows that are there, and refreshes views", async () => {
    await client.query(`
      CREATE TABLE guarded (id int PRIMARY KEY, text text);
      INSERT INTO guarded VALUES (1, 'seed'), (1000001, 'in the way');
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END';
      CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON guarded FOR EACH ROW EXECUTE FUNCTION refuse();
      CREATE MATERIALIZED VIEW sums AS SELECT count(*) AS rows FROM guarded;`);
    expect(await fill(10)).toEqual([]);
    expect(await count("guarded")).toBe(12);
    expect(await one("SELECT rows FROM sums")).toBe("12");
  });

  it("makes the same rows each time", async () => {
    const make = async (): Promise<unknown> => {
      await client.query(`DROP SCHEMA public CASCADE; CREATE SCHEMA public;
        CREATE TABLE a (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), at timestamptz DEFAULT now(), kind text CHECK (kind IN ('x', 'y')));
        CREATE TABLE b (a uuid REFERENCES a, n int DEFAULT 3)`);
      await fill(40);
      return one(
        `SELECT md5(string_agg(a::text, ';' ORDER BY a::text)) || md5(string_agg(b::text, ';' ORDER BY b::text)) FROM a FULL JOIN b ON b.a = a.id`,
      );
    };
    expect(await make()).toBe(await make());
  });

  it("fills only what is new when it is called again", async () => {
    await client.query("CREATE TABLE users (id serial PRIMARY KEY, name text NOT NULL)");
    const filled: FilledTables = new Map();
    await fill(30, filled);
    await client.query(`
      ALTER TABLE users ADD COLUMN age int CHECK (age BETWEEN 1 AND 120), ADD COLUMN boss int REFERENCES users,
        ADD COLUMN kind text DEFAULT 'plain', ADD COLUMN odd pg_snapshot, ADD COLUMN never int CHECK (never > 5 AND never < 3);
      CREATE TABLE orders (user_id int NOT NULL REFERENCES users)`);
    expect(await fill(30, filled)).toEqual([
      { table: "public.users", reason: "nothing is known of the type of odd, which stays NULL" },
      {
        table: "public.users",
        reason: "never stays NULL: no values were found that satisfy users_never_check",
      },
    ]);
    expect([await count("users"), await count("orders")]).toEqual([30, 30]);
    for (const column of ["age", "boss"]) {
      const filledRows = await one(
        `SELECT count(*) BETWEEN 10 AND 29 FROM users WHERE ${column} IS NOT NULL`,
      );
      expect([column, filledRows]).toEqual([column, true]);
    }
    expect(await one("SELECT DISTINCT kind FROM users")).toBe("plain");
    await client.query("TRUNCATE orders");
    await fill(30, filled);
    expect(await count("orders")).toBe(30);
    await expectValid();
  });

  it("foresees the checks, labels and references that a later schema has, but not what it forbids", async () => {
    const before = `CREATE TABLE users (id int PRIMARY KEY);
      CREATE TABLE orders (id int PRIMARY KEY, user_id int, status text, kind text NOT NULL, amount int)`;
    await client.query(`${before}; CREATE TYPE kind AS ENUM ('a', 'b');
      ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users, ADD CHECK (status IN ('open', 'closed')),
        ALTER kind TYPE kind USING kind::kind, ADD UNIQUE (status), ALTER amount SET NOT NULL`);
    await client.query("SET search_path = pg_catalog");
    const wishes = { tables: await readTables(client, []), types: await readTypes(client) };
    await client.query(
      `DROP SCHEMA public CASCADE; CREATE SCHEMA public; SET search_path = public; ${before}`,
    );
    expect(await fill(30, new Map(), wishes)).toEqual([]);
    await client.query(`CREATE TYPE kind AS ENUM ('a', 'b');
      ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users, ADD CHECK (status IN ('open', 'closed')),
        ALTER kind TYPE kind USING kind::kind`);
    await expect(client.query("ALTER TABLE orders ADD UNIQUE (status)")).rejects.toThrow(
      "could not create unique",
    );
    await expect(client.query("ALTER TABLE orders ALTER amount SET NOT NULL")).rejects.toThrow(
      "contains null values",
    );
  });

  it("fills 100,000 rows in seconds", async () => {
    await client.query(`
      CREATE TABLE users (id bigserial PRIMARY KEY, email text NOT NULL UNIQUE, name text, created_at timestamptz NOT NULL DEFAULT now());
      CREATE TABLE orders (id bigserial PRIMARY KEY, user_id bigint NOT NULL REFERENCES users, status text NOT NULL CHECK (status IN ('open', 'closed')), total numeric(10, 2));
      CREATE TABLE items (order_id bigint NOT NULL REFERENCES orders, position int NOT NULL, text text, PRIMARY KEY (order_id, position));`);
    const begin = Date.now();
    expect(await fill(100_000)).toEqual([]);
    expect(Date.now() - begin).toBeLessThan(30_000);
    for (const table of ["users", "orders", "items"]) expect(await count(table)).toBe(100_000);
  });
});
