import { type Snippet, type Trial, js, sql, ts } from "../snippet";

/** The service changes a customer and then an order. */
const CUSTOMER_FIRST: Trial = {
  kind: "transaction",
  sql: [
    "UPDATE customers SET phone = '1' WHERE id = 5",
    "UPDATE orders SET note = '1' WHERE id = 5",
  ],
  gives: "it ends",
};

export const TRANSACTIONS: readonly Snippet[] = [
  {
    id: "several-tables",
    does: "two tables altered in one transaction",
    file: sql(`
ALTER TABLE orders ADD COLUMN weight numeric;
ALTER TABLE customers ADD COLUMN birthday date;`),
    finds: ["several-tables-locked"],
    instead: "one-table",
    proof: {
      locks: { orders: "ACCESS EXCLUSIVE", customers: "ACCESS EXCLUSIVE" },
      trial: { ...CUSTOMER_FIRST, gives: "deadlock" },
    },
  },
  {
    id: "several-tables-script",
    does: "addColumns in a loop over tables",
    file: ts(`
for (const table of ["orders", "customers"]) {
  pgm.addColumns(table, { changed_at: { type: "timestamptz" } });
}`),
    finds: ["several-tables-locked"],
    instead: "one-table",
    proof: {
      locks: { orders: "ACCESS EXCLUSIVE", customers: "ACCESS EXCLUSIVE" },
      trial: { ...CUSTOMER_FIRST, gives: "deadlock" },
    },
  },
  {
    id: "one-table",
    does: "one of the two tables altered",
    file: sql("ALTER TABLE orders ADD COLUMN weight numeric;"),
    finds: [],
    proof: {
      locks: { orders: "ACCESS EXCLUSIVE" },
      trial: { ...CUSTOMER_FIRST, gives: "it ends" },
    },
  },
  {
    id: "several-tables-apart",
    does: "two tables altered, each committed by itself, and safe to run again",
    file: ts(`
pgm.noTransaction();
for (const table of ["orders", "customers"]) {
  pgm.addColumns(table, { changed_at: { type: "timestamptz" } }, { ifNotExists: true });
}`),
    finds: [],
    proof: { locks: { orders: "ACCESS EXCLUSIVE", customers: "ACCESS EXCLUSIVE" } },
  },
  {
    id: "slow-after-lock",
    does: "reads a table while it keeps another locked",
    file: sql(`
ALTER TABLE orders ADD COLUMN weight numeric;
CREATE TABLE old_orders AS SELECT * FROM archive;`),
    finds: ["slow-after-exclusive-lock"],
    instead: "slow-before-lock",
    proof: {
      locks: { orders: "ACCESS EXCLUSIVE" },
      reads: ["archive"],
      holdsUp: { orders: "readers and writers" },
    },
  },
  {
    id: "slow-after-lock-script",
    does: "copies rows in a script after it has altered the table",
    file: ts(`
pgm.createTable("numbers", { id: "bigint", number: "bigint" });
pgm.dropConstraint("customers", "customers_code_check");
pgm.sql("INSERT INTO numbers SELECT id, number FROM orders");`),
    finds: ["slow-after-exclusive-lock"],
    instead: "slow-before-lock",
    proof: {
      locks: { customers: "ACCESS EXCLUSIVE" },
      reads: ["orders"],
      holdsUp: { customers: "readers and writers" },
    },
  },
  {
    id: "slow-before-lock",
    does: "reads a table, and then alters another",
    file: sql(`
CREATE TABLE old_orders AS SELECT * FROM archive;
ALTER TABLE orders ADD COLUMN weight numeric;`),
    finds: [],
    proof: { locks: { orders: "ACCESS EXCLUSIVE" }, reads: ["archive"] },
  },
  {
    id: "quick-after-lock",
    does: "adds a column and fills it in one row, named by its primary key",
    file: sql(`
ALTER TABLE orders ADD COLUMN weight numeric;
UPDATE orders SET weight = 3 WHERE id = 7;`),
    finds: [],
    proof: { locks: { orders: "ACCESS EXCLUSIVE" } },
  },
  {
    id: "not-repeatable",
    does: "two steps outside a transaction, the first of which works only once",
    file: js(`
pgm.noTransaction();
pgm.addColumns("orders", { weight: "numeric" });
pgm.sql("DROP INDEX CONCURRENTLY IF EXISTS orders_weight_idx");
pgm.sql("CREATE INDEX CONCURRENTLY orders_weight_idx ON orders (weight)");`),
    finds: ["prefer-robust-stmts"],
    instead: "repeatable",
    proof: { locks: { orders: "ACCESS EXCLUSIVE" }, reads: ["orders"], again: "42701" },
  },
  {
    id: "repeatable",
    does: "two steps outside a transaction that work again",
    file: js(`
pgm.noTransaction();
pgm.addColumns("orders", { weight: "numeric" }, { ifNotExists: true });
pgm.sql("DROP INDEX CONCURRENTLY IF EXISTS orders_weight_idx");
pgm.sql("CREATE INDEX CONCURRENTLY orders_weight_idx ON orders (weight)");`),
    finds: [],
    proof: { locks: { orders: "ACCESS EXCLUSIVE" }, reads: ["orders"] },
  },
  {
    id: "begin-and-commit",
    does: "BEGIN and COMMIT of its own",
    file: sql(`
BEGIN;
ALTER TABLE orders ADD COLUMN weight numeric;
COMMIT;`),
    finds: ["transaction-control"],
    instead: "column-add",
    proof: { locks: { orders: "ACCESS EXCLUSIVE" }, endsTransaction: true },
  },
  {
    id: "syntax-error",
    does: "a statement that is none",
    file: sql("ALTER TABEL orders ADD COLUMN weight numeric;"),
    finds: ["sql-syntax"],
    instead: "column-add",
    proof: { fails: "42601" },
  },
  {
    id: "syntax-error-script",
    does: "alterDomain with a check, which node-pg-migrate 9 writes in a way that PostgreSQL does not read",
    file: ts(`pgm.alterDomain("cents", { check: "value >= 0" });`),
    finds: ["sql-syntax"],
    instead: "domain-add-check-not-valid",
    proof: { fails: "42601" },
  },
  {
    id: "asks-the-database",
    does: "a script that asks the database what to do",
    file: {
      extension: ".js",
      text: `exports.up = async (pgm) => {
  const found = await pgm.db.select("SELECT 1 FROM orders WHERE total < 0 LIMIT 1");
  if (found.length === 0) pgm.sql("ALTER TABLE orders ADD COLUMN weight numeric");
};
`,
    },
    finds: [],
    advises: ["not-rendered"],
    instead: "column-add",
    proof: { because: "nobody knows what it sends before it runs" },
  },
];
