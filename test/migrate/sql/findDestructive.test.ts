import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { findDestructive } from "../../../migrate/sql/findDestructive";
import { parseSql } from "../../../migrate/sql/parseSql";
import { COMPUTING, HARMLESS, QUERIES } from "../../../migrate/sql/statementKinds";

const RULED = new Set(
  "DropStmt AlterTableStmt AlterSeqStmt TruncateStmt DropOwnedStmt DropdbStmt DoStmt CallStmt".split(
    " ",
  ),
);

async function reasons(sql: string): Promise<string[]> {
  return findDestructive([await parseSql(sql)]).flatMap((file) => file.map(({ reason }) => reason));
}

const COUNTER = "and with it how far it has counted";
const CASCADE = "drops with CASCADE whatever depends on it";
const UNKNOWN = "and nobody knows what it does";

describe("findDestructive finds", () => {
  it.each([
    ["DROP TABLE a, b", "drops a table"],
    ["DROP TABLE IF EXISTS shop.a CASCADE", "drops a table"],
    ["DROP SCHEMA shop CASCADE", "drops a schema"],
    ["DROP SEQUENCE a_id_seq", `drops a sequence, ${COUNTER}`],
    ["DROP TYPE mood", "drops a type"],
    ["DROP DOMAIN email", "drops a domain"],
    ["DROP MATERIALIZED VIEW totals", "drops a materialized view"],
    ["DROP EXTENSION hstore", "drops an extension, and with it its tables and types"],
    ["DROP DATABASE old", "drops a database"],
    ["DROP OWNED BY somebody", "drops all that a role owns"],
    ["DROP FUNCTION f(int) CASCADE", CASCADE],
    ["DROP VIEW v CASCADE", CASCADE],
    ["DROP COLLATION c CASCADE", CASCADE],
    ["ALTER TABLE a DROP COLUMN b", "drops a column"],
    ["ALTER TABLE a ADD COLUMN c int, DROP b", "drops a column"],
    ["ALTER TYPE pair DROP ATTRIBUTE x", "drops a column"],
    ["ALTER TABLE a ALTER b TYPE int", "changes a column's type, which rewrites its values"],
    [
      "ALTER TABLE a ALTER COLUMN b SET DATA TYPE text",
      "changes a column's type, which rewrites its values",
    ],
    [
      "ALTER TABLE a ALTER b TYPE date USING b::date",
      "changes a column's type, which rewrites its values",
    ],
    ["ALTER TABLE a ALTER b DROP IDENTITY", `drops an identity, ${COUNTER}`],
    ["ALTER TABLE a SET UNLOGGED", "makes a table unlogged: no later backup has its rows"],
    ["TRUNCATE a", "empties a table"],
    ["TRUNCATE ONLY a, b RESTART IDENTITY CASCADE", "empties a table"],
    ["DELETE FROM a", "deletes rows"],
    ["DELETE FROM a USING b WHERE a.id = b.id RETURNING *", "deletes rows"],
    ["UPDATE a SET b = 1", "overwrites values"],
    ["WITH gone AS (DELETE FROM a RETURNING *) INSERT INTO b SELECT * FROM gone", "deletes rows"],
    ["WITH x AS (UPDATE a SET b = 1 RETURNING b) SELECT * FROM x", "overwrites values"],
    [
      "INSERT INTO a VALUES (1) ON CONFLICT (id) DO UPDATE SET b = 1",
      "overwrites values with ON CONFLICT",
    ],
    [
      "MERGE INTO a USING b ON a.id = b.id WHEN MATCHED THEN UPDATE SET c = 1",
      "merges, with DELETE or UPDATE",
    ],
    [
      "MERGE INTO a USING b ON a.id = b.id WHEN NOT MATCHED THEN INSERT VALUES (1) WHEN MATCHED THEN DELETE",
      "merges, with DELETE or UPDATE",
    ],
    ["DO $$ BEGIN PERFORM tidy_up(); END $$", `calls tidy_up(), ${UNKNOWN}`],
    ["DO $$ BEGIN IF EXISTS (SELECT 1) THEN DELETE FROM a; END IF; END $$", "deletes rows"],
    ["DO $$ DECLARE n int := tidy_up(); BEGIN NULL; END $$", `calls tidy_up(), ${UNKNOWN}`],
    ["DO $$ DECLARE n int; BEGIN n := tidy_up(1); END $$", `calls tidy_up(), ${UNKNOWN}`],
    ["DO $$ BEGIN DO 'BEGIN DROP TABLE a; END'; END $$", "drops a table"],
    [
      "DO $$ BEGIN EXECUTE 'DROP TABLE a'; END $$",
      `runs a DO block that runs a text with EXECUTE, ${UNKNOWN}`,
    ],
    [
      "DO $$ DECLARE r record; BEGIN FOR r IN EXECUTE 'a' LOOP NULL; END LOOP; END $$",
      `runs a DO block that runs a text with EXECUTE, ${UNKNOWN}`,
    ],
    ["DO LANGUAGE plperl 'x'", `runs a DO block that is written in "plperl", ${UNKNOWN}`],
    [
      "DO $$ BEGIN SELEC 1; END $$",
      `runs a DO block that is not to be read before it runs, ${UNKNOWN}`,
    ],
    [
      "DO $$ BEGIN x.y := 1; END $$",
      `runs a DO block that is not to be read before it runs, ${UNKNOWN}`,
    ],
    ["ALTER TABLE a ADD COLUMN c int DEFAULT tidy_up()", `calls tidy_up(), ${UNKNOWN}`],
    ["ALTER TABLE a ADD CHECK (tidy_up(b))", `calls tidy_up(), ${UNKNOWN}`],
    [
      "ALTER TABLE a ADD c int GENERATED ALWAYS AS (tidy_up(b)) STORED",
      `calls tidy_up(), ${UNKNOWN}`,
    ],
    ["CREATE INDEX ON a (tidy_up(b))", `calls tidy_up(), ${UNKNOWN}`],
    ["CREATE INDEX ON a (b) WHERE tidy_up(b)", `calls tidy_up(), ${UNKNOWN}`],
    ["ALTER DOMAIN d ADD CHECK (tidy_up(VALUE))", `calls tidy_up(), ${UNKNOWN}`],
    ["CREATE TABLE n AS EXECUTE p", `runs ExecuteStmt, ${UNKNOWN}`],
    ["SELECT 1 @@@@ 2", `uses the operator @@@@, ${UNKNOWN}`],
    ["SELECT 1 OPERATOR(shop.+) 2", `uses the operator shop.+, ${UNKNOWN}`],
    ["SELECT 1 FROM a ORDER BY b USING @@@@", `uses the operator @@@@, ${UNKNOWN}`],
    ["SELECT setval('s', 1)", "sets how far a sequence has counted"],
    ["ALTER SEQUENCE s RESTART WITH 1000", "sets how far a sequence has counted"],
    ["ALTER TABLE a ALTER id RESTART", "sets how far a sequence has counted"],
    ["ALTER TABLE a ALTER b SET EXPRESSION AS (0)", "computes a column anew"],
    ["CALL tidy_up(1)", `calls a procedure, ${UNKNOWN}`],
    ["SELECT tidy_up()", `calls tidy_up(), ${UNKNOWN}`],
    ["SELECT shop.lower('A')", `calls shop.lower(), ${UNKNOWN}`],
    ["SELECT lo_unlink(1)", `calls lo_unlink(), ${UNKNOWN}`],
    ["SELECT count(*) FROM purge_old(now())", `calls purge_old(), ${UNKNOWN}`],
    ["SELECT 1 WHERE EXISTS (SELECT purge() FROM a)", `calls purge(), ${UNKNOWN}`],
    ["INSERT INTO a SELECT take(b) FROM b", `calls take(), ${UNKNOWN}`],
    ["CREATE TABLE a AS SELECT * FROM take()", `calls take(), ${UNKNOWN}`],
    ["CREATE MATERIALIZED VIEW a AS SELECT take()", `calls take(), ${UNKNOWN}`],
    ["EXPLAIN ANALYZE DELETE FROM a", "deletes rows"],
    ["PREPARE p AS DELETE FROM a", "deletes rows"],
    ["EXECUTE p", `runs ExecuteStmt, ${UNKNOWN}`],
    ["ALTER EXTENSION postgis UPDATE", `runs AlterExtensionStmt, ${UNKNOWN}`],
    ["DROP SUBSCRIPTION s", `runs DropSubscriptionStmt, ${UNKNOWN}`],
    ["LOAD 'auto_explain'", `runs LoadStmt, ${UNKNOWN}`],
  ])("%s", async (sql, reason) => {
    expect(await reasons(sql)).toEqual([reason]);
  });
});

