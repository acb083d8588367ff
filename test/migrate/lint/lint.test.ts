import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { removeProjects } from "../support/project";
import { HISTORY, lintFiles, rulesOf, script, serious } from "./read";

const ROOT = join(__dirname, "../../..");

afterAll(() => {
  removeProjects();
});

describe("lint", () => {
  it.each([
    ["CREATE INDEX ON orders (total)", ["require-concurrent-index-creation"]],
    ["CREATE INDEX ON public.orders (total)", ["require-concurrent-index-creation"]],
    ["CREATE INDEX ON elsewhere (total)", ["require-concurrent-index-creation"]],
    ["DROP INDEX orders_customer_idx", ["require-concurrent-index-deletion"]],
    [
      "ALTER TABLE orders ADD COLUMN a uuid DEFAULT gen_random_uuid()",
      ["adding-field-with-default"],
    ],
    ["ALTER TABLE orders ADD COLUMN a int DEFAULT twice(2)", ["adding-field-with-default"]],
    [
      "ALTER TABLE orders ADD COLUMN a numeric GENERATED ALWAYS AS (total * 2) STORED",
      ["adding-generated-field"],
    ],
    ["ALTER TABLE orders ADD COLUMN a bigserial", ["adding-serial-field"]],
    [
      "ALTER TABLE orders ADD COLUMN a bigint GENERATED ALWAYS AS IDENTITY",
      ["adding-serial-field"],
    ],
    ["ALTER TABLE orders ADD COLUMN a text NOT NULL", ["adding-required-field"]],
    ["ALTER TABLE orders ALTER status SET NOT NULL", ["adding-not-nullable-field"]],
    ["ALTER TABLE orders ADD NOT NULL status", ["adding-not-nullable-field"]],
    ["ALTER TABLE orders ALTER total TYPE numeric(10,3)", ["changing-column-type"]],
    ["ALTER TABLE customers ALTER age TYPE bigint", ["changing-column-type"]],
    ["ALTER TABLE elsewhere ALTER age TYPE text", ["changing-column-type"]],
    ["ALTER TABLE customers ALTER email TYPE varchar(20)", ["changing-column-type"]],
    ["ALTER TABLE customers ALTER email TYPE text", ["changing-type-of-checked-column"]],
    ["ALTER TABLE orders DROP COLUMN status", ["ban-drop-column"]],
    ["ALTER TABLE orders RENAME status TO state", ["renaming-column"]],
    ["ALTER TABLE customers ALTER email DROP NOT NULL", ["ban-drop-not-null"]],
    ["ALTER TABLE customers ALTER email DROP DEFAULT", ["dropping-default"]],
    ["ALTER TABLE orders ADD CONSTRAINT c CHECK (total > 0)", ["constraint-missing-not-valid"]],
    ["ALTER TABLE orders ADD COLUMN a int CHECK (a > 0)", ["constraint-missing-not-valid"]],
    [
      "ALTER TABLE archive ADD FOREIGN KEY (id) REFERENCES orders",
      ["adding-foreign-key-constraint", "foreign-key-without-index"],
    ],
    [
      "ALTER TABLE archive ADD COLUMN o bigint DEFAULT 1 REFERENCES orders",
      ["adding-foreign-key-constraint", "foreign-key-without-index"],
    ],
    // PostgreSQL knows that the new column is null everywhere, and looks no row up.
    ["ALTER TABLE archive ADD COLUMN o bigint REFERENCES orders", ["foreign-key-without-index"]],
    [
      "ALTER TABLE orders ADD CONSTRAINT c CHECK (total > 0) NOT VALID; ALTER TABLE orders VALIDATE CONSTRAINT c",
      ["validate-in-same-transaction"],
    ],
    ["ALTER TABLE orders ADD UNIQUE (status)", ["disallowed-unique-constraint"]],
    ["ALTER TABLE archive ADD PRIMARY KEY (id)", ["disallowed-unique-constraint"]],
    [
      "ALTER TABLE orders ADD EXCLUDE USING btree (status WITH =)",
      ["disallowed-unique-constraint"],
    ],
    ["ALTER TABLE orders ADD COLUMN a text UNIQUE", ["disallowed-unique-constraint"]],
    ["ALTER TABLE orders DROP CONSTRAINT orders_customer", ["dropping-foreign-key"]],
    [
      "ALTER TABLE events ATTACH PARTITION archive FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')",
      ["attaching-partition-without-check"],
    ],
    ["ALTER TABLE events DETACH PARTITION archive", ["require-concurrent-partition-detach"]],
    ["DROP TABLE orders", ["ban-drop-table"]],
    ["DROP TABLE IF EXISTS elsewhere", ["ban-drop-table"]],
    [
      "DROP TABLE archive; CREATE TABLE archive (id bigint)",
      ["ban-drop-table", "recreating-table"],
    ],
    ["DROP SCHEMA shop", ["ban-drop-database"]],
    ["DROP VIEW recent", ["dropping-object-in-use"]],
    [
      "DROP VIEW recent; CREATE VIEW recent AS SELECT status FROM orders",
      ["dropping-object-in-use"],
    ],
    [
      "DROP VIEW recent; CREATE VIEW recent (number) AS SELECT id FROM orders",
      ["dropping-object-in-use"],
    ],
    ["DROP FUNCTION twice(int)", ["dropping-object-in-use"]],
    ["DROP TYPE mood", ["dropping-object-in-use"]],
    ["ALTER TABLE orders RENAME TO purchases", ["renaming-table"]],
    ["ALTER TABLE orders SET SCHEMA shop", ["renaming-table"]],
    ["ALTER VIEW recent RENAME TO latest", ["renaming-table"]],
    ["ALTER SCHEMA shop RENAME TO store", ["renaming-table"]],
    ["CLUSTER orders USING orders_customer_idx", ["prefer-repack"]],
    ["ALTER TABLE orders SET UNLOGGED", ["rewriting-table"]],
    ["TRUNCATE customers CASCADE", ["truncating-table", "ban-truncate-cascade"]],
    ["TRUNCATE archive", ["truncating-table"]],
    ["ALTER TYPE mood RENAME VALUE 'good' TO 'fine'", ["renaming-enum-value"]],
    [
      "ALTER TYPE mood ADD VALUE 'so-so'; UPDATE archive SET id = 1 WHERE id = 2 AND 'so-so' = 'x'",
      ["enum-value-used-too-early"],
    ],
    ["ALTER TABLE orders ADD COLUMN a json", ["prefer-jsonb"]],
    ["CREATE TABLE t (a json)", ["prefer-jsonb"]],
    [
      "ALTER TABLE orders ADD COLUMN a int; ALTER TABLE customers ADD COLUMN a int",
      ["several-tables-locked"],
    ],
    [
      "ALTER TABLE orders ADD COLUMN a int; DELETE FROM archive",
      ["slow-after-exclusive-lock", "unbounded-change"],
    ],
    ["UPDATE orders SET status = 'x'", ["unbounded-change"]],
    ["UPDATE orders SET status = 'x' WHERE status IS NULL", ["unbounded-change"]],
    ["DELETE FROM orders WHERE at < now()", ["unbounded-change"]],
    ["DELETE FROM orders WHERE id > 1 AND status IS NULL", ["unbounded-change"]],
    ["DO $$ BEGIN UPDATE orders SET status = 'x'; END $$", ["unbounded-change"]],
    [
      "MERGE INTO orders o USING customers c ON c.id = o.customer_id WHEN MATCHED THEN UPDATE SET status = 'x'",
      ["unbounded-change"],
    ],
    [
      "MERGE INTO orders o USING customers c ON c.id = o.customer_id WHEN MATCHED THEN DELETE",
      ["unbounded-change"],
    ],
    [
      "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
      ["security-definer-search-path"],
    ],
    ["ALTER TABLE orders ENABLE ROW LEVEL SECURITY", ["row-security-without-policy"]],
    ["REVOKE SELECT ON orders FROM somebody", ["revoking-privileges"]],
    ["CREATE DOMAIN d AS int CHECK (value > 0)", ["ban-create-domain-with-constraint"]],
    ["ALTER DOMAIN d ADD CONSTRAINT c CHECK (value > 1)", ["ban-alter-domain-with-add-constraint"]],
    [
      "UPDATE orders SET status = 'a', status = 'b' WHERE id = 1",
      ["ban-duplicate-column-assignments"],
    ],
    [`CREATE TABLE ${"n".repeat(70)} (id bigint)`, ["identifier-too-long"]],
    ["ALTER TABLE archive ADD COLUMN a char(3)", ["ban-char-field"]],
    ["SELECT FROM WHERE", ["sql-syntax"]],
  ])("finds %s", async (sql, rules) => {
    expect(await rulesOf(sql)).toEqual(rules);
  });

  it.each([
    "CREATE TABLE t (id bigint PRIMARY KEY, o bigint REFERENCES orders); CREATE INDEX ON t (o)",
    "CREATE TABLE t (id int); ALTER TABLE t ADD COLUMN a uuid NOT NULL DEFAULT gen_random_uuid(); ALTER TABLE t ALTER a TYPE text; ALTER TABLE t DROP COLUMN a; ALTER TABLE t RENAME TO u; DROP TABLE u",
    "CREATE TEMP TABLE t (id int); UPDATE t SET id = 3; DROP TABLE t",
    "ALTER TABLE orders ADD COLUMN a int, ADD COLUMN b timestamptz NOT NULL DEFAULT now()",
    "ALTER TABLE orders ADD COLUMN a numeric GENERATED ALWAYS AS (total * 2) VIRTUAL",
    "ALTER TABLE orders ADD COLUMN a int; ALTER TABLE orders DROP COLUMN a",
    "ALTER TABLE orders ALTER total TYPE numeric(12,2)",
    "ALTER TABLE orders ALTER total TYPE numeric",
    "ALTER TABLE orders ALTER at TYPE timestamp(6)",
    "ALTER TABLE customers ALTER note TYPE varchar",
    "ALTER TABLE orders ADD CONSTRAINT c CHECK (total > 0) NOT VALID",
    "ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (customer_id) REFERENCES customers NOT VALID",
    "ALTER TABLE customers ALTER email SET NOT NULL",
    "ALTER TABLE orders ALTER status SET DEFAULT 'new'",
    "ALTER TABLE orders ALTER total DROP DEFAULT",
    "CREATE OR REPLACE VIEW recent AS SELECT id FROM orders WHERE id > 3",
    "DROP VIEW recent; CREATE VIEW recent AS SELECT id, status FROM orders",
    "DROP VIEW recent; CREATE VIEW recent AS SELECT * FROM orders",
    "DROP VIEW recent; CREATE VIEW recent AS SELECT customer_id AS id FROM orders UNION SELECT 1",
    "MERGE INTO orders o USING (VALUES (1), (2)) v (id) ON v.id = o.id WHEN MATCHED THEN DELETE",
    "MERGE INTO archive a USING orders o ON o.id = a.id WHEN NOT MATCHED THEN INSERT VALUES (o.id)",
    "ALTER TYPE mood ADD VALUE 'so-so' AFTER 'good'",
    "CREATE TYPE t AS ENUM ('a'); ALTER TYPE t RENAME VALUE 'a' TO 'b'; DROP TYPE t",
    "CREATE TYPE t AS ENUM ('a'); ALTER TYPE t ADD VALUE 'b'; CREATE TABLE x (a t DEFAULT 'b')",
    "UPDATE orders SET status = 'x' WHERE id = 5",
    "UPDATE orders SET status = 'x' WHERE id IN (SELECT id FROM orders WHERE status IS NULL LIMIT 1000)",
    "DELETE FROM orders WHERE id BETWEEN 1 AND 1000",
    "DELETE FROM orders WHERE id > 1 AND id <= 1000 AND status IS NULL",
    "INSERT INTO archive VALUES (1, now())",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT 1'",
    "CREATE POLICY p ON orders USING (true); ALTER TABLE orders ENABLE ROW LEVEL SECURITY",
    "CREATE TABLE part PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')",
    "CREATE TABLE part (id bigint, day date); ALTER TABLE events ATTACH PARTITION part FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')",
    "GRANT SELECT ON orders TO somebody",
    "COMMENT ON TABLE orders IS 'x'",
    "ALTER TABLE orders ADD COLUMN a jsonb",
    "ANALYZE orders",
  ])("is silent about %s", async (sql) => {
    expect(await rulesOf(sql)).toEqual([]);
  });

  it.each([
    [["CREATE INDEX CONCURRENTLY i ON orders (total)"], []],
    [["DROP INDEX CONCURRENTLY orders_customer_idx"], []],
    [["CREATE UNIQUE INDEX CONCURRENTLY i ON orders (status)"], []],
    [["REINDEX INDEX CONCURRENTLY orders_customer_idx"], []],
    [["REINDEX INDEX orders_customer_idx"], ["require-concurrent-reindex"]],
    [["VACUUM orders"], []],
    [["VACUUM (FULL) orders"], ["prefer-repack"]],
    [
      ["CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON orders (total)"],
      ["concurrent-index-if-not-exists"],
    ],
    [
      [
        "DROP INDEX CONCURRENTLY IF EXISTS i",
        "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON orders (total)",
      ],
      [],
    ],
    [["DROP INDEX CONCURRENTLY IF EXISTS i", "CREATE INDEX CONCURRENTLY i ON orders (total)"], []],
    [
      [
        "CREATE INDEX CONCURRENTLY i ON orders (total)",
        "CREATE INDEX CONCURRENTLY j ON orders (at)",
      ],
      ["prefer-robust-stmts", "prefer-robust-stmts"],
    ],
    [
      ["ALTER TABLE orders ADD COLUMN a int", "ALTER TABLE orders ADD COLUMN IF NOT EXISTS b int"],
      ["prefer-robust-stmts"],
    ],
    [
      [
        "ALTER TABLE orders ADD COLUMN IF NOT EXISTS a int",
        "ALTER TABLE customers ADD COLUMN IF NOT EXISTS b int",
      ],
      [],
    ],
    [["ALTER TABLE events DETACH PARTITION archive CONCURRENTLY"], []],
  ])("looks at what runs outside a transaction: %j", async (steps, rules) => {
    expect(await rulesOf(script(...steps), "2_b.js")).toEqual(rules);
  });

  it("finds CONCURRENTLY in a script's transaction", async () => {
    const text =
      "exports.up = (pgm) => { pgm.createIndex('orders', 'total', { concurrently: true }); };";
    expect(await rulesOf(text, "2_b.js")).toEqual(["ban-concurrent-index-in-transaction"]);
  });

  it("knows a CHECK of an older file, validated later, when a column becomes NOT NULL", async () => {
    const files = {
      "1_a.sql": HISTORY,
      "2_b.sql": "ALTER TABLE orders ADD CONSTRAINT c CHECK (status IS NOT NULL) NOT VALID;",
      "3_c.sql": "ALTER TABLE orders VALIDATE CONSTRAINT c;",
      "4_d.sql":
        "ALTER TABLE orders ALTER status SET NOT NULL; ALTER TABLE orders DROP CONSTRAINT c;",
    };
    expect(serious(await lintFiles(files, ["4_d"]))).toEqual([]);
    expect(serious(await lintFiles({ ...files, "3_c.sql": "SELECT 1;" }, ["4_d"]))).toEqual([
      "adding-not-nullable-field",
    ]);
    // Consecutive files of one release run in one transaction.
    expect(serious(await lintFiles(files, ["2_b", "3_c"]))).toEqual([
      "validate-in-same-transaction",
    ]);
    expect(serious(await lintFiles(files, ["3_c"]))).toEqual([]);
  });

  it("knows a unique index of an older file when a constraint uses it", async () => {
    const files = {
      "1_a.sql": HISTORY,
      "2_b.js": script("CREATE UNIQUE INDEX CONCURRENTLY i ON orders (status)"),
      "3_c.sql": "ALTER TABLE orders ADD CONSTRAINT u UNIQUE USING INDEX i;",
    };
    expect(serious(await lintFiles(files, ["2_b", "3_c"]))).toEqual([]);
  });

  it("takes what one release makes for new in all of its files, and in its own file alone otherwise", async () => {
    const files = {
      "1_a.sql": "CREATE TABLE t (id bigint);",
      "2_b.sql": "CREATE INDEX ON t (id); ALTER TABLE t DROP COLUMN id;",
    };
    expect(serious(await lintFiles(files, ["1_a", "2_b"]))).toEqual([]);
    expect(serious(await lintFiles(files))).toEqual([
      "require-concurrent-index-creation",
      "ban-drop-column",
    ]);
  });

  it("says why a script is not looked at", async () => {
    const text = "exports.up = async (pgm) => { await pgm.db.query('SELECT 1'); };";
    const [finding] = await lintFiles({ "1_a.js": text });
    expect(finding).toMatchObject({ rule: "not-rendered", level: "note", line: null });
    expect(finding?.message).toContain("it asks the database");
  });

  it("finds a script that sends what PostgreSQL cannot read", async () => {
    const text = "exports.up = (pgm) => { pgm.alterDomain('d', { check: 'value > 0' }); };";
    expect(serious(await lintFiles({ "1_a.js": text }))).toEqual(["sql-syntax"]);
  });

  it("gives the line of the statement in the file", async () => {
    const text =
      "-- Up Migration\n\n-- why\nDROP TABLE a;\n\n  DROP TABLE\n b;\n-- Down Migration\nDROP TABLE c;\n";
    const findings = await lintFiles({ "1_a.sql": text });
    const dropped = findings.filter(({ rule }) => rule === "ban-drop-table");
    expect(dropped.map(({ file, line }) => [file, line])).toEqual([
      ["migrations/1_a.sql", 4],
      ["migrations/1_a.sql", 6],
    ]);
  });

  it("finds nothing to change in this project's own migrations", async () => {
    const folder = join(ROOT, "migrations");
    const files = Object.fromEntries(
      readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]),
    );
    expect(serious(await lintFiles(files))).toEqual([]);
  });
});
