import type { Client } from "pg";
import type { ConnectionSettings } from "../settings/connection";
import { type ConnectContext, connect } from "./connect";
import { type OpenClient, openClient } from "./open";
import { findPooling } from "./pooling";

/** A connection that a command works on. */
export interface Session {
  client: Client;
  /** Process of the server that serves this connection. */
  backendPid: number;
  settings: ConnectionSettings;
  applicationName: string;
}

/** What holds for every statement of a session. */
export interface SessionOptions {
  /** Command and build, for the list of connections. */
  purpose: string;
  statementTimeoutMs: number;
  lockTimeoutMs: number;
  /** The server itself then refuses whatever would change something. */
  isReadOnly?: boolean;
}

// PostgreSQL cuts a longer name off.
const LONGEST_APPLICATION_NAME = 63;

/** Opens a session, runs `use` on it and closes it, whatever happens. */
export async function withSession<T>(
  settings: ConnectionSettings,
  options: SessionOptions,
  context: ConnectContext,
  use: (session: Session) => Promise<T>,
): Promise<T> {
  const applicationName = `cloud-run-migrations ${options.purpose}`.slice(
    0,
    LONGEST_APPLICATION_NAME,
  );
  const open = await connect(settings, applicationName, context);
  const stopWatching: (() => void)[] = [];
  try {
    await refusePooler(open, () => openClient(settings, applicationName));
    const session = await prepare(open, settings, applicationName, options);
    stopWatching.push(cancelOnAbort(session, context.signal));
    return await use(session);
  } finally {
    for (const stop of stopWatching) stop();
    await open.close();
  }
}

/** Settings, roles and locks of a session would be somebody else's a moment later. */
class PoolerError extends Error {
  readonly remedy = "connect to the server itself, or to a pool of pool_mode = session";

  constructor() {
    super("a pooler stands between, and lends its connections out by the transaction");
    this.name = "PoolerError";
  }
}

async function refusePooler(
  { client }: OpenClient,
  open: () => Promise<OpenClient>,
): Promise<void> {
  if ((await findPooling(client, open)) === "transaction") throw new PoolerError();
}

async function prepare(
  { client }: OpenClient,
  settings: ConnectionSettings,
  applicationName: string,
  options: SessionOptions,
): Promise<Session> {
  const { rows } = await client.query<{ pid: number }>(
    `SELECT pg_backend_pid() AS pid, set_config('statement_timeout', $1, false),
       set_config('lock_timeout', $2, false)`,
    [`${options.statementTimeoutMs}ms`, `${options.lockTimeoutMs}ms`],
  );
  if (options.isReadOnly === true) await client.query("SET default_transaction_read_only = on");
  // So that the server notices a killed migrator in the middle of a statement, rolls back and frees
  // the lock. PostgreSQL before 14, and servers on some systems, do not have it.
  await client.query("SET client_connection_check_interval = '500ms'").catch(() => undefined);
  // It waits for backups, and for locks, without a statement. PostgreSQL before 14 does not have it.
  await client.query("SET idle_session_timeout = 0").catch(() => undefined);
  return { client, backendPid: rows[0]?.pid ?? 0, settings, applicationName };
}

/** On a signal cancels the statement that runs, by a second connection, else drops the first one. */
function cancelOnAbort(session: Session, signal: AbortSignal): () => void {
  const cancel = (): void => {
    void cancelStatement(session).catch(() => {
      const { connection } = session.client as unknown as {
        connection: { stream: { destroy(): void } };
      };
      connection.stream.destroy();
    });
  };
  signal.addEventListener("abort", cancel, { once: true });
  return () => {
    signal.removeEventListener("abort", cancel);
  };
}

const CANCEL_TIMEOUT_MS = 3000;

async function cancelStatement(session: Session): Promise<void> {
  let timeout: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timeout = setTimeout(() => {
      reject(new Error("no second connection in time"));
    }, CANCEL_TIMEOUT_MS);
  });
  const cancelled = (async () => {
    const open = await openClient(session.settings, session.applicationName);
    try {
      await open.client.query("SELECT pg_cancel_backend($1)", [session.backendPid]);
    } finally {
      await open.close();
    }
  })();
  await Promise.race([cancelled, late]).finally(() => {
    clearTimeout(timeout);
  });
}