describe("findDestructive passes over", () => {
  it.each([
    "CREATE TABLE a (id serial PRIMARY KEY, b text DEFAULT tidy_up())",
    "CREATE TABLE IF NOT EXISTS a (LIKE b INCLUDING ALL) PARTITION BY RANGE (id)",
    "CREATE TEMP TABLE a AS SELECT * FROM b",
    "SELECT * INTO a FROM b",
    "CREATE UNIQUE INDEX CONCURRENTLY i ON a (lower(b))",
    "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC DELETE FROM a; SELECT 1; END",
    "CREATE OR REPLACE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DELETE FROM a; END $$",
    "CREATE OR REPLACE PROCEDURE p() LANGUAGE sql AS 'TRUNCATE a'",
    "CREATE RULE r AS ON INSERT TO a DO ALSO DELETE FROM b",
    "CREATE TRIGGER t AFTER INSERT ON a FOR EACH ROW EXECUTE FUNCTION f()",
    "CREATE OR REPLACE VIEW v AS SELECT tidy_up()",
    "CREATE TYPE mood AS ENUM ('sad', 'ok')",
    "CREATE SCHEMA s CREATE TABLE a (id int)",
    "CREATE EXTENSION IF NOT EXISTS citext",
    "CREATE POLICY p ON a USING (true)",
    "ALTER TYPE mood ADD VALUE 'happy'",
    "ALTER TYPE mood RENAME VALUE 'ok' TO 'fine'",
    "ALTER TABLE a ADD COLUMN b int NOT NULL DEFAULT 0",
    "ALTER TABLE a ALTER b SET NOT NULL, ALTER c DROP NOT NULL, ALTER d DROP DEFAULT",
    "ALTER TABLE a ADD CONSTRAINT c FOREIGN KEY (b) REFERENCES b NOT VALID",
    "ALTER TABLE a VALIDATE CONSTRAINT c",
    "ALTER TABLE a DROP CONSTRAINT c CASCADE",
    "ALTER TABLE a ALTER b DROP EXPRESSION",
    "ALTER TABLE a RENAME COLUMN b TO c",
    "ALTER TABLE a RENAME TO b",
    "ALTER TABLE a SET SCHEMA s",
    "ALTER TABLE a OWNER TO app_owner",
    "ALTER TABLE a DETACH PARTITION b CONCURRENTLY",
    "ALTER TABLE a ATTACH PARTITION b FOR VALUES FROM (1) TO (2)",
    "ALTER TABLE a DISABLE TRIGGER ALL, ENABLE ROW LEVEL SECURITY",
    "ALTER SEQUENCE s OWNED BY a.id",
    "ALTER TABLE a ALTER b SET DEFAULT tidy_up()",
    "DO $$ BEGIN CREATE TYPE mood AS ENUM ('a'); EXCEPTION WHEN duplicate_object THEN NULL; END $$",
    "DO $$ DECLARE n int := 1; BEGIN n := n + length('a'); IF n > 1 THEN INSERT INTO a VALUES (n); END IF; END $$",
    "SELECT sin(1), json_populate_recordset(null::a, '[]'), a ->> 'b' FROM a ORDER BY 1 USING <",
    "CREATE DOMAIN d AS text CHECK (VALUE ~ 'a')",
    "ALTER DOMAIN d DROP CONSTRAINT c",
    "DROP INDEX CONCURRENTLY IF EXISTS i",
    "DROP INDEX i CASCADE",
    "DROP VIEW v",
    "DROP FUNCTION f(int)",
    "DROP TRIGGER t ON a CASCADE",
    "DROP POLICY p ON a",
    "DROP RULE r ON a",
    "DROP FOREIGN TABLE elsewhere",
    "DROP ROLE r",
    "INSERT INTO a (b) VALUES ('; DROP TABLE a; --'), (gen_random_uuid())",
    "INSERT INTO a SELECT lower(trim(both from b)), coalesce(c, now()) FROM b ON CONFLICT DO NOTHING",
    "MERGE INTO a USING b ON a.id = b.id WHEN NOT MATCHED THEN INSERT VALUES (1)",
    "COPY a FROM STDIN",
    "WITH x AS (SELECT 1) SELECT * FROM x",
    "SELECT extract(year from now()), a[1], b::int, c ->> 'd' FROM e WHERE f LIKE 'g' FOR UPDATE",
    "GRANT SELECT ON a TO r",
    "REVOKE ALL ON a FROM r",
    "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO r",
    "COMMENT ON TABLE a IS 'DROP TABLE a'",
    "SET lock_timeout = '5s'",
    "LOCK TABLE a IN SHARE MODE",
    "SAVEPOINT s",
    "REFRESH MATERIALIZED VIEW CONCURRENTLY m",
    "REINDEX TABLE CONCURRENTLY a",
    "VACUUM (FULL, ANALYZE) a",
    "CREATE STATISTICS s ON a, b FROM c",
  ])("%s", async (sql) => {
    expect(await parseSql(sql)).toHaveLength(1);
    expect(await reasons(sql)).toEqual([]);
  });
});

