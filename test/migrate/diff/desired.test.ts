import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadDesired } from "../../../migrate/diff/loadDesired";
import { parseDesired } from "../../../migrate/diff/parseDesired";
import { readDesired } from "../../../migrate/diff/readDesired";
import { type PostgresServer, startPostgres } from "../../../migrate/postgres";

const file = (text: string, shownPath = "schema.sql") => ({ shownPath, text });

describe("parseDesired", () => {
  it("leaves out owners, transactions, psql's commands and what extensions bring", async () => {
    const statements = await parseDesired([
      file(`\\restrict abc
BEGIN;
CREATE SCHEMA public;
-- its users
CREATE TABLE a (b text DEFAULT E'x
\\.y');
ALTER TABLE a OWNER TO somebody;
ALTER FUNCTION f() OWNER TO somebody;
CREATE EXTENSION pg_trgm;
CREATE SCHEMA app;
COMMENT ON EXTENSION pg_trgm IS 'x';
COMMIT;
`),
    ]);
    expect(statements.map(({ place }) => place)).toEqual([
      "schema.sql:5",
      "schema.sql:9",
      "schema.sql:10",
    ]);
    expect(statements.slice(1).map(({ sql }) => sql)).toEqual([
      "CREATE EXTENSION IF NOT EXISTS pg_trgm",
      "CREATE SCHEMA IF NOT EXISTS app",
    ]);
  });

  it("refuses a schema without anything, which would drop all", async () => {
    await expect(parseDesired([file("-- later"), file("", "b.sql")])).rejects.toThrow(
      "schema.sql, b.sql: no statement makes anything",
    );
  });

  it("says where every file cannot be read", async () => {
    const files = [file("SELECT 1;\nCREATE TABEL a ();", "a.sql"), file("CREATE;", "b.sql")];
    await expect(parseDesired(files)).rejects.toThrow(
      "the desired schema cannot be read\n  a.sql:2: syntax error\n  b.sql:1: syntax error",
    );
  });
});

describe("readDesired", () => {
  it("takes the .sql files of a folder by their paths, and refuses one without any", async () => {
    const folder = mkdtempSync(join(tmpdir(), "desired-"));
    mkdirSync(join(folder, "schema/b"), { recursive: true });
    mkdirSync(join(folder, "none"));
    for (const name of ["schema/c.sql", "schema/b/a.sql", "schema/README.md"]) {
      writeFileSync(join(folder, name), name);
    }
    const found = await readDesired({ kind: "path", path: "schema" }, folder);
    expect(found.map(({ shownPath }) => shownPath)).toEqual(["schema/b/a.sql", "schema/c.sql"]);
    await expect(readDesired({ kind: "path", path: "none" }, folder)).rejects.toThrow(
      "--schema: expected a folder with .sql files",
    );
    await expect(readDesired({ kind: "path", path: "nowhere" }, folder)).rejects.toThrow("ENOENT");
    rmSync(folder, { recursive: true });
  });

  it.each([
    ["echo 'SELECT 1'", "SELECT 1\n"],
    ["exit 3", "the command of --from-command ended with 3: exit 3"],
    ["true", "the command of --from-command printed nothing: true"],
  ])("takes what a command prints: %s", async (command, expected) => {
    const read = readDesired({ kind: "command", command, env: process.env }, tmpdir());
    const text = await read.then(
      ([first]) => first?.text,
      (error: unknown) => (error as Error).message,
    );
    expect(text).toBe(expected);
  });
});

describe("loadDesired", () => {
  let server: PostgresServer;
  let client: Client;
  beforeAll(async () => {
    server = await startPostgres();
    client = new Client({ connectionString: server.url() });
    await client.connect();
    await client.query(
      "CREATE ROLE owner; GRANT ALL ON SCHEMA public TO owner; GRANT CREATE ON DATABASE postgres TO owner",
    );
  });
  afterAll(async () => {
    await client.end();
    await server.stop();
  });

  const load = async (...texts: string[]): Promise<void> => {
    const files = texts.map((text, index) => file(text, `${index}.sql`));
    await loadDesired(client, await parseDesired(files), "owner", ["public"]);
  };

  it("makes it in any order, as the owner, with the settings of each file", async () => {
    await load(
      "CREATE VIEW v AS SELECT * FROM other.t; CREATE TABLE u (t int REFERENCES other.t (id));",
      "SET search_path = other; CREATE INDEX i ON t (id); ALTER TABLE t ADD PRIMARY KEY (id);",
      "CREATE SCHEMA other; CREATE TABLE other.t (id int);",
    );
    const { rows } = await client.query<{ relation: string; owner: string }>(
      "SELECT oid::regclass::text AS relation, relowner::regrole::text AS owner FROM pg_class WHERE relname IN ('v', 't', 'u', 'i') ORDER BY 1",
    );
    expect(rows.map(({ relation, owner }) => `${relation} ${owner}`)).toEqual([
      "other.i owner",
      "other.t owner",
      "u owner",
      "v owner",
    ]);
  });

  it("says all that fails, where, and who has to be named", async () => {
    await expect(
      load(
        "CREATE TABLE g (id int);\nGRANT SELECT ON g TO reader;",
        "CREATE TABLE h (x nothing);\nGRANT SELECT ON g TO writer;",
      ),
    ).rejects.toMatchObject({
      message: [
        "the desired schema cannot be read",
        '0.sql:2: role "reader" does not exist (42704)',
        '1.sql:1: type "nothing" does not exist (42704)',
        '1.sql:2: role "writer" does not exist (42704)',
      ].join("\n  "),
      remedy:
        "name roles that others make by --other-roles reader,writer, the service's login by --runtime-role",
    });
  });
});
