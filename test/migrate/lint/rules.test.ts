import { afterAll, describe, expect, it } from "vitest";
import { SQUAWK_RULES } from "../../../migrate/lint/rules/squawk";
import { RULES, STATEMENT_RULES } from "../../../migrate/lint/rules/index";
import { UNINDEXED_KEY } from "../../../migrate/lint/unindexedKeys";
import { removeProjects } from "../support/project";
import { HISTORY, lintFiles, rulesOf, script, serious } from "./read";

afterAll(() => {
  removeProjects();
});

/** What older releases have made, for one statement of this release. */
async function after(history: string, sql: string): Promise<string[]> {
  return serious(await lintFiles({ "1_a.sql": HISTORY + history, "2_b.sql": sql }, ["2_b"]));
}

const MORE = `
CREATE MATERIALIZED VIEW sums AS SELECT sum(total) FROM orders;
CREATE DOMAIN positive AS int CHECK (value > 0);
CREATE FUNCTION fixed() RETURNS int LANGUAGE sql STABLE AS 'SELECT 1';
CREATE UNIQUE INDEX archive_id ON archive (id);
CREATE INDEX events_day ON events (day);
CREATE TABLE rest PARTITION OF events DEFAULT;
CREATE SEQUENCE numbers;
`;

// Each was run on tables with rows on PostgreSQL 18: the pages of the catalogue, pg_locks and the rows read tell.
describe("rules", () => {
  it.each([
    // Defaults.
    ["ALTER TABLE orders ADD COLUMN a int DEFAULT fixed()", []],
    ["ALTER TABLE orders ADD COLUMN a int DEFAULT twice(fixed())", ["adding-field-with-default"]],
    ["ALTER TABLE orders ADD COLUMN a positive", ["adding-constrained-domain-field"]],
    ["CREATE DOMAIN d AS int; ALTER TABLE orders ADD COLUMN a d DEFAULT 1", []],
    ["ALTER TABLE orders ADD COLUMN a int NOT NULL DEFAULT 0", []],
    [
      "ALTER TABLE orders ADD COLUMN a int NOT NULL DEFAULT 0; ALTER TABLE orders ALTER a DROP DEFAULT",
      ["dropping-default"],
    ],
    // Types.
    [
      "ALTER TABLE orders ADD COLUMN a int; ALTER TABLE orders ALTER a TYPE text",
      ["changing-column-type"],
    ],
    ["ALTER TABLE customers ALTER note TYPE varchar USING note::varchar", []],
    ["ALTER TABLE customers ALTER note TYPE varchar USING upper(note)", ["changing-column-type"]],
    ["ALTER TABLE customers ALTER note TYPE varchar(9)", ["changing-column-type"]],
    ["ALTER TABLE orders ALTER at TYPE timestamp", []],
    ["ALTER TABLE orders ALTER at TYPE timestamp(2)", ["changing-column-type"]],
    ["ALTER TABLE orders ALTER at TYPE timestamptz", ["changing-column-type"]],
    ["SET LOCAL TIME ZONE 'UTC'; ALTER TABLE orders ALTER at TYPE timestamptz", []],
    [
      "SET LOCAL TIME ZONE 'UTC'; ALTER TABLE orders ALTER at TYPE timestamptz(3)",
      ["changing-column-type"],
    ],
    [
      "SET LOCAL TIME ZONE 'Europe/Berlin'; ALTER TABLE orders ALTER at TYPE timestamptz",
      ["changing-column-type"],
    ],
    ['ALTER TABLE customers ALTER note TYPE text COLLATE "C"', []],
    // Foreign keys.
    [
      "ALTER TABLE archive ADD COLUMN o bigint REFERENCES orders; CREATE INDEX ON archive (o)",
      ["require-concurrent-index-creation", "slow-after-exclusive-lock"],
    ],
    ["ALTER TABLE archive ALTER CONSTRAINT c ENFORCED", ["adding-foreign-key-constraint"]],
    ["ALTER TABLE archive ADD CONSTRAINT c CHECK (id > 0) NOT ENFORCED", []],
    ["ALTER TABLE elsewhere DROP CONSTRAINT elsewhere_order_id_fkey", ["dropping-foreign-key"]],
    ["ALTER TABLE elsewhere DROP CONSTRAINT elsewhere_positive", []],
    [
      "ALTER TABLE archive ADD CONSTRAINT a FOREIGN KEY (id) REFERENCES orders NOT VALID; ALTER TABLE archive ADD CONSTRAINT b FOREIGN KEY (id) REFERENCES customers NOT VALID",
      ["several-tables-locked"],
    ],
    ["CREATE TABLE t (o bigint REFERENCES orders, c bigint REFERENCES customers)", []],
    [
      "ALTER TABLE orders RENAME TO purchases; ALTER TABLE purchases ALTER COLUMN status SET DEFAULT 'x'",
      ["renaming-table"],
    ],
    // Validation.
    [
      "ALTER TABLE orders ADD CHECK (total > 0) NOT VALID; ALTER TABLE orders VALIDATE CONSTRAINT orders_total_check",
      ["validate-in-same-transaction"],
    ],
    [
      "ALTER TABLE orders ADD COLUMN a int; ALTER TABLE orders VALIDATE CONSTRAINT c",
      ["slow-after-exclusive-lock"],
    ],
    ["ALTER TABLE orders VALIDATE CONSTRAINT c", []],
    // Keys.
    ["ALTER TABLE archive ADD PRIMARY KEY USING INDEX archive_id", ["adding-not-nullable-field"]],
    ["ALTER TABLE archive ADD UNIQUE USING INDEX archive_id", []],
    ["ALTER TABLE orders DROP CONSTRAINT orders_pkey", ["dropping-unique-constraint"]],
    ["ALTER TABLE orders DROP CONSTRAINT orders_pkey, ADD CONSTRAINT k UNIQUE USING INDEX i", []],
    // Partitions.
    ["CREATE INDEX ON ONLY events (id)", []],
    ["CREATE INDEX ON ONLY orders (total)", ["require-concurrent-index-creation"]],
    ["CREATE INDEX ON events (id)", ["require-concurrent-index-creation"]],
    ["ALTER INDEX events_day ATTACH PARTITION archive_day", []],
    [
      "CREATE TABLE p PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')",
      ["partition-beside-default"],
    ],
    [
      "CREATE TABLE p (id bigint, day date); ALTER TABLE events ATTACH PARTITION p FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')",
      ["partition-beside-default"],
    ],
    // Views, functions, types.
    ["CREATE INDEX ON sums (sum)", []],
    ["REFRESH MATERIALIZED VIEW sums", ["require-concurrent-refresh"]],
    ["REFRESH MATERIALIZED VIEW CONCURRENTLY sums", []],
    ["REFRESH MATERIALIZED VIEW sums WITH NO DATA", ["require-concurrent-refresh"]],
    [
      "DROP MATERIALIZED VIEW sums; CREATE MATERIALIZED VIEW sums AS SELECT 1",
      ["dropping-object-in-use", "slow-after-exclusive-lock"],
    ],
    [
      "DROP FUNCTION twice(int); CREATE FUNCTION twice(n int, m int DEFAULT 1) RETURNS int LANGUAGE sql AS 'SELECT 1'",
      [],
    ],
    [
      "DROP FUNCTION twice(int); CREATE FUNCTION twice(n text) RETURNS int LANGUAGE sql AS 'SELECT 1'",
      ["dropping-object-in-use"],
    ],
    ["DROP ROUTINE twice(int)", ["dropping-object-in-use"]],
    ["ALTER TYPE mood RENAME TO feeling", ["renaming-object"]],
    ["ALTER FUNCTION twice(int) RENAME TO double", ["renaming-object"]],
    ["ALTER FUNCTION twice(int) SET SCHEMA shop", ["renaming-object"]],
    ["ALTER SEQUENCE numbers RENAME TO digits", ["renaming-object"]],
    ["CREATE TYPE t AS RANGE (subtype = int4); DROP TYPE t", []],
    [
      "CREATE TYPE t AS ENUM ('a'); ALTER TYPE t RENAME TO u; ALTER TYPE u RENAME TO v; DROP TYPE v",
      [],
    ],
    [
      "CREATE VIEW v AS SELECT 1 AS a; ALTER VIEW v RENAME COLUMN a TO b; ALTER VIEW v RENAME TO w; DROP VIEW w",
      [],
    ],
    ["SELECT * INTO copies FROM archive; CREATE INDEX ON copies (id); DROP TABLE copies", []],
    ["CREATE TABLE pg_temp.t (id int, c char(3)); UPDATE pg_temp.t SET id = 3", []],
    ["CREATE TEMP TABLE t (c char(3))", []],
    // Domains.
    [
      "ALTER DOMAIN positive ADD CONSTRAINT c CHECK (value < 9)",
      ["ban-alter-domain-with-add-constraint"],
    ],
    ["ALTER DOMAIN positive ADD CONSTRAINT c CHECK (value < 9) NOT VALID", []],
    ["ALTER DOMAIN positive SET NOT NULL", ["ban-alter-domain-with-add-constraint"]],
    ["ALTER DOMAIN positive DROP CONSTRAINT positive_check", []],
    ["CREATE DOMAIN d AS int; ALTER DOMAIN d SET NOT NULL", []],
    // Enums.
    [
      "ALTER TYPE mood ADD VALUE 'x'; CREATE FUNCTION f() RETURNS mood LANGUAGE sql AS $$ SELECT 'x'::mood $$",
      ["enum-value-used-too-early"],
    ],
    [
      "ALTER TYPE mood ADD VALUE 'x'; CREATE FUNCTION f() RETURNS mood LANGUAGE plpgsql AS $$ BEGIN RETURN 'x'::mood; END $$",
      [],
    ],
    // Rows.
    [
      "WITH gone AS (DELETE FROM orders RETURNING id) INSERT INTO archive SELECT id FROM gone",
      ["unbounded-change"],
    ],
    [
      "WITH few AS (SELECT id FROM orders LIMIT 10) UPDATE orders o SET status = 'x' FROM few WHERE o.id = few.id",
      [],
    ],
    [
      "UPDATE orders o SET status = v.s FROM (VALUES (1, 'a'), (2, 'b')) AS v (id, s) WHERE o.id = v.id",
      [],
    ],
    [
      "UPDATE orders o SET status = c.note FROM customers c WHERE c.id = o.customer_id",
      ["unbounded-change"],
    ],
    ["DELETE FROM orders WHERE id = ANY (ARRAY[1, 2])", []],
    ["ALTER TABLE orders ADD COLUMN a int; UPDATE orders SET a = 1 WHERE id = 3", []],
    // DO blocks: what they make is new as well.
    ["DO $$ BEGIN CREATE TABLE t (id int); UPDATE t SET id = 1; DROP TABLE t; END $$", []],
    [
      "DO $$ BEGIN ALTER TYPE mood ADD VALUE 'x'; PERFORM 'x'::mood; END $$",
      ["enum-value-used-too-early"],
    ],
    // Rights.
    ["ALTER FUNCTION twice(int) SECURITY DEFINER", ["security-definer-search-path"]],
    [
      "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'; ALTER FUNCTION f() SET search_path = ''",
      [],
    ],
    [
      "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER BEGIN ATOMIC SELECT 1; END",
      [],
    ],
    ["REVOKE CREATE ON SCHEMA public FROM PUBLIC", []],
    ["REVOKE ALL ON SCHEMA public FROM PUBLIC", ["revoking-privileges"]],
    ["REVOKE TRUNCATE ON orders FROM somebody", []],
    ["REVOKE SELECT ON ALL TABLES IN SCHEMA public FROM somebody", ["revoking-privileges"]],
    ["REVOKE readers FROM somebody", ["revoking-privileges"]],
    ["REVOKE EXECUTE ON FUNCTION twice(int) FROM PUBLIC", ["revoking-privileges"]],
    ["ALTER TABLE orders ALTER id DROP NOT NULL", ["ban-drop-not-null"]],
    ["ALTER INDEX orders_customer_idx SET TABLESPACE fast", ["rewriting-table"]],
    ["ALTER TABLE ALL IN TABLESPACE slow SET TABLESPACE fast", ["rewriting-table"]],
  ])("judge %s", async (sql, rules) => {
    expect(await after(MORE, sql)).toEqual(rules);
  });

  it.each([
    ["CREATE INDEX ON customers (lower(note))", ["changing-type-of-indexed-column"]],
    ["CREATE INDEX ON customers (id) WHERE note IS NOT NULL", ["changing-type-of-indexed-column"]],
    ["CREATE INDEX ON customers (note)", []],
    ["ALTER TABLE customers ADD CHECK (note <> 'x') NOT VALID", []],
    ["ALTER TABLE customers ADD CHECK (note <> 'x')", ["changing-type-of-checked-column"]],
    ["CREATE INDEX i ON customers (lower(note)); DROP INDEX i", []],
  ])("know that an older release said %s when a type changes", async (history, rules) => {
    expect(await after(`${history};`, "ALTER TABLE customers ALTER note TYPE varchar")).toEqual(
      rules,
    );
  });

  it.each([
    ["CHECK (day IS NOT NULL AND day >= '2026-01-01' AND day < '2026-02-01')", []],
    ["CHECK (day >= '2026-01-01' AND day < '2026-02-01')", ["attaching-partition-without-check"]],
    ["CHECK (day IS NOT NULL AND id > 0)", ["attaching-partition-without-check"]],
    [
      "CHECK (day IS NOT NULL AND day >= '2026-01-01' AND day < '2026-02-01') NOT VALID",
      ["attaching-partition-without-check"],
    ],
  ])("know that an older release said %s when a partition is attached", async (check, rules) => {
    const attach =
      "ALTER TABLE events ATTACH PARTITION archive FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')";
    expect(await after(`ALTER TABLE archive ADD ${check};`, attach)).toEqual(rules);
  });

  it.each([
    ["ALTER TABLE orders ALTER status SET NOT NULL", []],
    // PostgreSQL drops it first, and then reads all rows.
    [
      "ALTER TABLE orders ALTER status SET NOT NULL, DROP CONSTRAINT c",
      ["adding-not-nullable-field"],
    ],
    [
      "ALTER TABLE orders RENAME CONSTRAINT c TO d; ALTER TABLE orders ALTER status SET NOT NULL",
      [],
    ],
  ])("know a valid CHECK when a column becomes NOT NULL: %s", async (sql, rules) => {
    expect(
      await after("ALTER TABLE orders ADD CONSTRAINT c CHECK (NOT (status IS NULL));", sql),
    ).toEqual(rules);
  });

  it.each([
    [
      ["DROP INDEX CONCURRENTLY IF EXISTS i; CREATE INDEX CONCURRENTLY i ON orders (total)"],
      ["ban-concurrent-index-in-transaction", "ban-concurrent-index-in-transaction"],
    ],
    [
      ["ALTER TYPE mood ADD VALUE 'x'; INSERT INTO archive SELECT 1 WHERE 'x'::mood IS NULL"],
      ["enum-value-used-too-early"],
    ],
    [["ALTER TYPE mood ADD VALUE IF NOT EXISTS 'x'", "SELECT 'x'::mood"], []],
    [
      ["DO $$ BEGIN CREATE INDEX CONCURRENTLY i ON orders (total); END $$"],
      ["ban-concurrent-index-in-transaction"],
    ],
    [["CREATE INDEX CONCURRENTLY i ON events (day)"], ["concurrent-index-on-partitioned-table"]],
    [["INSERT INTO archive VALUES (1)", "ANALYZE archive"], ["prefer-robust-stmts"]],
    [["INSERT INTO archive VALUES (1) ON CONFLICT DO NOTHING", "ANALYZE archive"], []],
    [
      [
        "ALTER TABLE orders DROP CONSTRAINT IF EXISTS c",
        "ALTER TABLE orders ADD CONSTRAINT c CHECK (id > 0) NOT VALID",
        "ALTER TABLE orders VALIDATE CONSTRAINT c",
      ],
      [],
    ],
    [
      ["DROP TYPE IF EXISTS t", "CREATE TYPE t AS ENUM ('a')", "ANALYZE archive"],
      ["dropping-object-in-use"],
    ],
    [["VACUUM FULL"], ["prefer-repack"]],
    [["VACUUM (FULL false) orders"], []],
    [["REINDEX SCHEMA public"], ["require-concurrent-reindex"]],
  ])("judge what runs outside a transaction: %j", async (steps, rules) => {
    expect(await rulesOf(script(...steps), "2_b.js")).toEqual(rules);
  });

  it("find VACUUM in a script's transaction, and not ANALYZE, which the parser calls the same", async () => {
    const text = "exports.up = (pgm) => { pgm.sql('VACUUM orders'); };";
    expect(await rulesOf(text, "2_b.js")).toEqual(["ban-concurrent-index-in-transaction"]);
    expect(await rulesOf(text.replace("VACUUM", "ANALYZE"), "2_b.js")).toEqual([]);
  });

  it("know a policy that a later file of the release makes", async () => {
    const files = {
      "1_a.sql": HISTORY,
      "2_b.sql": "ALTER TABLE orders ENABLE ROW LEVEL SECURITY",
      "3_c.sql": "CREATE POLICY p ON orders USING (true)",
    };
    expect(serious(await lintFiles(files, ["2_b", "3_c"]))).toEqual([]);
    expect(serious(await lintFiles(files, ["2_b"]))).toEqual(["row-security-without-policy"]);
  });

  it("follow names: a new column's name is the one that keys, indexes and checks have", async () => {
    const history = `ALTER TABLE orders RENAME customer_id TO buyer; ALTER TABLE orders RENAME TO sales;
      ALTER TABLE sales DROP CONSTRAINT orders_customer;`;
    const sql =
      "ALTER TABLE sales ADD CONSTRAINT k FOREIGN KEY (buyer) REFERENCES customers NOT VALID";
    expect(await after(history, sql)).toEqual([]);
    expect(await after(`${history} DROP INDEX orders_customer_idx;`, sql)).toEqual([
      "foreign-key-without-index",
    ]);
  });

  it("say that a DO block which builds its statements is not looked at", async () => {
    const sql = "SELECT 1;\nDO $$ BEGIN EXECUTE 'DROP TABLE ' || 'a'; END $$";
    const [finding] = await lintFiles({ "1_a.sql": sql });
    expect(finding).toMatchObject({ rule: "not-rendered", level: "note", line: 2 });
  });
});

