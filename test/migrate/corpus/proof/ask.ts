import { type Client, DatabaseError, type QueryResult } from "pg";
import { QUERIES, type Query, ROWS } from "../shop";

/** SQLSTATE of an error of the database; others are thrown on. */
export function stateOf(error: unknown): string {
  if (error instanceof DatabaseError && error.code !== undefined) return error.code;
  throw error;
}

/** What each query of the service gives, inside the transaction that is open; none of them leaves a trace. */
export async function askAll(client: Client): Promise<Map<Query, string>> {
  const answers = new Map<Query, string>();
  for (const query of Object.keys(QUERIES) as Query[]) {
    answers.set(query, await ask(client, QUERIES[query]));
  }
  return answers;
}

export function findBroken(
  before: ReadonlyMap<Query, string>,
  after: ReadonlyMap<Query, string>,
): Partial<Record<Query, string>> {
  return Object.fromEntries([...after].filter(([query, answer]) => before.get(query) !== answer));
}

const READ = "SELECT coalesce(sum(seq_tup_read), 0) FROM pg_stat_xact_user_tables";

/** The rows of one query, or the state that it fails with; of a DELETE also whether it reads a table whole. */
export async function ask(client: Client, sql: string): Promise<string> {
  const isDelete = sql.startsWith("DELETE");
  const parts = [
    "SAVEPOINT asked",
    "SET LOCAL ROLE app",
    ...(isDelete ? [READ, sql, READ] : [sql]),
  ];
  try {
    const answered = (await client.query(parts.join("; "))) as unknown as QueryResult[];
    const results = answered.slice(2).map(({ rows }) => rows.map(Object.values));
    if (!isDelete) return JSON.stringify(results.at(-1));
    const [before, rows, after] = results;
    const read = Number(after?.[0]?.[0]) - Number(before?.[0]?.[0]);
    return `${JSON.stringify(rows)}${read >= ROWS * 0.9 ? " after it has read a table whole" : ""}`;
  } catch (error) {
    return stateOf(error);
  } finally {
    await client.query("ROLLBACK TO SAVEPOINT asked; RELEASE SAVEPOINT asked");
  }
}