describe("findDestructive knows what earlier statements have made", () => {
  it.each([
    "CREATE TABLE t (a int); UPDATE t SET a = 1; TRUNCATE t; DELETE FROM t; DROP TABLE t",
    "CREATE TABLE t (a int); ALTER TABLE t ALTER a TYPE bigint; ALTER TABLE t DROP a",
    "ALTER TABLE t ADD COLUMN c int; UPDATE t SET c = 1 WHERE c IS NULL; ALTER TABLE t DROP c",
    "CREATE TEMP TABLE x AS SELECT 1; DROP TABLE x",
    "SELECT 1 INTO x; DROP TABLE x",
    "CREATE TABLE t (id serial); INSERT INTO t VALUES (5); SELECT setval('t_id_seq', 5)",
    "CREATE TABLE t (id serial); SELECT setval(pg_get_serial_sequence('t', 'id'), 5)",
    "CREATE SEQUENCE s; SELECT setval('s'::regclass, 5); ALTER SEQUENCE s RESTART; DROP SEQUENCE s",
    "CREATE TABLE t (a int); INSERT INTO t VALUES (1) ON CONFLICT (a) DO UPDATE SET a = 1",
    "CREATE TABLE t (a int); MERGE INTO t USING b ON t.a = b.a WHEN MATCHED THEN DELETE",
  ])("and passes over %s", async (sql) => {
    expect(await reasons(sql)).toEqual([]);
  });

  it.each([
    ["CREATE TABLE IF NOT EXISTS t (a int); DELETE FROM t", "deletes rows"],
    ["CREATE TABLE t (a int); DELETE FROM public.t", "deletes rows"],
    ["CREATE TABLE t (a int); DROP TABLE t; DROP TABLE t", "drops a table"],
    ["CREATE TABLE t (a int); DROP TABLE t, u", "drops a table"],
    ["CREATE TABLE t (a int); SET search_path = b; DELETE FROM t", "deletes rows"],
    [
      "CREATE TABLE t (a int); SELECT set_config('search_path', 'b', true); DELETE FROM t",
      "deletes rows",
    ],
    [
      "CREATE TABLE t (a int); ALTER TABLE t RENAME TO u; ALTER TABLE v RENAME TO t; DELETE FROM t",
      "deletes rows",
    ],
    [
      "CREATE TABLE t (a int); ALTER TABLE t ATTACH PARTITION p DEFAULT; DELETE FROM t",
      "deletes rows",
    ],
    ["CREATE TABLE t (a int); ALTER TABLE p INHERIT t; DELETE FROM t", "deletes rows"],
    [
      "CREATE TABLE t (a int); ALTER TABLE v ADD b int REFERENCES t ON DELETE CASCADE; DELETE FROM t",
      "deletes rows",
    ],
    [
      "CREATE TABLE t (a int); CREATE TRIGGER x AFTER DELETE ON t EXECUTE FUNCTION f(); DELETE FROM t",
      "deletes rows",
    ],
    [
      "DO $$ BEGIN CREATE TABLE t (a int); EXCEPTION WHEN duplicate_table THEN NULL; END $$; DELETE FROM t",
      "deletes rows",
    ],
    ["ALTER TABLE t ADD COLUMN IF NOT EXISTS c int; UPDATE t SET c = 1", "overwrites values"],
    ["ALTER TABLE t ADD COLUMN c int; UPDATE t SET c = 1, d = 2", "overwrites values"],
    ["ALTER TABLE t ADD COLUMN c int; UPDATE u SET c = 1", "overwrites values"],
    [
      "ALTER TABLE t ADD COLUMN c int; ALTER TABLE t RENAME d TO e; UPDATE t SET c = 1",
      "overwrites values",
    ],
    [
      "CREATE FUNCTION age(int) RETURNS int LANGUAGE sql AS 'x'; SELECT age(1)",
      `calls age(), ${UNKNOWN}`,
    ],
    [
      "DO $$ BEGIN CREATE FUNCTION age(int) RETURNS int AS 'x'; END $$; SELECT age(1)",
      `calls age(), ${UNKNOWN}`,
    ],
    ["CREATE OPERATOR + (FUNCTION = f); SELECT a + b FROM c", `uses the operator +, ${UNKNOWN}`],
    [
      "CREATE TABLE t (id serial); SELECT setval('u_id_seq', 5)",
      "sets how far a sequence has counted",
    ],
  ])("and finds %s", async (sql, reason) => {
    expect(await reasons(sql)).toEqual([reason]);
  });

  it("across files, but for temporary tables and files that nobody can read", async () => {
    const files = await Promise.all(
      ["CREATE TABLE t (); CREATE TEMP TABLE x ()", "DELETE FROM t; DELETE FROM x"].map(parseSql),
    );
    const count = (all: Parameters<typeof findDestructive>[0]): number[] =>
      findDestructive(all).map(({ length }) => length);
    expect(count(files)).toEqual([0, 1]);
    expect(count([files[0]!, null, files[1]!])).toEqual([0, 0, 2]);
  });

  it("and what the database has already", async () => {
    const own = { functions: new Set(["lower"]), operators: new Set(["||"]) };
    const sql = "SELECT lower('A'); SELECT pg_catalog.lower('A'); SELECT 'a' || 'b'";
    const found = findDestructive([await parseSql(sql)], own).flat();
    expect(found.map(({ reason }) => reason)).toEqual([
      `calls lower(), ${UNKNOWN}`,
      `uses the operator ||, ${UNKNOWN}`,
    ]);
  });
});

