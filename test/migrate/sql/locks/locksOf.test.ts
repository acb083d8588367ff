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
CREATE TABLE keyed (id int NOT NULL CONSTRAINT keyed_pkey PRIMARY KEY, up int CONSTRAINT keyed_up REFERENCES keyed);
CREATE TABLE numbered (id int GENERATED ALWAYS AS IDENTITY);
CREATE TABLE heir () INHERITS (base);
CREATE UNLOGGED TABLE plain (id int);
CREATE TYPE pair AS (a int, b int);
CREATE RULE silent AS ON DELETE TO base DO INSTEAD NOTHING;
CREATE RULE loud AS ON DELETE TO heir DO ALSO NOTIFY heir;
CREATE PUBLICATION news FOR TABLE parent;
CREATE ROLE somebody;
INSERT INTO parent SELECT n, 'x' FROM generate_series(1, 100) n;
INSERT INTO child SELECT n, n, n, n::text FROM generate_series(1, 100) n;
INSERT INTO loose SELECT n, '2026-02-02' FROM generate_series(1, 100) n;
INSERT INTO part_1 SELECT n, '2026-01-02' FROM generate_series(1, 100) n;
ANALYZE;`;

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

/** The strongest lock of this transaction on each table; which got new files, and were read whole. */
async function observe(
  sql: string,
): Promise<{ locks: Record<string, LockMode>; rewritten: string[]; read: string[] }> {
  const before = await files();
  await client.query("BEGIN");
  try {
    const readBefore = await reads();
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
    const read = [...(await reads())].flatMap(([name, rows]) =>
      rows - (readBefore.get(name) ?? 0) >= 100 ? [name] : [],
    );
    const after = await files();
    const rewritten = [...before].flatMap(([name, { node }]) =>
      (after.get(name)?.node ?? node) !== node ? [name] : [],
    );
    return { locks, rewritten, read };
  } finally {
    await client.query("ROLLBACK");
  }
}

/** Rows that this session has read in whole tables, as far as it has not told the server yet. */
async function reads(): Promise<Map<string, number>> {
  const { rows } = await client.query<{ name: string; read: string }>(
    "SELECT relname AS name, seq_tup_read AS read FROM pg_stat_xact_user_tables",
  );
  return new Map(rows.map(({ name, read }) => [name, Number(read)]));
}

async function files(): Promise<Map<string, { oid: number; node: number | null }>> {
  const { rows } = await client.query<{ name: string; oid: number; node: number | null }>(
    `SELECT relname AS name, oid, CASE WHEN pg_relation_size(oid) > 0 THEN pg_relation_filenode(oid) END AS node FROM pg_class
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
  "ALTER TABLE child ADD COLUMN a int CHECK (a > 0)",
  "ALTER TABLE child ADD COLUMN a int DEFAULT 3 REFERENCES parent",
  "ALTER TABLE child ADD COLUMN IF NOT EXISTS n int",
  "ALTER TABLE child ADD NOT NULL n",
  "ALTER TABLE child ADD CONSTRAINT c NOT NULL n NOT VALID",
  "ALTER TABLE loose ADD PRIMARY KEY (id)",
  "ALTER TABLE keyed DROP CONSTRAINT keyed_up",
  "ALTER TABLE keyed ALTER CONSTRAINT keyed_up DEFERRABLE",
  "ALTER TABLE heir NO INHERIT base",
  "ALTER TABLE keyed ALTER id ADD GENERATED ALWAYS AS IDENTITY",
  "ALTER TABLE numbered ALTER id SET GENERATED BY DEFAULT",
  "ALTER TABLE numbered ALTER id DROP IDENTITY",
  "ALTER TABLE child SET (autovacuum_enabled = false)",
  "ALTER TABLE child SET WITHOUT CLUSTER",
  "ALTER TABLE ONLY child ALTER n SET STATISTICS 10",
  "ALTER TABLE child ALTER n SET (n_distinct = 5)",
  "ALTER TABLE child REPLICA IDENTITY USING INDEX child_pkey",
  "ALTER VIEW shown SET (security_barrier = true)",
  "ALTER VIEW shown ALTER id SET DEFAULT 3",
  "ALTER VIEW shown RENAME TO x",
  "ALTER VIEW shown RENAME id TO x",
  "ALTER MATERIALIZED VIEW summary RENAME TO x",
  "ALTER TYPE pair ADD ATTRIBUTE c int",
  "ALTER TYPE pair RENAME ATTRIBUTE a TO x",
  "ALTER TYPE pair RENAME TO x",
  "ALTER SEQUENCE counter RESTART",
  "ALTER TRIGGER watch ON child RENAME TO w",
  "ALTER POLICY seen ON child RENAME TO w",
  "CREATE TABLE new (LIKE child INCLUDING ALL)",
  "CREATE UNIQUE INDEX ON child (id, n)",
  "CREATE INDEX IF NOT EXISTS child_n ON child (n)",
  "CREATE INDEX ON child (n) WHERE own() = 1",
  "CREATE CONSTRAINT TRIGGER t AFTER UPDATE ON child FROM parent FOR EACH ROW EXECUTE FUNCTION noop()",
  "CREATE OR REPLACE VIEW shown AS SELECT id FROM parent WHERE id > 3",
  "CREATE MATERIALIZED VIEW new AS SELECT id FROM child",
  "CREATE POLICY p ON child USING (n IN (SELECT id FROM parent))",
  "CREATE FUNCTION new() RETURNS bigint BEGIN ATOMIC SELECT count(*) FROM child; END",
  "CREATE TYPE new AS (a child)",
  "CREATE RULE r AS ON INSERT TO child DO ALSO DELETE FROM parent",
  "SELECT * INTO new FROM child",
  "INSERT INTO parent VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET note = 'y'",
  "WITH RECURSIVE up AS (SELECT 1 AS id UNION SELECT up.id + 1 FROM up JOIN parent USING (id)) SELECT * FROM up",
  "WITH child AS (SELECT 1) SELECT * FROM child",
  "COPY (SELECT id FROM child) TO STDOUT",
  "EXPLAIN SELECT * FROM child",
  "PREPARE q AS SELECT * FROM child",
  "DECLARE c CURSOR FOR SELECT * FROM child",
  "LOCK TABLE child, parent IN ROW SHARE MODE",
  "LOCK TABLE child NOWAIT",
  "REFRESH MATERIALIZED VIEW summary WITH NO DATA",
  "DROP RULE silent ON base",
  "DROP TABLE loose, plain CASCADE",
  "DROP MATERIALIZED VIEW summary",
  "ALTER PUBLICATION news ADD TABLE child",
  "ALTER PUBLICATION news DROP TABLE parent",
  "ALTER TABLE heir DISABLE RULE loud, ALTER id SET STATISTICS 10",
  "REVOKE ALL ON child FROM somebody",
  "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO somebody",
  "ALTER TABLE plain SET LOGGED",
  "ALTER TABLE child SET ACCESS METHOD heap",
  "ALTER TABLE child SET TABLESPACE pg_default",
  "ANALYZE child (n)",
  "CREATE STATISTICS ON n, t FROM child",
];

describe("locksOf", () => {
  it.each(STATEMENTS)("knows what PostgreSQL locks and rewrites: %s", async (sql) => {
    const { locks, rewritten, read } = await observe(sql);
    const predicted = await predict(sql);
    const named = predicted.map(({ relation: { name, isIndex }, mode }) => [
      isIndex ? INDEX_TABLES[name] : name,
      mode,
    ]);
    expect(Object.fromEntries(named)).toEqual(locks);
    for (const { relation, rewrites, scans } of predicted) {
      const name = relation.isIndex ? INDEX_TABLES[relation.name]! : relation.name;
      if (rewrites !== null) expect(rewritten.includes(name), `rewrites ${name}`).toBe(rewrites);
      if (scans !== null) expect(read.includes(name), `reads ${name}`).toBe(scans);
    }
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
