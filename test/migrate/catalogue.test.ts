import { Client } from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readCatalogue, readSchema } from "../../migrate/catalogue";
import { type PostgresServer, startPostgres } from "../../migrate/postgres";

let server: PostgresServer;
let client: Client;

beforeAll(async () => {
  server = await startPostgres();
  client = new Client({ connectionString: server.url() });
  await client.connect();
  await client.query(`
    CREATE ROLE reader;
    CREATE TABLE notes (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text text, size int);
    CREATE TYPE mood AS ENUM ('good', 'bad');
    CREATE FUNCTION one() RETURNS int LANGUAGE sql RETURN 1;
    CREATE VIEW short AS SELECT id FROM notes`);
});
afterAll(async () => {
  await client.end();
  await server.stop();
});

it.each([
  ["a column", "ALTER TABLE notes ADD COLUMN added int"],
  ["a default", "ALTER TABLE notes ALTER COLUMN size SET DEFAULT 2"],
  ["a type", "ALTER TABLE notes ALTER COLUMN size TYPE bigint"],
  ["a constraint", "ALTER TABLE notes ADD CONSTRAINT small CHECK (size < 10) NOT VALID"],
  ["a constraint's validity", "ALTER TABLE notes VALIDATE CONSTRAINT small"],
  ["an index", "CREATE INDEX notes_text ON notes (text)"],
  [
    "an index's validity",
    "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'notes_text'::regclass",
  ],
  ["a view", "CREATE OR REPLACE VIEW short AS SELECT id FROM notes WHERE size > 1"],
  ["a function", "CREATE OR REPLACE FUNCTION one() RETURNS int LANGUAGE sql RETURN 2"],
  [
    "a trigger",
    "CREATE TRIGGER t BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
  ],
  ["an enum's value", "ALTER TYPE mood ADD VALUE 'so'"],
  ["a policy", "CREATE POLICY mine ON notes USING (true)"],
  ["a privilege", "GRANT SELECT ON notes TO reader"],
  ["a default privilege", "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO reader"],
  ["an owner", "ALTER TABLE notes OWNER TO reader"],
  ["a sequence", "ALTER SEQUENCE notes_id_seq INCREMENT 5"],
  ["an extension", "CREATE EXTENSION citext"],
  ["a schema", "CREATE SCHEMA other"],
  ["a comment", "COMMENT ON COLUMN notes.text IS 'as typed'"],
  ["a rule", "CREATE RULE quiet AS ON DELETE TO notes DO INSTEAD NOTHING"],
  ["statistics", "CREATE STATISTICS both_columns ON text, size FROM notes"],
  ["forced row level security", "ALTER TABLE notes FORCE ROW LEVEL SECURITY"],
  ["the replica's identity", "ALTER TABLE notes REPLICA IDENTITY FULL"],
  ["the index that orders a table", "ALTER TABLE notes CLUSTER ON notes_pkey"],
  ["an operator", "CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq)"],
  ["a cast", "CREATE CAST (mood AS int) WITH INOUT"],
  ["a collation", 'CREATE COLLATION plain FROM "C"'],
  ["a text search configuration", "CREATE TEXT SEARCH CONFIGURATION words (COPY = simple)"],
  ["a publication", "CREATE PUBLICATION changes FOR TABLE notes"],
  ["a setting of the database", "ALTER DATABASE postgres SET lock_timeout = '3s'"],
  ["a partition", "CREATE TABLE parts (n int) PARTITION BY LIST (n)"],
  ["a partition's bounds", "CREATE TABLE one_part PARTITION OF parts FOR VALUES IN (1)"],
  ["a domain's constraint", "CREATE DOMAIN small AS int; ALTER DOMAIN small ADD CHECK (VALUE < 9)"],
  ["an aggregate", "CREATE AGGREGATE total (int) (SFUNC = int4pl, STYPE = int)"],
  [
    "an event trigger's function",
    "CREATE FUNCTION seen() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'",
  ],
  ["an event trigger", "CREATE EVENT TRIGGER see ON ddl_command_end EXECUTE FUNCTION seen()"],
  ["a dropped table", "DROP TABLE notes CASCADE"],
])("shows %s", async (_, statement) => {
  const before = await readSchema(server.url());
  await client.query(statement);
  const after = await readSchema(server.url());
  expect(after.digest).not.toBe(before.digest);
  expect(await readSchema(server.url())).toEqual(after);
});

it("shows which column owns a sequence", async () => {
  await client.query("CREATE TABLE counted (n int); CREATE SEQUENCE counter");
  const before = await readCatalogue(server.url());
  await client.query("ALTER SEQUENCE counter OWNED BY counted.n");
  expect(await readCatalogue(server.url())).not.toEqual(before);
});

it("does not tell rights that were given and taken again from those that never were", async () => {
  await client.query(
    "CREATE ROLE borrower; CREATE TABLE lent (id int); CREATE FUNCTION lent() RETURNS int RETURN 1",
  );
  const before = await readCatalogue(server.url());
  await client.query(
    "GRANT SELECT ON lent TO borrower; GRANT EXECUTE ON FUNCTION lent TO borrower",
  );
  expect(await readCatalogue(server.url())).not.toEqual(before);
  await client.query("REVOKE ALL ON lent FROM borrower; REVOKE ALL ON FUNCTION lent FROM borrower");
  expect(await readCatalogue(server.url())).toEqual(before);
});

it("gives the order of columns a line of its own", async () => {
  await client.query("CREATE TABLE ordered (a int, b int, c int)");
  const before = await readCatalogue(server.url());
  await client.query("ALTER TABLE ordered DROP COLUMN b; ALTER TABLE ordered ADD COLUMN b int");
  const after = await readCatalogue(server.url());
  expect(before.filter((line) => !after.includes(line))).toEqual([
    "column order public.ordered a, b, c",
  ]);
  expect(after.filter((line) => !before.includes(line))).toEqual([
    "column order public.ordered a, c, b",
  ]);
});

it("shows neither rows nor where a sequence stands", async () => {
  await client.query("CREATE TABLE rows (id bigint GENERATED ALWAYS AS IDENTITY)");
  const before = await readCatalogue(server.url());
  await client.query("INSERT INTO rows DEFAULT VALUES");
  expect(await readCatalogue(server.url())).toEqual(before);
});

it("reads the newest migration, or none", async () => {
  expect((await readSchema(server.url())).version).toBeNull();
  await client.query(`
    CREATE TABLE pgmigrations (id serial, name text, run_on timestamp);
    INSERT INTO pgmigrations (name, run_on) VALUES ('2_b', '2026-02-02'), ('1_a', '2026-01-01')`);
  expect((await readSchema(server.url())).version).toBe("2_b");
});
