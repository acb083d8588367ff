import { type Snippet, js, sql, ts } from "../snippet";

export const COLUMNS: readonly Snippet[] = [
  {
    id: "column-add",
    does: "ADD COLUMN",
    file: sql("ALTER TABLE orders ADD COLUMN weight numeric;"),
    finds: [],
    proof: { locks: { orders: "ACCESS EXCLUSIVE" } },
  },
  {
    id: "column-add-constant-default",
    does: "ADD COLUMN … NOT NULL DEFAULT a constant",
    file: sql("ALTER TABLE orders ADD COLUMN channel text NOT NULL DEFAULT 'web';"),
    finds: [],
    proof: { locks: { orders: "ACCESS EXCLUSIVE" } },
  },
  {
    id: "column-add-constant-default-script",
    does: "addColumn with notNull and a default",
    file: ts(`
pgm.addColumns("orders", {
  is_gift: { type: "boolean", notNull: true, default: false },
  seen_at: { type: "timestamptz", notNull: true, default: pgm.func("current_timestamp") },
});`),
    finds: [],
    proof: { locks: { orders: "ACCESS EXCLUSIVE" } },
  },
  {
    id: "column-add-now",
    does: "ADD COLUMN … DEFAULT now(), which is the same for all rows",
    file: sql("ALTER TABLE orders ADD COLUMN seen_at timestamptz NOT NULL DEFAULT now();"),
    finds: [],
    proof: { locks: { orders: "ACCESS EXCLUSIVE" } },
  },
  {
    id: "column-add-random",
    does: "ADD COLUMN … DEFAULT gen_random_uuid()",
    file: sql("ALTER TABLE orders ADD COLUMN token uuid NOT NULL DEFAULT gen_random_uuid();"),
    finds: ["adding-field-with-default"],
    instead: "column-add-then-default",
    proof: {
      locks: { orders: "ACCESS EXCLUSIVE" },
      rewrites: ["orders"],
      reads: ["orders"],
      holdsUp: { orders: "readers and writers" },
    },
  },
  {
    id: "column-add-random-script",
    does: "addColumn with a default that is another one for each row",
    file: ts(`
pgm.addColumns("orders", {
  token: { type: "uuid", notNull: true, default: pgm.func("gen_random_uuid()") },
});`),
    finds: ["adding-field-with-default"],
    instead: "column-add-then-default",
    proof: {
      locks: { orders: "ACCESS EXCLUSIVE" },
      rewrites: ["orders"],
      reads: ["orders"],
      holdsUp: { orders: "readers and writers" },
    },
  },
  {
    id: "column-add-clock",
    does: "ADD COLUMN … DEFAULT clock_timestamp()",
    file: sql("ALTER TABLE orders ADD COLUMN seen_at timestamptz DEFAULT clock_timestamp();"),
    finds: ["adding-field-with-default"],
    instead: "column-add-now",
    proof: {
      locks: { orders: "ACCESS EXCLUSIVE" },
      rewrites: ["orders"],
      reads: ["orders"],
      holdsUp: { orders: "readers and writers" },
    },
  },
  {
    id: "column-add-own-function",
    does: "ADD COLUMN … DEFAULT a function of the shop's that is another one for each row",
    file: sql("ALTER TABLE orders ADD COLUMN token text DEFAULT new_token();"),
    finds: ["adding-field-with-default"],
    instead: "column-add-own-immutable-function",
    proof: {
      locks: { orders: "ACCESS EXCLUSIVE" },
      rewrites: ["orders"],
      reads: ["orders"],
      holdsUp: { orders: "readers and writers" },
    },
  },
  {
    id: "column-add-own-immutable-function",
    does: "ADD COLUMN … DEFAULT a function of the shop's that is IMMUTABLE",
    file: sql("ALTER TABLE orders ADD COLUMN vat numeric DEFAULT vat();"),
    finds: [],
    proof: { locks: { orders: "ACCESS EXCLUSIVE" } },
  },
  {
    id: "column-add-then-default",
    does: "ADD COLUMN without a default, which is set for new rows",
    file: sql(
      "ALTER TABLE orders ADD COLUMN token uuid, ALTER COLUMN token SET DEFAULT gen_random_uuid();",
    ),
    finds: [],
    proof: { locks: { orders: "ACCESS EXCLUSIVE" } },
  },
  {
    id: "column-add-stored",
    does: "ADD COLUMN … GENERATED … STORED",
    file: sql(
      "ALTER TABLE orders ADD COLUMN gross numeric GENERATED ALWAYS AS (total * 1.2) STORED;",
    ),
    finds: ["adding-generated-field"],
    instead: "column-add-virtual",
    proof: {
      locks: { orders: "ACCESS EXCLUSIVE" },
      rewrites: ["orders"],
      reads: ["orders"],
      holdsUp: { orders: "readers and writers" },
    },
  },
  {
    id: "column-add-stored-script",
    does: "addColumn with expressionGenerated",
    file: ts(`
pgm.addColumns("orders", {
  gross: { type: "numeric", expressionGenerated: "total * 1.2" },
});`),
    finds: ["adding-generated-field"],
    instead: "column-add-virtual",
    proof: {
      locks: { orders: "ACCESS EXCLUSIVE" },
      rewrites: ["orders"],
      reads: ["orders"],
      holdsUp: { orders: "readers and writers" },
    },
  },
  {
    id: "column-add-virtual",
    does: "ADD COLUMN … GENERATED … VIRTUAL",
    file: sql(
      "ALTER TABLE orders ADD COLUMN gross numeric GENERATED ALWAYS AS (total * 1.2) VIRTUAL;",
    ),
    finds: [],
    proof: { locks: { orders: "ACCESS EXCLUSIVE" } },
  },
  {
    id: "column-set-expression",
    does: "SET EXPRESSION of a stored column",
    before: [
      "ALTER TABLE orders ADD COLUMN gross numeric GENERATED ALWAYS AS (total * 1.2) STORED;",
    ],
    file: sql("ALTER TABLE orders ALTER COLUMN gross SET EXPRESSION AS (total * 1.3);"),
    finds: ["adding-generated-field"],
    instead: "column-drop-expression",
    proof: {
      locks: { orders: "ACCESS EXCLUSIVE" },
      rewrites: ["orders"],
      reads: ["orders"],
      holdsUp: { orders: "readers and writers" },
    },
  },
  {
    id: "column-drop-expression",
    does: "DROP EXPRESSION: the column keeps its values",
    before: [
      "ALTER TABLE orders ADD COLUMN gross numeric GENERATED ALWAYS AS (total * 1.2) STORED;",
    ],
    file: sql("ALTER TABLE orders ALTER COLUMN gross DROP EXPRESSION;"),
    finds: [],
    proof: { locks: { orders: "ACCESS EXCLUSIVE" } },
  },
  {
    id: "column-add-serial",
    does: "ADD COLUMN … bigserial",
    file: sql("ALTER TABLE archive ADD COLUMN number bigserial;"),
    finds: ["adding-serial-field"],
    instead: "column-add",
    proof: {
      locks: { archive: "ACCESS EXCLUSIVE" },
      rewrites: ["archive"],
      reads: ["archive"],
      holdsUp: { archive: "readers and writers" },
    },
  },
  {
    id: "column-add-identity-script",
    does: "addColumn with sequenceGenerated",
    file: ts(`
pgm.addColumns("archive", {
  number: { type: "bigint", sequenceGenerated: { precedence: "ALWAYS" } },
});`),
    finds: ["adding-serial-field"],
    instead: "column-add",
    proof: {
      locks: { archive: "ACCESS EXCLUSIVE" },
      rewrites: ["archive"],
      reads: ["archive"],
      holdsUp: { archive: "readers and writers" },
    },
  },
  {
    id: "column-add-shorthand",
    does: "addColumn by a shorthand that stands for bigserial",
    file: {
      extension: ".js",
      text: `exports.shorthands = { counter: { type: "bigserial" } };
exports.up = (pgm) => {
  pgm.addColumns("archive", { number: "counter" });
};
`,
    },
    finds: ["adding-serial-field"],
    instead: "column-add",
    proof: {
      locks: { archive: "ACCESS EXCLUSIVE" },
      rewrites: ["archive"],
      reads: ["archive"],
      holdsUp: { archive: "readers and writers" },
    },
  },
  {
    id: "column-add-required",
    does: "ADD COLUMN … NOT NULL without a default",
    file: sql("ALTER TABLE orders ADD COLUMN channel text NOT NULL;"),
    finds: ["adding-required-field"],
    instead: "column-add-constant-default",
    proof: { fails: "23502" },
  },
  {
    id: "column-add-required-script",
    does: "addColumn with notNull and no default",
    file: ts(`pgm.addColumn("orders", { channel: { type: "text", notNull: true } });`),
    finds: ["adding-required-field"],
    instead: "column-add-constant-default-script",
    proof: { fails: "23502" },
  },
  {
    id: "column-add-required-empty",
    does: "ADD COLUMN … NOT NULL without a default, to a table without rows that is in use",
    before: ["TRUNCATE archive;"],
    file: sql("ALTER TABLE archive ADD COLUMN box text NOT NULL;"),
    finds: ["adding-required-field"],
    instead: "column-add-constant-default",
    proof: { locks: { archive: "ACCESS EXCLUSIVE" }, breaks: { "archive an order": "23502" } },
  },
  {
    id: "column-add-not-null-new-table",
    does: "ADD COLUMN … NOT NULL to a table that the file makes",
    file: sql(`
CREATE TABLE parcels (id bigint PRIMARY KEY);
ALTER TABLE parcels ADD COLUMN weight numeric NOT NULL;`),
    finds: [],
    proof: {},
  },
  {
    id: "column-set-not-null",
    does: "SET NOT NULL",
    file: sql("ALTER TABLE orders ALTER COLUMN status SET NOT NULL;"),
    finds: ["adding-not-nullable-field"],
    instead: "column-set-not-null-checked",
    proof: {
      locks: { orders: "ACCESS EXCLUSIVE" },
      reads: ["orders"],
      holdsUp: { orders: "readers and writers" },
    },
  },
  {
    id: "column-set-not-null-script",
    does: "alterColumn with notNull",
    file: ts(`pgm.alterColumn("orders", "status", { notNull: true });`),
    finds: ["adding-not-nullable-field"],
    instead: "column-set-not-null-checked",
    proof: {
      locks: { orders: "ACCESS EXCLUSIVE" },
      reads: ["orders"],
      holdsUp: { orders: "readers and writers" },
    },
  },
  {
    id: "column-set-not-null-unvalidated",
    does: "SET NOT NULL after a CHECK that nobody has validated",
    before: [
      "ALTER TABLE orders ADD CONSTRAINT status_is_set CHECK (status IS NOT NULL) NOT VALID;",
    ],
    file: sql("ALTER TABLE orders ALTER COLUMN status SET NOT NULL;"),
    finds: ["adding-not-nullable-field"],
    instead: "column-set-not-null-checked",
    proof: {
      locks: { orders: "ACCESS EXCLUSIVE" },
      reads: ["orders"],
      holdsUp: { orders: "readers and writers" },
    },
  },
  {
    id: "column-set-not-null-and-drop",
    does: "SET NOT NULL, and the CHECK is dropped by the same statement, which does that first",
    before: [
      "ALTER TABLE orders ADD CONSTRAINT status_is_set CHECK (status IS NOT NULL) NOT VALID;",
      "ALTER TABLE orders VALIDATE CONSTRAINT status_is_set;",
    ],
    file: sql(
      "ALTER TABLE orders ALTER COLUMN status SET NOT NULL, DROP CONSTRAINT status_is_set;",
    ),
    finds: ["adding-not-nullable-field"],
    instead: "column-set-not-null-checked",
    proof: {
      locks: { orders: "ACCESS EXCLUSIVE" },
      reads: ["orders"],
      holdsUp: { orders: "readers and writers" },
    },
  },
  {
    id: "column-set-not-null-checked",
    does: "SET NOT NULL after a validated CHECK, which then goes",
    before: [
      "ALTER TABLE orders ADD CONSTRAINT status_is_set CHECK (status IS NOT NULL) NOT VALID;",
      "ALTER TABLE orders VALIDATE CONSTRAINT status_is_set;",
    ],
    file: sql(`
ALTER TABLE orders ALTER COLUMN status SET NOT NULL;
ALTER TABLE orders DROP CONSTRAINT status_is_set;`),
    finds: [],
    proof: { locks: { orders: "ACCESS EXCLUSIVE" } },
  },
  {
    id: "column-set-not-null-checked-script",
    does: "alterColumn with notNull after a validated CHECK of two columns",
    before: [
      "ALTER TABLE orders ADD CONSTRAINT is_whole CHECK (status IS NOT NULL AND placed_at IS NOT NULL) NOT VALID;",
      "ALTER TABLE orders VALIDATE CONSTRAINT is_whole;",
    ],
    file: ts(`pgm.alterColumn("orders", "placed_at", { notNull: true });`),
    finds: [],
    proof: { locks: { orders: "ACCESS EXCLUSIVE" } },
  },
  {
    id: "column-add-not-null-constraint",
    does: "ADD CONSTRAINT … NOT NULL",
    file: sql("ALTER TABLE orders ADD CONSTRAINT status_is_set NOT NULL status;"),
    finds: ["adding-not-nullable-field"],
    instead: "column-add-not-null-not-valid",
    proof: {
      locks: { orders: "ACCESS EXCLUSIVE" },
      reads: ["orders"],
      holdsUp: { orders: "readers and writers" },
    },
  },
  {
    id: "column-add-not-null-not-valid",
    does: "ADD CONSTRAINT … NOT NULL … NOT VALID",
    file: sql("ALTER TABLE orders ADD CONSTRAINT status_is_set NOT NULL status NOT VALID;"),
    finds: [],
    proof: { locks: { orders: "ACCESS EXCLUSIVE" } },
  },
  {
    id: "column-validate-not-null",
    does: "VALIDATE CONSTRAINT of a NOT NULL of an older release",
    before: ["ALTER TABLE orders ADD CONSTRAINT status_is_set NOT NULL status NOT VALID;"],
    file: sql("ALTER TABLE orders VALIDATE CONSTRAINT status_is_set;"),
    finds: [],
    proof: { locks: { orders: "SHARE UPDATE EXCLUSIVE" }, reads: ["orders"] },
  },
  {
    id: "column-type-wider-int",
    does: "int to bigint",
    file: sql("ALTER TABLE orders ALTER COLUMN number TYPE bigint;"),
    finds: ["changing-column-type"],
    instead: "column-type-longer-varchar",
    proof: {
      locks: { orders: "ACCESS EXCLUSIVE" },
      rewrites: ["orders"],
      reads: ["orders"],
      holdsUp: { orders: "readers and writers" },
      breaks: {
        "read an order": '[["42","43","42","new","42.00","42","2026-01-01T00:42:00.000Z"]]',
      },
    },
  },
  {
    id: "column-type-script",
    does: "alterColumn to text with a USING",
    file: ts(`pgm.alterColumn("orders", "number", { type: "text", using: "number::text" });`),
    finds: ["changing-column-type"],
    instead: "column-type-longer-varchar-script",
    proof: {
      locks: { orders: "ACCESS EXCLUSIVE" },
      rewrites: ["orders"],
      reads: ["orders"],
      holdsUp: { orders: "readers and writers" },
      breaks: {
        "read an order": '[["42","43","42","new","42.00","42","2026-01-01T00:42:00.000Z"]]',
      },
    },
  },
  {
    id: "column-type-shorter-varchar",
    does: "varchar(50) to varchar(30)",
    file: sql("ALTER TABLE customers ALTER COLUMN name TYPE varchar(30);"),
    finds: ["changing-column-type"],
    instead: "column-type-longer-varchar",
    proof: {
      locks: { customers: "ACCESS EXCLUSIVE" },
      rewrites: ["customers"],
      reads: ["customers"],
      holdsUp: { customers: "readers and writers" },
    },
  },
  {
    id: "column-type-lower-precision",
    does: "timestamptz(3) to timestamptz(0)",
    file: sql("ALTER TABLE orders ALTER COLUMN placed_at TYPE timestamptz(0);"),
    finds: ["changing-column-type"],
    instead: "column-type-higher-precision",
    proof: {
      locks: { orders: "ACCESS EXCLUSIVE" },
      rewrites: ["orders"],
      reads: ["orders"],
      holdsUp: { orders: "readers and writers" },
    },
  },
  {
    id: "column-type-higher-precision",
    does: "timestamptz(3) to timestamptz(6)",
    file: sql("ALTER TABLE orders ALTER COLUMN placed_at TYPE timestamptz(6);"),
    finds: [],
    proof: { locks: { orders: "ACCESS EXCLUSIVE" } },
  },
  {
    id: "column-type-longer-varchar",
    does: "varchar(50) to varchar(100)",
    file: sql("ALTER TABLE customers ALTER COLUMN name TYPE varchar(100);"),
    finds: [],
    proof: { locks: { customers: "ACCESS EXCLUSIVE" } },
  },
  {
    id: "column-type-longer-varchar-script",
    does: "alterColumn from varchar(50) to varchar(100)",
    file: ts(`pgm.alterColumn("customers", "name", { type: "varchar(100)" });`),
    finds: [],
    proof: { locks: { customers: "ACCESS EXCLUSIVE" } },
  },
  {
    id: "column-type-varchar-to-text",
    does: "varchar(50) to text",
    file: sql("ALTER TABLE customers ALTER COLUMN name TYPE text;"),
    finds: [],
    proof: { locks: { customers: "ACCESS EXCLUSIVE" } },
  },
  {
    id: "column-type-checked",
    does: "varchar(20) to text, of a column with a CHECK",
    file: sql("ALTER TABLE customers ALTER COLUMN code TYPE text;"),
    finds: ["changing-type-of-checked-column"],
    instead: "column-type-varchar-to-text",
    proof: {
      locks: { customers: "ACCESS EXCLUSIVE" },
      reads: ["customers"],
      holdsUp: { customers: "readers and writers" },
    },
  },
  {
    id: "column-drop",
    does: "DROP COLUMN",
    file: sql("ALTER TABLE orders DROP COLUMN number;"),
    finds: ["ban-drop-column"],
    instead: "column-drop-own",
    proof: { locks: { orders: "ACCESS EXCLUSIVE" }, breaks: { "read an order": "42703" } },
  },
  {
    id: "column-drop-script",
    does: "dropColumns",
    file: ts(`pgm.dropColumns("orders", ["number"]);`),
    finds: ["ban-drop-column"],
    instead: "column-drop-own",
    proof: { locks: { orders: "ACCESS EXCLUSIVE" }, breaks: { "read an order": "42703" } },
  },
  {
    id: "column-drop-own",
    does: "DROP COLUMN of one that the file has added",
    file: sql(`
ALTER TABLE orders ADD COLUMN weight numeric;
ALTER TABLE orders DROP COLUMN weight;`),
    finds: [],
    proof: { locks: { orders: "ACCESS EXCLUSIVE" } },
  },
  {
    id: "column-rename",
    does: "RENAME COLUMN",
    file: sql("ALTER TABLE orders RENAME COLUMN number TO order_number;"),
    finds: ["renaming-column"],
    instead: "column-add",
    proof: { locks: { orders: "ACCESS EXCLUSIVE" }, breaks: { "read an order": "42703" } },
  },
  {
    id: "column-rename-script",
    does: "renameColumn",
    file: ts(`pgm.renameColumn("customers", "code", "short_name");`),
    finds: ["renaming-column"],
    instead: "column-rename-own",
    proof: {
      locks: { customers: "ACCESS EXCLUSIVE" },
      breaks: { "read a customer": "42703", "add a customer": "42703" },
    },
  },
  {
    id: "column-rename-own",
    does: "renameColumn of one that the file has added",
    file: ts(`
pgm.addColumn("customers", { short: { type: "text" } });
pgm.renameColumn("customers", "short", "short_name");`),
    finds: [],
    proof: { locks: { customers: "ACCESS EXCLUSIVE" } },
  },
  {
    id: "column-rename-view",
    does: "renames a view's column",
    file: sql("ALTER VIEW open_orders RENAME COLUMN total TO amount;"),
    finds: ["renaming-column"],
    instead: "view-replace",
    proof: { locks: { open_orders: "ACCESS EXCLUSIVE" }, breaks: { "list open orders": "42703" } },
  },
  {
    id: "column-drop-not-null",
    does: "DROP NOT NULL",
    file: sql("ALTER TABLE customers ALTER COLUMN email DROP NOT NULL;"),
    finds: ["ban-drop-not-null"],
    instead: "column-set-default",
    proof: {
      locks: { customers: "ACCESS EXCLUSIVE" },
      trial: {
        kind: "query",
        sql: "INSERT INTO customers (email) VALUES (NULL) RETURNING email",
        gives: "[[null]]",
      },
    },
  },
  {
    id: "column-drop-not-null-script",
    does: "alterColumn with allowNull",
    file: js(`pgm.alterColumn("customers", "email", { allowNull: true });`),
    finds: ["ban-drop-not-null"],
    instead: "column-set-default",
    proof: {
      locks: { customers: "ACCESS EXCLUSIVE" },
      trial: {
        kind: "query",
        sql: "INSERT INTO customers (email) VALUES (NULL) RETURNING email",
        gives: "[[null]]",
      },
    },
  },
  {
    id: "column-set-default",
    does: "SET DEFAULT",
    file: sql("ALTER TABLE customers ALTER COLUMN email SET DEFAULT 'unknown';"),
    finds: [],
    proof: {
      locks: { customers: "ACCESS EXCLUSIVE" },
      trial: {
        kind: "query",
        sql: "INSERT INTO customers (email) VALUES (NULL) RETURNING email",
        gives: "23502",
      },
    },
  },
  {
    id: "column-drop-default",
    does: "DROP DEFAULT of a NOT NULL column",
    file: sql("ALTER TABLE customers ALTER COLUMN email DROP DEFAULT;"),
    finds: ["dropping-default"],
    instead: "column-set-default",
    proof: {
      locks: { customers: "ACCESS EXCLUSIVE" },
      breaks: { "add a customer by name": "23502" },
    },
  },
  {
    id: "column-drop-identity",
    does: "DROP IDENTITY",
    file: sql("ALTER TABLE orders ALTER COLUMN id DROP IDENTITY;"),
    finds: ["dropping-default"],
    instead: "column-set-default",
    proof: {
      locks: { orders: "ACCESS EXCLUSIVE" },
      breaks: { "add an order": "23502", "add an order without a customer": "23502" },
    },
  },
  {
    id: "column-set-statistics",
    does: "SET STATISTICS",
    file: sql("ALTER TABLE orders ALTER COLUMN status SET STATISTICS 500;"),
    finds: [],
    proof: { locks: { orders: "SHARE UPDATE EXCLUSIVE" } },
  },
  {
    id: "column-add-json",
    does: "ADD COLUMN … json",
    file: sql("ALTER TABLE orders ADD COLUMN extra json;"),
    finds: ["prefer-jsonb"],
    instead: "column-add-jsonb",
    proof: { locks: { orders: "ACCESS EXCLUSIVE" }, breaks: { "count distinct orders": "42883" } },
  },
  {
    id: "column-add-json-script",
    does: "addColumn of the type json",
    file: js(`pgm.addColumns("orders", { extra: "json" });`),
    finds: ["prefer-jsonb"],
    instead: "column-add-jsonb",
    proof: { locks: { orders: "ACCESS EXCLUSIVE" }, breaks: { "count distinct orders": "42883" } },
  },
  {
    id: "column-add-jsonb",
    does: "ADD COLUMN … jsonb",
    file: sql("ALTER TABLE orders ADD COLUMN extra jsonb NOT NULL DEFAULT '{}';"),
    finds: [],
    proof: { locks: { orders: "ACCESS EXCLUSIVE" } },
  },
  {
    id: "column-add-char",
    does: "ADD COLUMN … char(3)",
    file: sql("ALTER TABLE orders ADD COLUMN grade char(3);"),
    finds: ["ban-char-field"],
    instead: "column-add-text",
    proof: {
      locks: { orders: "ACCESS EXCLUSIVE" },
      trial: {
        kind: "query",
        sql: "INSERT INTO orders (customer_id, grade) VALUES (1, 'a') RETURNING octet_length(grade)",
        gives: "[[3]]",
      },
    },
  },
  {
    id: "column-add-text",
    does: "ADD COLUMN … text",
    file: sql("ALTER TABLE orders ADD COLUMN grade text;"),
    finds: [],
    proof: {
      locks: { orders: "ACCESS EXCLUSIVE" },
      trial: {
        kind: "query",
        sql: "INSERT INTO orders (customer_id, grade) VALUES (1, 'a') RETURNING octet_length(grade)",
        gives: "[[1]]",
      },
    },
  },
  {
    id: "column-names-too-long",
    does: "two columns whose names are the same in their first 63 bytes",
    file: sql(`
CREATE TABLE parcels (
  id bigint PRIMARY KEY,
  the_number_under_which_the_carrier_knows_this_parcel_on_its_way_out numeric,
  the_number_under_which_the_carrier_knows_this_parcel_on_its_way_back numeric
);`),
    finds: ["identifier-too-long", "ban-duplicate-column-assignments"],
    instead: "table-create",
    proof: { fails: "42701" },
  },
];
