import { Client } from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type PostgresServer, startPostgres } from "../../../../migrate/postgres";
import { matchPattern } from "../../../../migrate/shadow/fill/matchPattern";

let server: PostgresServer;
let client: Client;

beforeAll(async () => {
  server = await startPostgres();
  client = new Client({ connectionString: server.url() });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await server.stop();
});

it.each([
  ["^[A-Z]{3}$", 60],
  ["^[a-z0-9]+(-[a-z0-9]+)*$", 60],
  ["^#[0-9a-fA-F]{6}$", 60],
  ["^(open|closed)$", 1],
  ["^\\d{2}:\\d{2}$", 60],
  ["^\\+?[1-9]\\d{1,14}$", 60],
  ["^v?[0-9]+\\.[0-9]+\\.[0-9]+(-[a-z]+)?$", 60],
  ["^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", 60],
  ["^[[:alpha:]][[:alnum:]_]{2,}$", 60],
  ["^a.c\\.txt$", 26],
  ["^(?:ab){2}[x\\-y]$", 3],
  ["[a-f]", 6],
])("matches %s in every row, with %i different texts in 60 rows", async (pattern, different) => {
  const sql = matchPattern(pattern)?.("row");
  const { rows } = await client.query<{ matches: boolean; different: number }>(
    `SELECT bool_and(text ~ $1) AS matches, count(DISTINCT text)::int AS different
     FROM (SELECT ${sql ?? "NULL"} AS text FROM generate_series(1::bigint, 60) AS series (row)) AS made`,
    [pattern],
  );
  expect(rows).toEqual([{ matches: true, different }]);
});

it.each(["(?=x)y", "\\y", "[a", "(a", "a{200}", "a**", ""])("gives %s up", (pattern) => {
  expect(matchPattern(pattern)).toBeNull();
});
