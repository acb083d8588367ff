import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PostgresServer, startPostgres } from "../../../../migrate/postgres";
import { locksOf } from "../../../../migrate/sql/locks/locksOf";
import { type LockMode, blockedBy, strengthOf } from "../../../../migrate/sql/locks/modes";
import { parseSql } from "../../../../migrate/sql/parseSql";

let server: PostgresServer;
let client: Client;

const SCHEMA = `
CREATE TABLE parent (id int PRIMARY KEY, note text);
CREATE TABLE child (id int PRIMARY KEY, parent_id int, n int, v varchar(10), t text NOT NULL DEFAULT '', gen int GENERATED ALWAYS AS (n + 1) STORED);
ALTER TABLE child ADD CONSTRAINT n_positive CHECK (n > 0) NOT VALID;
CREATE INDEX child_n ON child (n);
CREATE UNIQUE INDEX child_v ON child (v);
CREATE TABLE parted (id int, day date) PARTITION BY RANGE (day);
CREATE TABLE part_1 PARTITION OF parted FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE loose (id int, day date);
CREATE TABLE base (id int, day date);
CREATE SCHEMA elsewhere;
CREATE MATERIALIZED VIEW summary AS SELECT id FROM parent;
CREATE UNIQUE INDEX summary_id ON summary (id);
CREATE VIEW shown AS SELECT id FROM parent;
CREATE FUNCTION noop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION own() RETURNS int LANGUAGE sql VOLATILE AS 'SELECT 1';
CREATE TRIGGER watch BEFORE INSERT ON child FOR EACH ROW EXECUTE FUNCTION noop();
CREATE POLICY seen ON child USING (true);
CREATE SEQUENCE counter;
CREATE ROLE somebody;
INSERT INTO parent SELECT n, 'x' FROM generate_series(1, 100) n;
INSERT INTO child SELECT n, n, n, n::text FROM generate_series(1, 100) n;`;

beforeAll(async () => {
  server = await startPostgres();
  client = new Client({ connectionString: server.url() });
  await client.connect();
  await client.query(SCHEMA);
});

afterAll(async () => {
  await client.end();
  await server.stop();
});

/** The strongest lock of this transaction on each table, and which of them got new files. */
async function observe(
  sql: string,
): Promise<{ locks: Record<string, LockMode>; rewritten: string[] }> {
  const before = await files();
  await client.query("BEGIN");
  try {
    await client.query(sql);
    const { rows } = await client.query<{ oid: number; mode: string }>(
      "SELECT relation AS oid, mode FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'relation'",
    );
    const names = new Map([...before].map(([name, { oid }]) => [oid, name]));
    const locks: Record<string, LockMode> = {};
    for (const { oid, mode } of rows) {
      const name = names.get(oid);
      if (name === undefined) continue;
      const spoken = mode
        .replace(/Lock$/, "")
        .replace(/(?<=[a-z])(?=[A-Z])/g, " ")
        .toUpperCase() as LockMode;
      const known = locks[name];
      if (known === undefined || strengthOf(spoken) > strengthOf(known)) locks[name] = spoken;
    }
    const after = await files();
    const rewritten = [...before].flatMap(([name, { node }]) =>
      after.has(name) && after.get(name)?.node !== node ? [name] : [],
    );
    return { locks, rewritten };
  } finally {
    await client.query("ROLLBACK");
  }
}

async function files(): Promise<Map<string, { oid: number; node: number }>> {
  const { rows } = await client.query<{ name: string; oid: number; node: number }>(
    `SELECT relname AS name, oid, pg_relation_filenode(oid) AS node FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'm', 'v')`,
  );
  return new Map(rows.map(({ name, oid, node }) => [name, { oid, node }]));
}

async function predict(sql: string): Promise<ReturnType<typeof locksOf>> {
  const statements = await parseSql(sql);
  return statements.flatMap((statement) => locksOf(statement));
}

const INDEX_TABLES: Record<string, string> = {
  child_n: "child",
  child_v: "child",
  summary_id: "summary",
};

