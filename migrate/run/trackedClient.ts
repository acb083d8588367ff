import type { Client, ClientBase, QueryConfig } from "pg";

/** What node-pg-migrate sent, for the error message. */
export interface FailedStatement {
  sql: string;
  /** How many statements of it were done before the one that failed. */
  completed: number;
}

/** Sees every statement that node-pg-migrate sends. */
export interface TrackedClient {
  /** To be given to node-pg-migrate as its `dbClient`: it calls nothing but `query`. */
  dbClient: ClientBase;
  /** The statement that an error came from. */
  statementOf(error: unknown): FailedStatement | null;
  /** Ends the tracking. */
  stop: () => void;
}

export interface TrackOptions {
  signal: AbortSignal;
  /** Runs in the transaction, after everything else in it. */
  beforeCommit(): Promise<void>;
}

export function trackClient(client: Client, options: TrackOptions): TrackedClient {
  const failed = new WeakMap<object, FailedStatement>();
  const { counter, stop } = countCompleted(client);
  const query = async (statement: string | QueryConfig, values?: unknown[]): Promise<unknown> => {
    const sql = typeof statement === "string" ? statement : statement.text;
    // node-pg-migrate's answer to an error: that one counts, not that a lost connection takes no more.
    if (/^\s*ROLLBACK\s*;?\s*$/i.test(sql)) return client.query(sql).catch(() => undefined);
    // A signal that comes between two statements has nothing to cancel.
    options.signal.throwIfAborted();
    if (/^\s*COMMIT\s*;?\s*$/i.test(sql)) await options.beforeCommit();
    counter.completed = 0;
    try {
      return await client.query(statement as string, values);
    } catch (error) {
      const { completed } = counter;
      if (typeof error === "object" && error !== null) failed.set(error, { sql, completed });
      throw error;
    }
  };
  return {
    dbClient: { query } as unknown as ClientBase,
    statementOf: (error) =>
      typeof error === "object" && error !== null ? (failed.get(error) ?? null) : null,
    stop,
  };
}

/**
 * Counts finished statements. A file is sent as one text, and PostgreSQL gives many errors, a missing
 * table in ALTER TABLE among them, without a position: the count says which statement it was.
 */
function countCompleted(client: Client): { counter: { completed: number }; stop: () => void } {
  const counter = { completed: 0 };
  const count = (): void => {
    counter.completed += 1;
  };
  const { connection } = client as unknown as { connection: NodeJS.EventEmitter };
  connection.on("commandComplete", count);
  return { counter, stop: () => void connection.off("commandComplete", count) };
}
