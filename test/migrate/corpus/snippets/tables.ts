import { type Snippet, js, sql, ts } from "../snippet";

export const TABLES: readonly Snippet[] = [
  {
    id: "table-create",
    does: "CREATE TABLE",
    file: sql(
      "CREATE TABLE parcels (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, weight numeric);",
    ),
    finds: [],
    proof: {},
  },
  {
    id: "table-create-script",
    does: "createTable, addColumns, createIndex and dropColumns of what the file makes",
    file: ts(`
pgm.createTable("parcels", { id: { type: "bigint", primaryKey: true }, note: { type: "text" } });
pgm.addColumns("parcels", { token: { type: "uuid", default: pgm.func("gen_random_uuid()") } });
pgm.createIndex("parcels", "token", { unique: true });
pgm.dropColumns("parcels", "note");`),
    finds: [],
    proof: {},
  },
  {
    id: "table-create-partition",
    does: "CREATE TABLE … PARTITION OF",
    file: sql(
      "CREATE TABLE events_2026_03 PARTITION OF events FOR VALUES FROM ('2026-03-01') TO ('2026-04-01');",
    ),
    finds: [],
    proof: { locks: { events: "ACCESS EXCLUSIVE" } },
  },
  {
    id: "table-drop",
    does: "DROP TABLE",
    file: sql("DROP TABLE archive;"),
    finds: ["ban-drop-table"],
    instead: "table-drop-own",
    proof: {
      locks: { archive: "ACCESS EXCLUSIVE" },
      breaks: { "archive an order": "42P01", "count the archive": "42P01" },
    },
  },
  {
    id: "table-drop-script",
    does: "dropTable, if it is there",
    file: ts(`pgm.dropTable("archive", { ifExists: true });`),
    finds: ["ban-drop-table"],
    instead: "table-drop-own",
    proof: {
      locks: { archive: "ACCESS EXCLUSIVE" },
      breaks: { "archive an order": "42P01", "count the archive": "42P01" },
    },
  },
  {
    id: "table-drop-own",
    does: "DROP TABLE of one that the file has made",
    file: sql(`
CREATE TABLE parcels (id bigint PRIMARY KEY);
DROP TABLE parcels;`),
    finds: [],
    proof: {},
  },
  {
    id: "table-drop-accepted",
    does: "DROP TABLE of one that nothing uses, accepted with the reason",
    before: ["CREATE TABLE vouchers (id bigint PRIMARY KEY);"],
    file: sql(`
-- cloud-run-migrations: accept ban-drop-table: no revision uses it since 2026-03
DROP TABLE vouchers;`),
    finds: [],
    proof: { locks: { vouchers: "ACCESS EXCLUSIVE" } },
  },
  {
    id: "table-recreate",
    does: "DROP TABLE IF EXISTS and CREATE TABLE",
    file: sql(`
DROP TABLE IF EXISTS archive;
CREATE TABLE archive (id bigint NOT NULL, order_id bigint, reason text);`),
    finds: ["ban-drop-table", "recreating-table"],
    instead: "column-add",
    proof: { locks: { archive: "ACCESS EXCLUSIVE" }, breaks: { "count the archive": '[["0"]]' } },
  },
  {
    id: "schema-drop",
    does: "DROP SCHEMA … CASCADE",
    file: sql("DROP SCHEMA reports CASCADE;"),
    finds: ["ban-drop-database"],
    instead: "schema-create",
    proof: {
      unnamed: ["reports.daily"],
      locks: { "reports.daily": "ACCESS EXCLUSIVE" },
      breaks: { "read the report": "42P01" },
    },
  },
  {
    id: "schema-create",
    does: "CREATE SCHEMA, and a table in it",
    file: sql(`
CREATE SCHEMA billing;
CREATE TABLE billing.invoices (id bigint PRIMARY KEY);`),
    finds: [],
    proof: {},
  },
  {
    id: "view-drop",
    does: "DROP VIEW",
    file: sql("DROP VIEW open_orders;"),
    finds: ["dropping-object-in-use"],
    instead: "view-recreate",
    proof: { locks: { open_orders: "ACCESS EXCLUSIVE" }, breaks: { "list open orders": "42P01" } },
  },
  {
    id: "view-drop-script",
    does: "dropView",
    file: ts(`pgm.dropView("open_orders");`),
    finds: ["dropping-object-in-use"],
    instead: "view-recreate",
    proof: { locks: { open_orders: "ACCESS EXCLUSIVE" }, breaks: { "list open orders": "42P01" } },
  },
  {
    id: "view-recreate",
    does: "DROP VIEW and CREATE VIEW with one more column",
    file: sql(`
DROP VIEW open_orders;
CREATE VIEW open_orders AS SELECT id, customer_id, total FROM orders WHERE status = 'new';`),
    finds: [],
    proof: { locks: { open_orders: "ACCESS EXCLUSIVE" } },
  },
  {
    id: "view-recreate-without-column",
    does: "DROP VIEW and CREATE VIEW with a column less",
    file: sql(`
DROP VIEW open_orders;
CREATE VIEW open_orders AS SELECT id FROM orders WHERE status = 'new';`),
    finds: ["dropping-object-in-use"],
    instead: "view-recreate",
    proof: { locks: { open_orders: "ACCESS EXCLUSIVE" }, breaks: { "list open orders": "42703" } },
  },
  {
    id: "view-replace",
    does: "CREATE OR REPLACE VIEW",
    file: sql(
      "CREATE OR REPLACE VIEW open_orders AS SELECT id, total, note FROM orders WHERE status = 'new';",
    ),
    finds: [],
    proof: { locks: { open_orders: "ACCESS EXCLUSIVE" } },
  },
  {
    id: "view-rename",
    does: "ALTER VIEW … RENAME",
    file: sql("ALTER VIEW open_orders RENAME TO orders_to_send;"),
    finds: ["renaming-table"],
    instead: "view-create",
    proof: { locks: { open_orders: "ACCESS EXCLUSIVE" }, breaks: { "list open orders": "42P01" } },
  },
  {
    id: "view-create",
    does: "CREATE OR REPLACE VIEW of a new one, before slow work",
    file: sql(`
CREATE OR REPLACE VIEW orders_to_send AS SELECT id FROM orders WHERE status = 'paid';
CREATE TABLE old_orders AS SELECT * FROM archive;`),
    finds: [],
    proof: { reads: ["archive"] },
  },
  {
    id: "materialized-view-drop",
    does: "DROP MATERIALIZED VIEW",
    file: sql("DROP MATERIALIZED VIEW order_totals;"),
    finds: ["dropping-object-in-use"],
    instead: "materialized-view-create",
    proof: { locks: { order_totals: "ACCESS EXCLUSIVE" }, breaks: { "read a total": "42P01" } },
  },
  {
    id: "materialized-view-create",
    does: "CREATE MATERIALIZED VIEW and an index on it",
    file: sql(`
CREATE MATERIALIZED VIEW order_counts AS SELECT customer_id, count(*) FROM orders GROUP BY 1;
CREATE INDEX order_counts_idx ON order_counts (customer_id);`),
    finds: [],
    proof: { reads: ["orders"] },
  },
  {
    id: "materialized-view-refresh",
    does: "REFRESH MATERIALIZED VIEW",
    file: sql("REFRESH MATERIALIZED VIEW order_totals;"),
    finds: ["require-concurrent-refresh"],
    instead: "materialized-view-refresh-concurrently",
    proof: {
      locks: { order_totals: "ACCESS EXCLUSIVE" },
      rewrites: ["order_totals"],
      reads: ["order_totals"],
      holdsUp: { order_totals: "readers and writers" },
    },
  },
  {
    id: "materialized-view-refresh-concurrently",
    does: "REFRESH MATERIALIZED VIEW CONCURRENTLY, which runs in a transaction",
    file: ts(`pgm.refreshMaterializedView("order_totals", { concurrently: true });`),
    finds: [],
    proof: { locks: { order_totals: "EXCLUSIVE" }, reads: ["order_totals"] },
  },
  {
    id: "function-drop",
    does: "DROP FUNCTION",
    file: sql("DROP FUNCTION with_tax(numeric);"),
    finds: ["dropping-object-in-use"],
    instead: "function-replace",
    proof: { breaks: { "add tax": "42883" } },
  },
  {
    id: "function-drop-script",
    does: "dropFunction",
    file: ts(`pgm.dropFunction("with_tax", ["numeric"]);`),
    finds: ["dropping-object-in-use"],
    instead: "function-replace",
    proof: { breaks: { "add tax": "42883" } },
  },
  {
    id: "function-replace",
    does: "CREATE OR REPLACE FUNCTION",
    file: sql(
      "CREATE OR REPLACE FUNCTION with_tax(amount numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT amount * 1.2';",
    ),
    finds: [],
    proof: {},
  },
  {
    id: "function-rename",
    does: "ALTER FUNCTION … RENAME",
    file: sql("ALTER FUNCTION with_tax(numeric) RENAME TO gross;"),
    finds: ["renaming-object"],
    instead: "function-create",
    proof: { breaks: { "add tax": "42883" } },
  },
  {
    id: "function-create",
    does: "CREATE FUNCTION of another name that does the same",
    file: sql(
      "CREATE FUNCTION gross(amount numeric) RETURNS numeric LANGUAGE sql AS 'SELECT with_tax(amount)';",
    ),
    finds: [],
    proof: {},
  },
  {
    id: "sequence-drop",
    does: "DROP SEQUENCE",
    file: sql("DROP SEQUENCE invoice_numbers;"),
    finds: ["dropping-object-in-use"],
    instead: "sequence-alter",
    proof: { breaks: { "number an invoice": "42P01" } },
  },
  {
    id: "sequence-rename-script",
    does: "renameSequence",
    file: ts(`pgm.renameSequence("invoice_numbers", "numbers");`),
    finds: ["renaming-object"],
    instead: "sequence-alter",
    proof: { breaks: { "number an invoice": "42P01" } },
  },
  {
    id: "sequence-alter",
    does: "ALTER SEQUENCE … CACHE",
    file: sql("ALTER SEQUENCE invoice_numbers CACHE 20;"),
    finds: [],
    proof: {},
  },
  {
    id: "type-drop",
    does: "DROP TYPE … CASCADE, and the column with it",
    file: sql("DROP TYPE mood CASCADE;"),
    finds: ["dropping-object-in-use"],
    instead: "enum-add-value",
    proof: {
      unnamed: ["customers"],
      locks: { customers: "ACCESS EXCLUSIVE" },
      breaks: { "read a customer": "42703", "add a customer": "42703", "count bad moods": "42703" },
    },
  },
  {
    id: "table-rename",
    does: "RENAME TO",
    file: sql("ALTER TABLE archive RENAME TO old_orders;"),
    finds: ["renaming-table"],
    instead: "table-rename-with-view",
    proof: {
      locks: { archive: "ACCESS EXCLUSIVE" },
      breaks: { "archive an order": "42P01", "count the archive": "42P01" },
    },
  },
  {
    id: "table-rename-script",
    does: "renameTable",
    file: ts(`pgm.renameTable("archive", "old_orders");`),
    finds: ["renaming-table"],
    instead: "table-rename-with-view",
    proof: {
      locks: { archive: "ACCESS EXCLUSIVE" },
      breaks: { "archive an order": "42P01", "count the archive": "42P01" },
    },
  },
  {
    id: "table-rename-with-view",
    does: "RENAME TO and a view under the old name, accepted with the reason",
    file: sql(`
-- cloud-run-migrations: accept renaming-table: the view answers to the old name
ALTER TABLE archive RENAME TO old_orders;
CREATE VIEW archive AS SELECT * FROM old_orders;`),
    finds: [],
    proof: { locks: { archive: "ACCESS EXCLUSIVE" } },
  },
  {
    id: "table-set-schema",
    does: "SET SCHEMA",
    file: sql("ALTER TABLE archive SET SCHEMA reports;"),
    finds: ["renaming-table"],
    instead: "table-rename-with-view",
    proof: {
      locks: { archive: "ACCESS EXCLUSIVE" },
      breaks: { "archive an order": "42P01", "count the archive": "42P01" },
    },
  },
  {
    id: "schema-rename",
    does: "ALTER SCHEMA … RENAME",
    file: sql("ALTER SCHEMA reports RENAME TO statistics;"),
    finds: ["renaming-table"],
    instead: "schema-create",
    proof: { breaks: { "read the report": "42P01" } },
  },
  {
    id: "vacuum-full",
    does: "VACUUM FULL, outside a transaction",
    file: js(`
pgm.noTransaction();
pgm.sql("VACUUM (FULL) archive");`),
    finds: ["prefer-repack"],
    instead: "vacuum",
    proof: {
      locks: { archive: "ACCESS EXCLUSIVE" },
      rewrites: ["archive"],
      reads: ["archive"],
      holdsUp: { archive: "readers and writers" },
    },
  },
  {
    id: "vacuum",
    does: "VACUUM, outside a transaction",
    file: js(`
pgm.noTransaction();
pgm.sql("VACUUM (ANALYZE) archive");`),
    finds: [],
    proof: { locks: { archive: "SHARE UPDATE EXCLUSIVE" } },
  },
  {
    id: "vacuum-in-sql",
    does: "VACUUM in a .sql file",
    file: sql("VACUUM archive;"),
    finds: ["needs-own-transaction"],
    instead: "vacuum",
    proof: { fails: "25001" },
  },
  {
    id: "analyze",
    does: "ANALYZE",
    file: sql("ANALYZE orders;"),
    finds: [],
    proof: { locks: { orders: "SHARE UPDATE EXCLUSIVE" } },
  },
  {
    id: "cluster",
    does: "CLUSTER",
    file: sql("CLUSTER orders USING orders_customer_id_idx;"),
    finds: ["prefer-repack"],
    instead: "cluster-without-index",
    proof: {
      locks: { orders: "ACCESS EXCLUSIVE" },
      rewrites: ["orders"],
      reads: ["orders"],
      holdsUp: { orders: "readers and writers" },
    },
  },
  {
    id: "cluster-without-index",
    does: "SET WITHOUT CLUSTER",
    file: sql("ALTER TABLE orders SET WITHOUT CLUSTER;"),
    finds: [],
    proof: { locks: { orders: "SHARE UPDATE EXCLUSIVE" } },
  },
  {
    id: "table-set-unlogged",
    does: "SET UNLOGGED",
    file: sql("ALTER TABLE archive SET UNLOGGED;"),
    finds: ["rewriting-table"],
    instead: "table-set-fillfactor",
    proof: {
      locks: { archive: "ACCESS EXCLUSIVE" },
      rewrites: ["archive"],
      reads: ["archive"],
      holdsUp: { archive: "readers and writers" },
    },
  },
  {
    id: "table-set-logged",
    does: "alterTable with unlogged: false",
    before: ["ALTER TABLE archive SET UNLOGGED;"],
    file: ts(`pgm.alterTable("archive", { unlogged: false });`),
    finds: ["rewriting-table"],
    instead: "table-set-fillfactor",
    proof: {
      locks: { archive: "ACCESS EXCLUSIVE" },
      rewrites: ["archive"],
      reads: ["archive"],
      holdsUp: { archive: "readers and writers" },
    },
  },
  {
    id: "table-set-fillfactor",
    does: "SET (fillfactor = …)",
    file: sql("ALTER TABLE archive SET (fillfactor = 80);"),
    finds: [],
    proof: { locks: { archive: "SHARE UPDATE EXCLUSIVE" } },
  },
  {
    id: "table-truncate",
    does: "TRUNCATE",
    file: sql("TRUNCATE archive;"),
    finds: ["truncating-table"],
    instead: "delete-batch",
    proof: { locks: { archive: "ACCESS EXCLUSIVE" }, breaks: { "count the archive": '[["0"]]' } },
  },
  {
    id: "table-truncate-cascade",
    does: "TRUNCATE … CASCADE",
    file: ts(`pgm.sql("TRUNCATE customers CASCADE");`),
    finds: ["truncating-table", "ban-truncate-cascade"],
    instead: "delete-batch",
    proof: {
      unnamed: ["orders"],
      locks: { customers: "ACCESS EXCLUSIVE", orders: "ACCESS EXCLUSIVE" },
      breaks: {
        "read a customer": "[]",
        "remove a customer": "[]",
        "count customers": '[["0"]]',
        "read an order": "[]",
        "add an order": "23503",
        "pay an order": "[]",
        "remove an order": "[]",
        "count orders": '[["0"]]',
        "count distinct orders": '[["0"]]',
        "list open orders": "[]",
      },
    },
  },
  {
    id: "trigger-create",
    does: "CREATE TRIGGER",
    file: ts(`
pgm.createTrigger("orders", "orders_touch", {
  when: "BEFORE", operation: "UPDATE", level: "ROW", function: "touch",
});`),
    finds: [],
    proof: { locks: { orders: "SHARE ROW EXCLUSIVE" } },
  },
  {
    id: "comment",
    does: "COMMENT ON",
    file: sql("COMMENT ON TABLE orders IS 'what customers have bought';"),
    finds: [],
    proof: { locks: { orders: "SHARE UPDATE EXCLUSIVE" } },
  },
  {
    id: "several-alter-table",
    does: "one table altered by two statements",
    file: sql(`
ALTER TABLE orders ADD COLUMN weight numeric;
ALTER TABLE orders ADD COLUMN height numeric;`),
    finds: [],
    advises: ["several-alter-table"],
    instead: "one-alter-table",
    proof: { locks: { orders: "ACCESS EXCLUSIVE" } },
  },
  {
    id: "one-alter-table",
    does: "one table altered by one statement",
    file: ts(`pgm.addColumns("orders", { weight: "numeric", height: "numeric" });`),
    finds: [],
    proof: { locks: { orders: "ACCESS EXCLUSIVE" } },
  },
];