/** Statements whose locks are all on what they name. */
const STATEMENTS = [
  "ALTER TABLE child ADD COLUMN a int",
  "ALTER TABLE child ADD COLUMN a int DEFAULT 7 NOT NULL",
  "ALTER TABLE child ADD COLUMN a timestamptz DEFAULT now()",
  "ALTER TABLE child ADD COLUMN a uuid DEFAULT gen_random_uuid()",
  "ALTER TABLE child ADD COLUMN a timestamptz DEFAULT clock_timestamp()",
  "ALTER TABLE child ADD COLUMN a int GENERATED ALWAYS AS (n * 2) STORED",
  "ALTER TABLE child ADD COLUMN a int GENERATED ALWAYS AS (n * 2) VIRTUAL",
  "ALTER TABLE child ADD COLUMN a serial",
  "ALTER TABLE child ADD COLUMN a int GENERATED ALWAYS AS IDENTITY",
  "ALTER TABLE child ADD COLUMN a int REFERENCES parent",
  "ALTER TABLE child ADD COLUMN a int UNIQUE",
  "ALTER TABLE child DROP COLUMN t",
  "ALTER TABLE child ALTER n SET NOT NULL",
  "ALTER TABLE child ALTER t DROP NOT NULL",
  "ALTER TABLE child ALTER n SET DEFAULT 3",
  "ALTER TABLE child ALTER n SET STATISTICS 200",
  "ALTER TABLE child ALTER t SET STORAGE EXTERNAL",
  "ALTER TABLE child ALTER t SET COMPRESSION pglz",
  "ALTER TABLE child ALTER gen DROP EXPRESSION",
  "ALTER TABLE child ALTER gen SET EXPRESSION AS (n + 2)",
  "ALTER TABLE child ADD CONSTRAINT c CHECK (n > 0)",
  "ALTER TABLE child ADD CONSTRAINT c CHECK (n > 0) NOT VALID",
  "ALTER TABLE child VALIDATE CONSTRAINT n_positive",
  "ALTER TABLE child DROP CONSTRAINT n_positive",
  "ALTER TABLE child ADD CONSTRAINT f FOREIGN KEY (parent_id) REFERENCES parent",
  "ALTER TABLE child ADD CONSTRAINT f FOREIGN KEY (parent_id) REFERENCES parent NOT VALID",
  "ALTER TABLE child ADD CONSTRAINT u UNIQUE (n)",
  "ALTER TABLE child ADD CONSTRAINT u UNIQUE USING INDEX child_v",
  "ALTER TABLE child ADD CONSTRAINT e EXCLUDE USING btree (n WITH =)",
  "ALTER TABLE child SET (fillfactor = 70)",
  "ALTER TABLE child RESET (fillfactor)",
  "ALTER TABLE child SET UNLOGGED",
  "ALTER TABLE child ENABLE ROW LEVEL SECURITY",
  "ALTER TABLE child FORCE ROW LEVEL SECURITY",
  "ALTER TABLE child DISABLE TRIGGER watch",
  "ALTER TABLE child ENABLE ALWAYS TRIGGER watch",
  "ALTER TABLE child REPLICA IDENTITY FULL",
  "ALTER TABLE child CLUSTER ON child_n",
  "ALTER TABLE child OWNER TO somebody",
  "ALTER TABLE child RENAME TO other",
  "ALTER TABLE child RENAME n TO m",
  "ALTER TABLE child RENAME CONSTRAINT n_positive TO x",
  "ALTER TABLE child ADD COLUMN a int, ALTER n SET STATISTICS 10",
  "ALTER TABLE loose INHERIT base",
  "ALTER TABLE parted ATTACH PARTITION loose FOR VALUES FROM ('2026-02-01') TO ('2026-03-01')",
  "ALTER TABLE parted DETACH PARTITION part_1",
  "CREATE TABLE part_2 PARTITION OF parted FOR VALUES FROM ('2026-02-01') TO ('2026-03-01')",
  "CREATE TABLE new (id int, parent_id int REFERENCES parent, FOREIGN KEY (id) REFERENCES child)",
  "CREATE TABLE new (self int PRIMARY KEY, up int REFERENCES new, LIKE child)",
  "CREATE TABLE new () INHERITS (parent)",
  "CREATE TABLE new AS SELECT * FROM child JOIN parent USING (id)",
  "CREATE VIEW new AS SELECT * FROM child",
  "CREATE INDEX ON child (t)",
  "DROP INDEX child_n",
  "REINDEX INDEX child_n",
  "REINDEX TABLE child",
  "ALTER INDEX child_n RENAME TO x",
  "ALTER INDEX child_n SET (fillfactor = 60)",
  "CREATE TRIGGER t AFTER UPDATE ON child FOR EACH ROW EXECUTE FUNCTION noop()",
  "DROP TRIGGER watch ON child",
  "CREATE POLICY p ON child",
  "ALTER POLICY seen ON child USING (false)",
  "DROP POLICY seen ON child",
  "CREATE RULE r AS ON DELETE TO child DO INSTEAD NOTHING",
  "CREATE STATISTICS s ON n, t FROM child",
  "CREATE PUBLICATION p FOR TABLE child",
  "COMMENT ON TABLE child IS 'x'",
  "COMMENT ON COLUMN child.n IS 'x'",
  "COMMENT ON TRIGGER watch ON child IS 'x'",
  "COMMENT ON POLICY seen ON child IS 'x'",
  "COMMENT ON INDEX child_n IS 'x'",
  "COMMENT ON CONSTRAINT n_positive ON child IS 'x'",
  "GRANT SELECT ON child TO somebody",
  "ANALYZE child",
  "CLUSTER child USING child_n",
  "TRUNCATE child",
  "DROP TABLE loose",
  "DROP VIEW shown",
  "LOCK TABLE child IN SHARE ROW EXCLUSIVE MODE",
  "INSERT INTO child (id, n) SELECT id + 1000, 1 FROM parent",
  "UPDATE child SET n = 2 FROM parent WHERE parent.id = child.parent_id",
  "DELETE FROM child USING parent WHERE parent.id = child.parent_id",
  "MERGE INTO child USING parent ON parent.id = child.id WHEN MATCHED THEN DELETE",
  "WITH gone AS (DELETE FROM child RETURNING id) SELECT * FROM gone JOIN parent USING (id)",
  "SELECT * FROM child FOR UPDATE",
  "SELECT 1 FROM child WHERE EXISTS (SELECT FROM parent)",
  "DO $$ BEGIN ALTER TABLE child ADD COLUMN a int; PERFORM 1 FROM parent; END $$",
  "ALTER TABLE child SET SCHEMA elsewhere",
];

