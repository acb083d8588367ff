import type { Client, QueryConfig } from "pg";
import type { OpenClient } from "./open";

/**
 * What stands between a client and the server.
 *
 * - `none`: nothing that speaks PostgreSQL itself
 * - `session`: a pooler that, as far as can be seen, keeps a server's process for each client
 * - `transaction`: one that lends processes out by the transaction or statement; then session locks,
 *   `SET` and `SET ROLE` hold on somebody else's connection
 */
export type Pooling = "none" | "session" | "transaction";

// With servers lent out in turn (`server_round_robin`), or taken by others meanwhile, one look can miss it.
const ROUNDS = 5;

const ASK_TIMEOUT_MS = 5000;

/**
 * Finds a pooler without changing anything: no session setting, no lock. The key for cancelling that a
 * client is greeted with holds the server's process; a pooler makes one up. Only then a second
 * connection is opened, and both are asked in turn: a process that serves both, or a client that has
 * changed its process, is proof.
 */
export async function findPooling(
  client: Client,
  open: () => Promise<OpenClient>,
): Promise<Pooling> {
  const pid = await askPid(client);
  // Not in pg's types; null with servers that give no key.
  const { processID: greeted } = client as unknown as { processID: number | null };
  if (greeted === pid) return "none";
  const second = await open();
  try {
    return await compare(client, second.client, pid);
  } finally {
    await second.close();
  }
}

async function compare(first: Client, second: Client, pid: number): Promise<Pooling> {
  for (let round = 1; round <= ROUNDS; round++) {
    const other = await askPid(second).catch(() => null);
    // A pool that has no connection left for a second client cannot be judged by one.
    if (other === null) return "session";
    if (other === pid || (await askPid(first)) !== pid) return "transaction";
  }
  return "session";
}

async function askPid(client: Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>({
    text: "SELECT pg_backend_pid() AS pid",
    // A pooler keeps a client waiting for a connection, PgBouncer for two minutes.
    query_timeout: ASK_TIMEOUT_MS,
  } as QueryConfig);
  return rows[0]?.pid ?? 0;
}