describe("every rule", () => {
  it.each(RULES.map((rule) => [rule.id, rule] as const))("%s has its texts", (id, rule) => {
    expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(RULES.filter((other) => other.id === id)).toHaveLength(1);
    for (const text of [rule.title, rule.why, rule.instead]) expect(text).toMatch(/\S{2}/);
    expect(new URL(rule.url).protocol).toBe("https:");
  });

  it.each([...STATEMENT_RULES, UNINDEXED_KEY, ...SQUAWK_RULES].map(({ id }) => id))(
    "%s finds its example",
    async (id) => {
      const [sql = "", isScript] = EXAMPLES[id] ?? [];
      const file = isScript === true ? "2_b.js" : "2_b.sql";
      const text = isScript === true ? script(...sql.split(";;")) : sql;
      const files = { "1_a.sql": HISTORY + MORE, [file]: text };
      const found = (await lintFiles(files, ["2_b"])).map(({ rule }) => rule);
      expect(found).toContain(id);
    },
  );
});

const EXAMPLES: Readonly<Record<string, [sql: string, isScript?: boolean]>> = {
  "require-concurrent-index-creation": ["CREATE INDEX ON orders (total)"],
  "require-concurrent-index-deletion": ["DROP INDEX orders_customer_idx"],
  "ban-concurrent-index-in-transaction": ["VACUUM orders; SELECT 1", true],
  "concurrent-index-on-partitioned-table": ["CREATE INDEX CONCURRENTLY i ON events (id)", true],
  "concurrent-index-if-not-exists": [
    "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON orders (id)",
    true,
  ],
  "unique-index-on-rows": ["CREATE UNIQUE INDEX CONCURRENTLY i ON orders (status)", true],
  "wide-index": ["CREATE TABLE t (a int, b int, c int, d int); CREATE INDEX ON t (a, b, c, d)"],
  "adding-field-with-default": ["ALTER TABLE orders ADD COLUMN a float DEFAULT random()"],
  "adding-constrained-domain-field": ["ALTER TABLE orders ADD COLUMN a positive"],
  "adding-generated-field": ["ALTER TABLE orders ADD COLUMN a int GENERATED ALWAYS AS (1) STORED"],
  "adding-serial-field": ["ALTER TABLE orders ADD COLUMN a serial"],
  "adding-required-field": ["ALTER TABLE orders ADD COLUMN a int NOT NULL"],
  "adding-not-nullable-field": ["ALTER TABLE orders ALTER status SET NOT NULL"],
  "changing-column-type": ["ALTER TABLE orders ALTER status TYPE int USING status::int"],
  "changing-type-of-checked-column": ["ALTER TABLE customers ALTER email TYPE text"],
  "changing-type-of-indexed-column": [
    "CREATE INDEX ON customers (lower(note)); ALTER TABLE customers ALTER note TYPE varchar",
  ],
  "ban-drop-column": ["ALTER TABLE orders DROP COLUMN status"],
  "renaming-column": ["ALTER TABLE orders RENAME COLUMN status TO state"],
  "ban-drop-not-null": ["ALTER TABLE customers ALTER email DROP NOT NULL"],
  "dropping-default": ["ALTER TABLE customers ALTER email DROP DEFAULT"],
  "constraint-missing-not-valid": ["ALTER TABLE orders ADD CHECK (total > 0)"],
  "adding-foreign-key-constraint": ["ALTER TABLE archive ADD FOREIGN KEY (id) REFERENCES orders"],
  "validate-in-same-transaction": [
    "ALTER TABLE orders ADD CONSTRAINT c CHECK (id > 0) NOT VALID; ALTER TABLE orders VALIDATE CONSTRAINT c",
  ],
  "disallowed-unique-constraint": ["ALTER TABLE orders ADD UNIQUE (status)"],
  "dropping-foreign-key": ["ALTER TABLE orders DROP CONSTRAINT orders_customer"],
  "dropping-unique-constraint": ["ALTER TABLE orders DROP CONSTRAINT orders_pkey"],
  "new-constraint-on-old-code": ["ALTER TABLE orders ADD CONSTRAINT c CHECK (total > 0) NOT VALID"],
  "attaching-partition-without-check": [
    "ALTER TABLE events ATTACH PARTITION archive FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')",
  ],
  "partition-beside-default": ["CREATE TABLE p PARTITION OF events FOR VALUES IN (1)"],
  "ban-drop-table": ["DROP TABLE orders"],
  "recreating-table": ["DROP TABLE archive; CREATE TABLE archive (id int)"],
  "ban-drop-database": ["DROP SCHEMA shop CASCADE"],
  "dropping-object-in-use": ["DROP VIEW recent"],
  "renaming-object": ["ALTER TYPE mood RENAME TO feeling"],
  "require-concurrent-refresh": ["REFRESH MATERIALIZED VIEW sums"],
  "ban-alter-domain-with-add-constraint": ["ALTER DOMAIN positive SET NOT NULL"],
  "renaming-table": ["ALTER TABLE orders RENAME TO sales"],
  "truncating-table": ["TRUNCATE orders"],
  "prefer-repack": ["CLUSTER orders USING orders_customer_idx"],
  "rewriting-table": ["ALTER TABLE orders SET UNLOGGED"],
  "several-alter-table": ["ALTER TABLE orders ADD a int; ALTER TABLE orders ADD b int"],
  "renaming-enum-value": ["ALTER TYPE mood RENAME VALUE 'good' TO 'fine'"],
  "enum-type": ["CREATE TYPE colour AS ENUM ('red')"],
  "prefer-jsonb": ["ALTER TABLE orders ADD a json"],
  "several-tables-locked": ["ALTER TABLE orders ADD a int; ALTER TABLE customers ADD a int"],
  "slow-after-exclusive-lock": ["ALTER TABLE orders ADD a int; UPDATE orders SET a = 1"],
  "enum-value-used-too-early": ["ALTER TYPE mood ADD VALUE 'x'; SELECT 'x'::mood"],
  "prefer-robust-stmts": ["ALTER TABLE orders ADD a int;;ANALYZE orders", true],
  "unbounded-change": ["DELETE FROM orders"],
  "security-definer-search-path": [
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
  ],
  "row-security-without-policy": ["ALTER TABLE orders ENABLE ROW LEVEL SECURITY"],
  "revoking-privileges": ["REVOKE SELECT ON orders FROM somebody"],
  "foreign-key-without-index": [
    "ALTER TABLE archive ADD FOREIGN KEY (id, day) REFERENCES events NOT VALID",
  ],
  "require-concurrent-reindex": ["REINDEX TABLE orders"],
  "require-concurrent-partition-detach": ["ALTER TABLE events DETACH PARTITION archive"],
  "ban-truncate-cascade": ["TRUNCATE customers CASCADE"],
  "ban-create-domain-with-constraint": ["CREATE DOMAIN d AS int CHECK (value > 0)"],
  "ban-duplicate-column-assignments": ["UPDATE orders SET id = 1, id = 2 WHERE id = 3"],
  "identifier-too-long": [`CREATE TABLE ${"n".repeat(64)} (id bigint)`],
  "ban-char-field": ["CREATE TABLE t (a char(3))"],
  "prefer-text-field": ["CREATE TABLE t (a varchar(3))"],
  "prefer-timestamp-tz": ["CREATE TABLE t (a timestamp)"],
  "prefer-bigint-over-int": ["CREATE TABLE t (a int)"],
  "prefer-bigint-over-smallint": ["CREATE TABLE t (a smallint)"],
  "prefer-identity": ["CREATE TABLE t (a bigserial)"],
  "require-enum-value-ordering": ["ALTER TYPE mood ADD VALUE 'x'"],
};
