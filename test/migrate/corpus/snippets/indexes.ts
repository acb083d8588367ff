import { type Snippet, js, sql, ts } from "../snippet";

export const INDEXES: readonly Snippet[] = [
  {
    id: "index-create",
    does: "CREATE INDEX",
    file: sql("CREATE INDEX orders_total_idx ON orders (total);"),
    finds: ["require-concurrent-index-creation"],
    instead: "index-create-concurrently",
    proof: { locks: { orders: "SHARE" }, reads: ["orders"], holdsUp: { orders: "writers" } },
  },
  {
    id: "index-create-script",
    does: "createIndex",
    file: ts(`pgm.createIndex("orders", "total");`),
    finds: ["require-concurrent-index-creation"],
    instead: "index-create-concurrently",
    proof: { locks: { orders: "SHARE" }, reads: ["orders"], holdsUp: { orders: "writers" } },
  },
  {
    id: "index-create-concurrently",
    does: "createIndex, concurrently, outside a transaction",
    file: ts(`
pgm.noTransaction();
pgm.createIndex("orders", "total", { concurrently: true });`),
    finds: [],
    proof: {
      locks: { orders: "SHARE UPDATE EXCLUSIVE" },
      reads: ["orders"],
      trial: { kind: "cancel", gives: "42P07" },
    },
  },
  {
    id: "index-create-if-not-exists",
    does: "CREATE INDEX IF NOT EXISTS",
    file: sql("CREATE INDEX IF NOT EXISTS orders_total_idx ON orders (total);"),
    finds: ["require-concurrent-index-creation"],
    instead: "index-create-concurrently",
    proof: { locks: { orders: "SHARE" }, reads: ["orders"], holdsUp: { orders: "writers" } },
  },
  {
    id: "index-create-partitioned",
    does: "CREATE INDEX on a partitioned table",
    file: sql("CREATE INDEX events_day_idx ON events (day);"),
    finds: ["require-concurrent-index-creation"],
    instead: "index-create-partition-concurrently",
    proof: {
      unnamed: ["events_2025_12", "events_2026_01"],
      locks: { events_2025_12: "SHARE", events_2026_01: "SHARE", events: "SHARE" },
      reads: ["events_2026_01"],
      holdsUp: { events_2025_12: "writers", events_2026_01: "writers", events: "writers" },
    },
  },
  {
    id: "index-create-partition-concurrently",
    does: "createIndex on one partition, concurrently",
    file: ts(`
pgm.noTransaction();
pgm.createIndex("events_2026_01", "day", { concurrently: true });`),
    finds: [],
    proof: { locks: { events_2026_01: "SHARE UPDATE EXCLUSIVE" }, reads: ["events_2026_01"] },
  },
  {
    id: "index-create-only-parent",
    does: "CREATE INDEX ON ONLY a partitioned table, to which those of its partitions are attached later",
    file: sql("CREATE INDEX events_day_idx ON ONLY events (day);"),
    finds: [],
    proof: { locks: { events: "SHARE" } },
  },
  {
    id: "index-concurrently-partitioned",
    does: "createIndex on a partitioned table, concurrently",
    file: ts(`
pgm.noTransaction();
pgm.createIndex("events", "day", { concurrently: true });`),
    finds: ["concurrent-index-on-partitioned-table"],
    instead: "index-create-only-parent",
    proof: { locks: { events: "SHARE UPDATE EXCLUSIVE" }, fails: "0A000" },
  },
  {
    id: "index-attach",
    does: "attaches a partition's index to its parent's",
    before: [
      "CREATE INDEX events_day_idx ON ONLY events (day);",
      "CREATE INDEX events_2026_01_day_idx ON events_2026_01 (day);",
    ],
    file: sql("ALTER INDEX events_day_idx ATTACH PARTITION events_2026_01_day_idx;"),
    finds: [],
    proof: {},
  },
  {
    id: "index-create-new-table",
    does: "CREATE INDEX on a table that the file makes",
    file: sql(`
CREATE TABLE parcels (id bigint PRIMARY KEY, weight numeric);
CREATE INDEX parcels_weight_idx ON parcels (weight);`),
    finds: [],
    proof: {},
  },
  {
    id: "index-drop",
    does: "DROP INDEX",
    file: sql("DROP INDEX orders_status_idx;"),
    finds: ["require-concurrent-index-deletion"],
    instead: "index-drop-concurrently",
    proof: { locks: { orders: "ACCESS EXCLUSIVE" } },
  },
  {
    id: "index-drop-script",
    does: "dropIndex",
    file: js(`pgm.dropIndex("orders", "status", { name: "orders_status_idx" });`),
    finds: ["require-concurrent-index-deletion"],
    instead: "index-drop-concurrently",
    proof: { locks: { orders: "ACCESS EXCLUSIVE" } },
  },
  {
    id: "index-drop-concurrently",
    does: "dropIndex, concurrently, outside a transaction",
    file: ts(`
pgm.noTransaction();
pgm.dropIndex("orders", "status", { name: "orders_status_idx", concurrently: true });`),
    finds: [],
    proof: { locks: { orders: "SHARE UPDATE EXCLUSIVE" } },
  },
  {
    id: "index-drop-new-table",
    does: "DROP INDEX of a table that the file makes",
    file: sql(`
CREATE TABLE parcels (id bigint PRIMARY KEY, weight numeric);
CREATE INDEX parcels_weight_idx ON parcels (weight);
DROP INDEX parcels_weight_idx;`),
    finds: [],
    proof: {},
  },
  {
    id: "index-concurrently-in-transaction",
    does: "createIndex, concurrently, without noTransaction",
    file: ts(`pgm.createIndex("orders", "total", { concurrently: true });`),
    finds: ["ban-concurrent-index-in-transaction"],
    instead: "index-create-concurrently",
    proof: { fails: "25001" },
  },
  {
    id: "index-concurrently-in-sql",
    does: "CREATE INDEX CONCURRENTLY in a .sql file",
    file: sql("CREATE INDEX CONCURRENTLY orders_total_idx ON orders (total);"),
    finds: ["needs-own-transaction"],
    instead: "index-create-concurrently",
    proof: { fails: "25001" },
  },
  {
    id: "index-drop-concurrently-in-sql",
    does: "DROP INDEX CONCURRENTLY in a .sql file",
    file: sql("DROP INDEX CONCURRENTLY orders_status_idx;"),
    finds: ["needs-own-transaction"],
    instead: "index-drop-concurrently",
    proof: { fails: "25001" },
  },
  {
    id: "index-concurrently-in-one-query",
    does: "two statements in one query, which PostgreSQL runs as one transaction, outside of another",
    file: js(`
pgm.noTransaction();
pgm.sql(\`
  DROP INDEX CONCURRENTLY IF EXISTS orders_total_idx;
  CREATE INDEX CONCURRENTLY orders_total_idx ON orders (total);
\`);`),
    finds: ["ban-concurrent-index-in-transaction"],
    instead: "index-drop-then-create-concurrently",
    proof: { fails: "25001" },
  },
  {
    id: "index-concurrently-if-not-exists",
    does: "createIndex, concurrently, unless it is there",
    file: ts(`
pgm.noTransaction();
pgm.createIndex("orders", "total", { concurrently: true, ifNotExists: true });`),
    finds: ["concurrent-index-if-not-exists"],
    instead: "index-drop-then-create-concurrently",
    proof: {
      locks: { orders: "SHARE UPDATE EXCLUSIVE" },
      reads: ["orders"],
      trial: { kind: "cancel", gives: "an INVALID index" },
    },
  },
  {
    id: "index-drop-then-create-concurrently",
    does: "drops what a failed build has left, then builds the index, both concurrently",
    file: js(`
pgm.noTransaction();
pgm.sql("DROP INDEX CONCURRENTLY IF EXISTS orders_total_idx");
pgm.sql("CREATE INDEX CONCURRENTLY orders_total_idx ON orders (total)");`),
    finds: [],
    proof: {
      locks: { orders: "SHARE UPDATE EXCLUSIVE" },
      reads: ["orders"],
      trial: { kind: "cancel", gives: "a valid index" },
    },
  },
  {
    id: "index-unique-duplicates",
    does: "a unique index, concurrently, on a column that holds duplicates",
    file: ts(`
pgm.noTransaction();
pgm.createIndex("orders", "number", { unique: true, concurrently: true });`),
    finds: [],
    advises: ["unique-index-on-rows"],
    instead: "index-create-concurrently",
    proof: {
      locks: { orders: "SHARE UPDATE EXCLUSIVE" },
      reads: ["orders"],
      fails: "23505",
    },
  },
  {
    id: "index-wide",
    does: "an index on four columns, concurrently",
    file: ts(`
pgm.noTransaction();
pgm.createIndex("orders", ["customer_id", "status", "total", "placed_at"], { concurrently: true });`),
    finds: [],
    advises: ["wide-index"],
    instead: "index-create-concurrently",
    proof: { locks: { orders: "SHARE UPDATE EXCLUSIVE" }, reads: ["orders"] },
  },
  {
    id: "index-rename",
    does: "ALTER INDEX … RENAME",
    file: sql("ALTER INDEX orders_status_idx RENAME TO orders_by_status;"),
    finds: [],
    proof: {},
  },
  {
    id: "reindex-index",
    does: "REINDEX INDEX",
    file: sql("REINDEX INDEX orders_status_idx;"),
    finds: ["require-concurrent-reindex"],
    instead: "reindex-concurrently",
    proof: { locks: { orders: "SHARE" }, reads: ["orders"], holdsUp: { orders: "writers" } },
  },
  {
    id: "reindex-table",
    does: "REINDEX TABLE",
    file: js(`pgm.sql("REINDEX TABLE orders");`),
    finds: ["require-concurrent-reindex"],
    instead: "reindex-concurrently",
    proof: { locks: { orders: "SHARE" }, reads: ["orders"], holdsUp: { orders: "writers" } },
  },
  {
    id: "reindex-concurrently",
    does: "REINDEX INDEX CONCURRENTLY, outside a transaction",
    file: js(`
pgm.noTransaction();
pgm.sql("REINDEX INDEX CONCURRENTLY orders_status_idx");`),
    finds: [],
    proof: { locks: { orders: "SHARE UPDATE EXCLUSIVE" }, reads: ["orders"] },
  },
];
