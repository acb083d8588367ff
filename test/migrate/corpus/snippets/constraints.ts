import { type Snippet, js, sql, ts } from "../snippet";

const INDEXED = "CREATE INDEX archive_order_id_idx ON archive (order_id);";
const NOT_VALID =
  "ALTER TABLE archive ADD CONSTRAINT archive_order FOREIGN KEY (order_id) REFERENCES orders NOT VALID;";
const IN_FEBRUARY =
  "CHECK (day IS NOT NULL AND day >= DATE '2026-02-01' AND day < DATE '2026-03-01')";
const ATTACH =
  "ALTER TABLE events ATTACH PARTITION february FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');";

export const CONSTRAINTS: readonly Snippet[] = [
  {
    id: "check-add",
    does: "ADD CONSTRAINT … CHECK",
    file: sql("ALTER TABLE orders ADD CONSTRAINT total_is_no_debt CHECK (total >= 0);"),
    finds: ["constraint-missing-not-valid"],
    instead: "check-add-not-valid",
    proof: {
      locks: { orders: "ACCESS EXCLUSIVE" },
      reads: ["orders"],
      holdsUp: { orders: "readers and writers" },
    },
  },
  {
    id: "check-add-script",
    does: "addConstraint with a check",
    file: ts(`pgm.addConstraint("orders", "total_is_no_debt", { check: "total >= 0" });`),
    finds: ["constraint-missing-not-valid"],
    instead: "check-add-not-valid",
    proof: {
      locks: { orders: "ACCESS EXCLUSIVE" },
      reads: ["orders"],
      holdsUp: { orders: "readers and writers" },
    },
  },
  {
    id: "check-add-with-column",
    does: "ADD COLUMN … CHECK",
    file: sql("ALTER TABLE orders ADD COLUMN weight numeric CHECK (weight > 0);"),
    finds: ["constraint-missing-not-valid"],
    instead: "check-add-not-valid",
    proof: {
      locks: { orders: "ACCESS EXCLUSIVE" },
      reads: ["orders"],
      holdsUp: { orders: "readers and writers" },
    },
  },
  {
    id: "check-add-not-valid",
    does: "ADD CONSTRAINT … CHECK … NOT VALID",
    file: sql("ALTER TABLE orders ADD CONSTRAINT total_is_no_debt CHECK (total >= 0) NOT VALID;"),
    finds: [],
    proof: { locks: { orders: "ACCESS EXCLUSIVE" } },
  },
  {
    id: "check-validate",
    does: "VALIDATE CONSTRAINT of a CHECK of an older release",
    before: ["ALTER TABLE orders ADD CONSTRAINT total_is_no_debt CHECK (total >= 0) NOT VALID;"],
    file: sql("ALTER TABLE orders VALIDATE CONSTRAINT total_is_no_debt;"),
    finds: [],
    proof: { locks: { orders: "SHARE UPDATE EXCLUSIVE" }, reads: ["orders"] },
  },
  {
    id: "check-add-and-validate",
    does: "NOT VALID and VALIDATE in one file",
    file: sql(`
ALTER TABLE orders ADD CONSTRAINT total_is_no_debt CHECK (total >= 0) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT total_is_no_debt;`),
    finds: ["validate-in-same-transaction"],
    instead: "check-add-and-validate-apart",
    proof: {
      locks: { orders: "ACCESS EXCLUSIVE" },
      reads: ["orders"],
      holdsUp: { orders: "readers and writers" },
    },
  },
  {
    id: "check-add-and-validate-script",
    does: "NOT VALID and VALIDATE in one script",
    file: js(`
pgm.sql("ALTER TABLE orders ADD CONSTRAINT total_is_no_debt CHECK (total >= 0) NOT VALID");
pgm.sql("ALTER TABLE orders VALIDATE CONSTRAINT total_is_no_debt");`),
    finds: ["validate-in-same-transaction"],
    instead: "check-add-and-validate-apart",
    proof: {
      locks: { orders: "ACCESS EXCLUSIVE" },
      reads: ["orders"],
      holdsUp: { orders: "readers and writers" },
    },
  },
  {
    id: "check-add-and-validate-apart",
    does: "NOT VALID and VALIDATE, each committed by itself, and safe to run again",
    file: js(`
pgm.noTransaction();
pgm.sql("ALTER TABLE orders DROP CONSTRAINT IF EXISTS total_is_no_debt, ADD CONSTRAINT total_is_no_debt CHECK (total >= 0) NOT VALID");
pgm.sql("ALTER TABLE orders VALIDATE CONSTRAINT total_is_no_debt");`),
    finds: [],
    proof: { locks: { orders: "ACCESS EXCLUSIVE" }, reads: ["orders"] },
  },
  {
    id: "check-add-and-validate-in-one-query",
    does: "NOT VALID and VALIDATE in one query outside a transaction, which is one all the same",
    file: js(`
pgm.noTransaction();
pgm.sql(\`
  ALTER TABLE orders DROP CONSTRAINT IF EXISTS total_is_no_debt, ADD CONSTRAINT total_is_no_debt CHECK (total >= 0) NOT VALID;
  ALTER TABLE orders VALIDATE CONSTRAINT total_is_no_debt;
\`);`),
    finds: ["validate-in-same-transaction"],
    instead: "check-add-and-validate-apart",
    proof: {
      locks: { orders: "ACCESS EXCLUSIVE" },
      reads: ["orders"],
      holdsUp: { orders: "readers and writers" },
    },
  },
  {
    id: "check-add-not-valid-narrower",
    does: "ADD CONSTRAINT … NOT VALID that the serving revision does not keep to",
    file: sql(
      "ALTER TABLE orders ADD CONSTRAINT number_is_set CHECK (number IS NOT NULL) NOT VALID;",
    ),
    finds: [],
    advises: ["new-constraint-on-old-code"],
    instead: "check-add-not-valid",
    proof: {
      locks: { orders: "ACCESS EXCLUSIVE" },
      breaks: { "add an order": "23514", "add an order without a customer": "23514" },
    },
  },
  {
    id: "check-drop",
    does: "DROP CONSTRAINT of a CHECK",
    file: sql("ALTER TABLE customers DROP CONSTRAINT customers_code_check;"),
    finds: [],
    proof: { locks: { customers: "ACCESS EXCLUSIVE" } },
  },
  {
    id: "foreign-key-add",
    does: "ADD FOREIGN KEY",
    before: [INDEXED],
    file: sql("ALTER TABLE archive ADD FOREIGN KEY (order_id) REFERENCES orders;"),
    finds: ["adding-foreign-key-constraint"],
    instead: "foreign-key-add-not-valid",
    proof: {
      locks: { archive: "SHARE ROW EXCLUSIVE", orders: "SHARE ROW EXCLUSIVE" },
      reads: ["archive", "orders"],
      holdsUp: { archive: "writers", orders: "writers" },
    },
  },
  {
    id: "foreign-key-add-script",
    does: "addConstraint with foreignKeys",
    before: [INDEXED],
    file: ts(`
pgm.addConstraint("archive", "archive_order", {
  foreignKeys: { columns: "order_id", references: "orders (id)" },
});`),
    finds: ["adding-foreign-key-constraint"],
    instead: "foreign-key-add-not-valid",
    proof: {
      locks: { orders: "SHARE ROW EXCLUSIVE", archive: "SHARE ROW EXCLUSIVE" },
      reads: ["archive", "orders"],
      holdsUp: { orders: "writers", archive: "writers" },
    },
  },
  {
    id: "foreign-key-add-not-valid",
    does: "ADD FOREIGN KEY … NOT VALID",
    before: [INDEXED],
    file: sql(NOT_VALID),
    finds: [],
    proof: { locks: { orders: "SHARE ROW EXCLUSIVE", archive: "SHARE ROW EXCLUSIVE" } },
  },
  {
    id: "foreign-key-validate",
    does: "VALIDATE CONSTRAINT of a foreign key of an older release",
    before: [INDEXED, NOT_VALID],
    file: sql("ALTER TABLE archive VALIDATE CONSTRAINT archive_order;"),
    finds: [],
    proof: { locks: { archive: "SHARE UPDATE EXCLUSIVE" }, reads: ["archive", "orders"] },
  },
  {
    id: "foreign-key-add-and-validate",
    does: "a foreign key, NOT VALID and VALIDATE in one file",
    before: [INDEXED],
    file: sql(`${NOT_VALID}\nALTER TABLE archive VALIDATE CONSTRAINT archive_order;`),
    finds: ["validate-in-same-transaction"],
    instead: "foreign-key-validate",
    proof: {
      unnamed: ["orders"],
      locks: { orders: "SHARE ROW EXCLUSIVE", archive: "SHARE ROW EXCLUSIVE" },
      reads: ["archive", "orders"],
      holdsUp: { orders: "writers", archive: "writers" },
    },
  },
  {
    id: "foreign-key-without-index",
    does: "ADD FOREIGN KEY … NOT VALID on a column without an index",
    file: sql(NOT_VALID),
    finds: ["foreign-key-without-index"],
    instead: "foreign-key-add-not-valid",
    proof: {
      locks: { archive: "SHARE ROW EXCLUSIVE", orders: "SHARE ROW EXCLUSIVE" },
      breaks: { "remove an order": '[["77"]] after it has read a table whole' },
    },
  },
  {
    id: "foreign-key-with-column",
    does: "ADD COLUMN … REFERENCES: a column of nulls, of which nothing is looked up",
    file: sql("ALTER TABLE archive ADD COLUMN customer_id bigint REFERENCES customers;"),
    finds: ["foreign-key-without-index"],
    instead: "foreign-key-add-not-valid",
    proof: {
      locks: { archive: "ACCESS EXCLUSIVE", customers: "SHARE ROW EXCLUSIVE" },
      breaks: { "remove a customer": '[["99500"]] after it has read a table whole' },
    },
  },
  {
    id: "foreign-key-with-default",
    does: "ADD COLUMN … DEFAULT … REFERENCES",
    file: sql("ALTER TABLE archive ADD COLUMN customer_id bigint DEFAULT 1 REFERENCES customers;"),
    finds: ["adding-foreign-key-constraint", "foreign-key-without-index"],
    instead: "foreign-key-add-not-valid",
    proof: {
      locks: { archive: "ACCESS EXCLUSIVE", customers: "SHARE ROW EXCLUSIVE" },
      reads: ["archive", "customers"],
      holdsUp: { archive: "readers and writers", customers: "writers" },
      breaks: { "remove a customer": '[["99500"]] after it has read a table whole' },
    },
  },
  {
    id: "foreign-key-new-table",
    does: "CREATE TABLE … REFERENCES, with an index",
    file: sql(`
CREATE TABLE parcels (id bigint PRIMARY KEY, order_id bigint NOT NULL REFERENCES orders);
CREATE INDEX parcels_order_id_idx ON parcels (order_id);`),
    finds: [],
    proof: { locks: { orders: "SHARE ROW EXCLUSIVE" } },
  },
  {
    id: "foreign-key-new-table-script",
    does: "createTable with references, with an index",
    file: ts(`
pgm.createTable("parcels", {
  id: { type: "bigint", primaryKey: true, sequenceGenerated: { precedence: "ALWAYS" } },
  order_id: { type: "bigint", notNull: true, references: "orders", onDelete: "CASCADE" },
});
pgm.createIndex("parcels", "order_id");`),
    finds: [],
    proof: { locks: { orders: "SHARE ROW EXCLUSIVE" } },
  },
  {
    id: "foreign-key-new-table-without-index",
    does: "createTable with references, without an index",
    file: ts(`
pgm.createTable("parcels", {
  id: { type: "bigint", primaryKey: true },
  order_id: { type: "bigint", notNull: true, references: "orders" },
});`),
    finds: [],
    advises: ["foreign-key-without-index"],
    instead: "foreign-key-new-table-script",
    proof: {
      because:
        "the new table is empty until the service fills it; foreign-key-without-index shows it on rows",
    },
  },
  {
    id: "foreign-key-drop",
    does: "DROP CONSTRAINT of a foreign key",
    file: sql("ALTER TABLE orders DROP CONSTRAINT orders_customer_id_fkey;"),
    finds: ["dropping-foreign-key"],
    instead: "check-drop",
    proof: {
      unnamed: ["customers"],
      locks: { customers: "ACCESS EXCLUSIVE", orders: "ACCESS EXCLUSIVE" },
      breaks: { "add an order without a customer": '[["-1"]]' },
    },
  },
  {
    id: "foreign-key-drop-script",
    does: "dropConstraint of a foreign key",
    file: ts(`pgm.dropConstraint("orders", "orders_customer_id_fkey");`),
    finds: ["dropping-foreign-key"],
    instead: "check-drop",
    proof: {
      unnamed: ["customers"],
      locks: { customers: "ACCESS EXCLUSIVE", orders: "ACCESS EXCLUSIVE" },
      breaks: { "add an order without a customer": '[["-1"]]' },
    },
  },
  {
    id: "unique-add",
    does: "ADD UNIQUE",
    file: sql("ALTER TABLE archive ADD UNIQUE (id);"),
    finds: ["disallowed-unique-constraint"],
    instead: "unique-add-using-index",
    proof: {
      locks: { archive: "ACCESS EXCLUSIVE" },
      reads: ["archive"],
      holdsUp: { archive: "readers and writers" },
    },
  },
  {
    id: "unique-add-script",
    does: "addConstraint with unique",
    file: ts(`pgm.addConstraint("archive", "archive_id", { unique: "id" });`),
    finds: ["disallowed-unique-constraint"],
    instead: "unique-add-using-index",
    proof: {
      locks: { archive: "ACCESS EXCLUSIVE" },
      reads: ["archive"],
      holdsUp: { archive: "readers and writers" },
    },
  },
  {
    id: "unique-add-with-column",
    does: "ADD COLUMN … UNIQUE",
    file: sql("ALTER TABLE archive ADD COLUMN box text UNIQUE;"),
    finds: ["disallowed-unique-constraint"],
    instead: "column-add",
    proof: {
      locks: { archive: "ACCESS EXCLUSIVE" },
      reads: ["archive"],
      holdsUp: { archive: "readers and writers" },
    },
  },
  {
    id: "unique-add-using-index",
    does: "ADD CONSTRAINT … UNIQUE USING INDEX",
    before: ["CREATE UNIQUE INDEX archive_id_idx ON archive (id);"],
    file: sql("ALTER TABLE archive ADD CONSTRAINT archive_id UNIQUE USING INDEX archive_id_idx;"),
    finds: [],
    proof: { locks: { archive: "ACCESS EXCLUSIVE" } },
  },
  {
    id: "primary-key-add",
    does: "ADD PRIMARY KEY",
    file: sql("ALTER TABLE archive ADD PRIMARY KEY (id);"),
    finds: ["disallowed-unique-constraint"],
    instead: "primary-key-add-using-index",
    proof: {
      locks: { archive: "ACCESS EXCLUSIVE" },
      reads: ["archive"],
      holdsUp: { archive: "readers and writers" },
    },
  },
  {
    id: "primary-key-add-using-index",
    does: "ADD PRIMARY KEY USING INDEX, of a column that is NOT NULL",
    before: ["CREATE UNIQUE INDEX archive_id_idx ON archive (id);"],
    file: sql("ALTER TABLE archive ADD PRIMARY KEY USING INDEX archive_id_idx;"),
    finds: [],
    proof: { locks: { archive: "ACCESS EXCLUSIVE" } },
  },
  {
    id: "primary-key-add-using-nullable-index",
    does: "ADD PRIMARY KEY USING INDEX, of a column that may be null",
    before: [
      "ALTER TABLE archive ALTER COLUMN id DROP NOT NULL;",
      "CREATE UNIQUE INDEX archive_id_idx ON archive (id);",
    ],
    file: sql("ALTER TABLE archive ADD PRIMARY KEY USING INDEX archive_id_idx;"),
    finds: ["adding-not-nullable-field"],
    instead: "primary-key-add-using-index",
    proof: {
      locks: { archive: "ACCESS EXCLUSIVE" },
      reads: ["archive"],
      holdsUp: { archive: "readers and writers" },
    },
  },
  {
    id: "primary-key-drop",
    does: "DROP CONSTRAINT of a primary key, and of the foreign keys that need it",
    file: sql("ALTER TABLE customers DROP CONSTRAINT customers_pkey CASCADE;"),
    finds: ["dropping-unique-constraint"],
    instead: "check-drop",
    proof: {
      unnamed: ["orders"],
      locks: { customers: "ACCESS EXCLUSIVE", orders: "ACCESS EXCLUSIVE" },
      breaks: {
        "put a customer": "42P10",
        "remove a customer": '[["99500"]] after it has read a table whole',
        "add an order without a customer": '[["-1"]]',
      },
    },
  },
  {
    id: "exclude-add",
    does: "ADD CONSTRAINT … EXCLUDE",
    file: sql("ALTER TABLE archive ADD CONSTRAINT archive_id EXCLUDE USING btree (id WITH =);"),
    finds: ["disallowed-unique-constraint"],
    instead: "unique-add-using-index",
    proof: {
      locks: { archive: "ACCESS EXCLUSIVE" },
      reads: ["archive"],
      holdsUp: { archive: "readers and writers" },
    },
  },
  {
    id: "partition-attach",
    does: "ATTACH PARTITION of a table with rows",
    file: sql(ATTACH),
    finds: ["attaching-partition-without-check"],
    instead: "partition-attach-checked",
    proof: {
      locks: { events: "SHARE UPDATE EXCLUSIVE", february: "ACCESS EXCLUSIVE" },
      reads: ["february"],
      holdsUp: { february: "readers and writers" },
    },
  },
  {
    id: "partition-attach-unvalidated",
    does: "ATTACH PARTITION of a table with a CHECK that nobody has validated",
    before: [`ALTER TABLE february ADD CONSTRAINT in_february ${IN_FEBRUARY} NOT VALID;`],
    file: sql(ATTACH),
    finds: ["attaching-partition-without-check"],
    instead: "partition-attach-checked",
    proof: {
      locks: { events: "SHARE UPDATE EXCLUSIVE", february: "ACCESS EXCLUSIVE" },
      reads: ["february"],
      holdsUp: { february: "readers and writers" },
    },
  },
  {
    id: "partition-attach-other-check",
    does: "ATTACH PARTITION of a table with a CHECK that says something else",
    before: ["ALTER TABLE february ADD CONSTRAINT is_known CHECK (id > 0);"],
    file: sql(ATTACH),
    finds: ["attaching-partition-without-check"],
    instead: "partition-attach-checked",
    proof: {
      locks: { events: "SHARE UPDATE EXCLUSIVE", february: "ACCESS EXCLUSIVE" },
      reads: ["february"],
      holdsUp: { february: "readers and writers" },
    },
  },
  {
    id: "partition-attach-checked",
    does: "ATTACH PARTITION of a table with a validated CHECK of the same bounds",
    before: [
      `ALTER TABLE february ADD CONSTRAINT in_february ${IN_FEBRUARY} NOT VALID;`,
      "ALTER TABLE february VALIDATE CONSTRAINT in_february;",
    ],
    file: sql(ATTACH),
    finds: [],
    proof: { locks: { events: "SHARE UPDATE EXCLUSIVE", february: "ACCESS EXCLUSIVE" } },
  },
  {
    id: "partition-attach-new",
    does: "ATTACH PARTITION of a table that the file makes",
    file: sql(`
CREATE TABLE events_2026_03 (LIKE events INCLUDING DEFAULTS);
ALTER TABLE events ATTACH PARTITION events_2026_03 FOR VALUES FROM ('2026-03-01') TO ('2026-04-01');`),
    finds: [],
    proof: { locks: { events: "SHARE UPDATE EXCLUSIVE" } },
  },
  {
    id: "partition-create-beside-default",
    does: "CREATE TABLE … PARTITION OF a table that has a DEFAULT partition",
    before: [
      `CREATE TABLE events_rest PARTITION OF events DEFAULT;
INSERT INTO events SELECT n, '2027-01-15' FROM generate_series(1, 100000) n;`,
    ],
    file: sql(
      "CREATE TABLE events_2026_03 PARTITION OF events FOR VALUES FROM ('2026-03-01') TO ('2026-04-01');",
    ),
    finds: ["partition-beside-default"],
    instead: "table-create-partition",
    proof: {
      unnamed: ["events_rest"],
      locks: { events_rest: "ACCESS EXCLUSIVE", events: "ACCESS EXCLUSIVE" },
      reads: ["events_rest"],
      holdsUp: { events_rest: "readers and writers", events: "readers and writers" },
    },
  },
  {
    id: "partition-detach",
    does: "DETACH PARTITION",
    file: sql("ALTER TABLE events DETACH PARTITION events_2025_12;"),
    finds: ["require-concurrent-partition-detach"],
    instead: "partition-detach-concurrently",
    proof: { locks: { events_2025_12: "ACCESS EXCLUSIVE", events: "ACCESS EXCLUSIVE" } },
  },
  {
    id: "partition-detach-concurrently",
    does: "DETACH PARTITION CONCURRENTLY, outside a transaction",
    file: js(`
pgm.noTransaction();
pgm.sql("ALTER TABLE events DETACH PARTITION events_2025_12 CONCURRENTLY");`),
    finds: [],
    proof: { locks: { events: "SHARE UPDATE EXCLUSIVE", events_2025_12: "ACCESS EXCLUSIVE" } },
  },
];