describe("parseSql", () => {
  it("gives where each statement begins, past comments and whatever a character's size", async () => {
    const sql = "-- ü€𝄞;\n/* ; */ SELECT 'ü€𝄞';\n\n  -- end\n  DROP TABLE a;;\n";
    const statements = await parseSql(sql);
    expect(statements.map(({ kind }) => kind)).toEqual(["SelectStmt", "DropStmt"]);
    expect(statements.map(({ start }) => sql.slice(start).split("\n")[0])).toEqual([
      "SELECT 'ü€𝄞';",
      "DROP TABLE a;;",
    ]);
  });

  it.each(["", " \n", "-- a comment", ";;"])("finds no statement in %j", async (sql) => {
    expect(await parseSql(sql)).toEqual([]);
  });

  it("fails where one statement is none, and on what would take too much memory", async () => {
    await expect(parseSql("SELECT 1; DROP TABEL a")).rejects.toThrow(/^syntax error$/);
    await expect(parseSql(`SELECT '${"a".repeat(1_000_000)}'`)).rejects.toThrow(
      "million characters",
    );
    expect(await parseSql("SELECT 1")).toHaveLength(1);
  });

  it("survives a chain that is too deep for it", async () => {
    const chain = Array.from({ length: 20_000 }, () => "'a'").join(" || ");
    await expect(parseSql(`SELECT ${chain}`)).rejects.toThrow();
    expect(await parseSql("SELECT 1")).toHaveLength(1);
  });
});

it("has decided on every kind of statement that the parser knows", () => {
  const types = readFileSync(
    require.resolve("@pgsql/types").replace(/index\.js$/, "types.d.ts"),
    "utf8",
  );
  const kinds = [...types.matchAll(/^export interface (\w+Stmt) /gm)].map(([, kind = ""]) => kind);
  const isDecided = (kind: string): boolean =>
    RULED.has(kind) || QUERIES.has(kind) || COMPUTING.has(kind) || HARMLESS.has(kind);
  expect(kinds.length).toBeGreaterThan(100);
  expect(kinds.filter((kind) => !isDecided(kind))).toEqual([
    // No statements by themselves.
    ...["RawStmt", "SetOperationStmt", "ReturnStmt", "PLAssignStmt", "ReplicaIdentityStmt"],
    // Nobody knows.
    ...["DropTableSpaceStmt", "AlterExtensionStmt", "LoadStmt", "ExecuteStmt"],
    ...["AlterSubscriptionStmt", "DropSubscriptionStmt"],
  ]);
});
