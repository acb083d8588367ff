import { type Snippet, js, sql, ts } from "../snippet";

export const TYPES: readonly Snippet[] = [
  {
    id: "enum-add-value",
    does: "ADD VALUE … AFTER",
    file: sql("ALTER TYPE mood ADD VALUE 'fair' AFTER 'good';"),
    finds: [],
    proof: {},
  },
  {
    id: "enum-add-value-last",
    does: "addTypeValue without its place",
    file: ts(`pgm.addTypeValue("mood", "worse");`),
    finds: [],
    advises: ["require-enum-value-ordering"],
    instead: "enum-add-value",
    proof: {},
  },
  {
    id: "enum-value-used",
    does: "ADD VALUE, and an UPDATE to it, in one file",
    file: sql(`
ALTER TYPE mood ADD VALUE 'fair' AFTER 'good';
UPDATE customers SET mood = 'fair' WHERE id = 7;`),
    finds: ["enum-value-used-too-early"],
    instead: "enum-value-used-later",
    proof: { fails: "55P04" },
  },
  {
    id: "enum-value-used-script",
    does: "addTypeValue, and a default of it, in one script",
    file: ts(`
pgm.addTypeValue("mood", "fair", { after: "good" });
pgm.alterColumn("customers", "mood", { default: "fair" });`),
    finds: ["enum-value-used-too-early"],
    instead: "enum-value-used-later",
    proof: { fails: "55P04" },
  },
  {
    id: "enum-value-used-later",
    does: "an UPDATE to a value of an older release",
    before: ["ALTER TYPE mood ADD VALUE 'fair' AFTER 'good';"],
    file: sql("UPDATE customers SET mood = 'fair' WHERE id = 7;"),
    finds: [],
    proof: {},
  },
  {
    id: "enum-value-used-apart",
    does: "ADD VALUE and an UPDATE to it, each committed by itself",
    file: js(`
pgm.noTransaction();
pgm.addTypeValue("mood", "fair", { after: "good", ifNotExists: true });
pgm.sql("UPDATE customers SET mood = 'fair' WHERE id = 7");`),
    finds: [],
    proof: {},
  },
  {
    id: "enum-value-used-new-type",
    does: "ADD VALUE to a type that the file makes, and a default of it",
    file: sql(`
CREATE TYPE size AS ENUM ('small', 'large');
ALTER TYPE size ADD VALUE 'medium' AFTER 'small';
ALTER TABLE orders ADD COLUMN size size DEFAULT 'medium';`),
    finds: [],
    proof: { locks: { orders: "ACCESS EXCLUSIVE" } },
  },
  {
    id: "enum-rename-value",
    does: "RENAME VALUE",
    file: sql("ALTER TYPE mood RENAME VALUE 'bad' TO 'poor';"),
    finds: ["renaming-enum-value"],
    instead: "enum-add-value",
    proof: { breaks: { "add a customer": "22P02", "count bad moods": "22P02" } },
  },
  {
    id: "enum-rename-value-script",
    does: "renameTypeValue",
    file: ts(`pgm.renameTypeValue("mood", "bad", "poor");`),
    finds: ["renaming-enum-value"],
    instead: "enum-add-value",
    proof: { breaks: { "add a customer": "22P02", "count bad moods": "22P02" } },
  },
  {
    id: "enum-create",
    does: "CREATE TYPE … AS ENUM",
    file: sql("CREATE TYPE size AS ENUM ('small', 'large');"),
    finds: [],
    advises: ["enum-type"],
    instead: "enum-as-table",
    proof: { because: "that values cannot be taken away matters only later" },
  },
  {
    id: "enum-as-table",
    does: "a table of values in an enum's place",
    file: sql(`
CREATE TABLE sizes (name text PRIMARY KEY);
INSERT INTO sizes VALUES ('small'), ('large');`),
    finds: [],
    proof: {},
  },
  {
    id: "domain-create-with-check",
    does: "CREATE DOMAIN … CHECK",
    file: sql("CREATE DOMAIN percentage AS numeric CHECK (value BETWEEN 0 AND 100);"),
    finds: ["ban-create-domain-with-constraint"],
    instead: "domain-create",
    proof: {
      because: "nothing uses the domain yet; domain-add-check shows what its next change will do",
    },
  },
  {
    id: "domain-create",
    does: "CREATE DOMAIN without a constraint",
    file: sql("CREATE DOMAIN percentage AS numeric;"),
    finds: [],
    proof: {},
  },
  {
    id: "domain-add-check",
    does: "ALTER DOMAIN … ADD CONSTRAINT",
    file: sql("ALTER DOMAIN cents ADD CONSTRAINT is_no_debt CHECK (value >= 0);"),
    finds: ["ban-alter-domain-with-add-constraint"],
    instead: "domain-add-check-not-valid",
    proof: {
      unnamed: ["orders"],
      locks: { orders: "SHARE" },
      reads: ["orders"],
      holdsUp: { orders: "writers" },
    },
  },
  {
    id: "domain-add-check-script",
    does: "ALTER DOMAIN … ADD CHECK in a script",
    file: ts(`pgm.sql("ALTER DOMAIN cents ADD CHECK (value >= 0)");`),
    finds: ["ban-alter-domain-with-add-constraint"],
    instead: "domain-add-check-not-valid",
    proof: {
      unnamed: ["orders"],
      locks: { orders: "SHARE" },
      reads: ["orders"],
      holdsUp: { orders: "writers" },
    },
  },
  {
    id: "domain-add-check-not-valid",
    does: "ALTER DOMAIN … ADD CONSTRAINT … NOT VALID",
    file: sql("ALTER DOMAIN cents ADD CONSTRAINT is_no_debt CHECK (value >= 0) NOT VALID;"),
    finds: [],
    proof: {},
  },
  {
    id: "domain-validate",
    does: "ALTER DOMAIN … VALIDATE CONSTRAINT",
    before: ["ALTER DOMAIN cents ADD CONSTRAINT is_no_debt CHECK (value >= 0) NOT VALID;"],
    file: sql("ALTER DOMAIN cents VALIDATE CONSTRAINT is_no_debt;"),
    finds: ["ban-alter-domain-with-add-constraint"],
    instead: "domain-add-check-not-valid",
    proof: {
      locks: { orders: "SHARE" },
      reads: ["orders"],
      holdsUp: { orders: "writers" },
      unnamed: ["orders"],
    },
  },
];
