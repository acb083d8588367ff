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
  ["a dropped table", "DROP TABLE notes CASCADE"],
])("shows %s", async (_, statement) => {
  const before = await readSchema(server.url());
  await client.query(statement);
  const after = await readSchema(server.url());
  expect(after.digest).not.toBe(before.digest);
  expect(await readSchema(server.url())).toEqual(after);
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