describe("locksOf", () => {
  it.each(STATEMENTS)("knows what PostgreSQL locks and rewrites: %s", async (sql) => {
    const { locks, rewritten } = await observe(sql);
    const predicted = await predict(sql);
    const named = predicted.map(({ relation: { name, isIndex }, mode }) => [
      isIndex ? INDEX_TABLES[name] : name,
      mode,
    ]);
    expect(Object.fromEntries(named)).toEqual(locks);
    const tables = predicted.filter(({ rewrites }) => rewrites === true);
    const emptied = sql.startsWith("TRUNCATE") ? ["child"] : [];
    expect([...tables.map(({ relation }) => relation.name), ...emptied]).toEqual(rewritten);
  });

  it("does not say whether a change of type rewrites: the old one is not known", async () => {
    const [lock] = await predict("ALTER TABLE child ALTER v TYPE text");
    expect(lock).toMatchObject({ mode: "ACCESS EXCLUSIVE", rewrites: null, scans: null });
    expect((await observe("ALTER TABLE child ALTER v TYPE text")).rewritten).toEqual([]);
    expect((await observe("ALTER TABLE child ALTER parent_id TYPE bigint")).rewritten).toEqual([
      "child",
    ]);
  });

  it("does not say whether a function of somebody's differs by row", async () => {
    const [lock] = await predict("ALTER TABLE child ADD COLUMN a int DEFAULT own()");
    expect(lock?.rewrites).toBeNull();
  });

  it("leaves out what nobody else sees", async () => {
    const [statement] = await parseSql("CREATE INDEX ON made (id)");
    expect(locksOf(statement!, ({ name }) => name === "made")).toEqual([]);
    expect(locksOf(statement!)).toHaveLength(1);
  });

  it.each([
    ["DROP INDEX CONCURRENTLY a.i", "SHARE UPDATE EXCLUSIVE", true],
    ["CREATE INDEX CONCURRENTLY ON a.t (x)", "SHARE UPDATE EXCLUSIVE", false],
    ["REINDEX (CONCURRENTLY) INDEX i", "SHARE UPDATE EXCLUSIVE", true],
    ["VACUUM t", "SHARE UPDATE EXCLUSIVE", false],
    ["VACUUM (FULL) t", "ACCESS EXCLUSIVE", false],
    ["VACUUM (FULL false) t", "SHARE UPDATE EXCLUSIVE", false],
    ["ALTER TABLE t DETACH PARTITION p CONCURRENTLY", "SHARE UPDATE EXCLUSIVE", false],
    ["REFRESH MATERIALIZED VIEW m", "ACCESS EXCLUSIVE", false],
    ["REFRESH MATERIALIZED VIEW CONCURRENTLY m", "EXCLUSIVE", false],
    ["COPY t FROM STDIN", "ROW EXCLUSIVE", false],
    ["COPY t TO STDOUT", "ACCESS SHARE", false],
  ])("reads what cannot be tried in a transaction: %s", async (sql, mode, isIndex) => {
    const [lock] = await predict(sql);
    expect(lock).toMatchObject({ mode, relation: { isIndex } });
  });

  it.each([
    ["CREATE SEQUENCE s"],
    ["CREATE TYPE t AS ENUM ('a')"],
    ["ALTER TYPE t ADD VALUE 'b'"],
    ["CREATE SCHEMA s"],
    ["SET search_path = a"],
    ["DO $$ BEGIN EXECUTE 'DROP TABLE a'; END $$"],
  ])("finds no table in %s", async (sql) => {
    expect(await predict(sql)).toEqual([]);
  });
});

it("says who waits", () => {
  expect(
    (
      ["ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "SHARE", "EXCLUSIVE", "ACCESS EXCLUSIVE"] as const
    ).map(blockedBy),
  ).toEqual(["nobody", "nobody", "writers", "writers", "readers and writers"]);
});
