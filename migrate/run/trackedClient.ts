import type { Client, ClientBase, QueryConfig } from "pg";
import { TRANSACTION_CONTROL, isTransactionControl, listStatements } from "../files/sqlStatements";

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
  /** Whether a migration ended the transaction by itself, so that a rollback did not undo all. */
  hasEscaped(): boolean;
  /** Ends the tracking. */
  stop: () => void;
}

export interface TrackOptions {
  signal: AbortSignal;
  /** Whether the library is told to run everything in one transaction of its own. */
  isTransaction: boolean;
  /** Runs in that transaction, after everything else in it. */
  beforeCommit(): Promise<void>;
}

/** A migration meddles with the transaction that it runs in. */
export class TransactionControlError extends Error {
  readonly remedy = TRANSACTION_CONTROL.remedy;

  constructor(message: string) {
    super(message);
    this.name = "TransactionControlError";
  }
}

export function trackClient(client: Client, options: TrackOptions): TrackedClient {
  const failed = new WeakMap<object, FailedStatement>();
  const { counter, stop } = watchCompleted(client);
  let isOpen = false;
  let hasEnded = false;
  const isBroken = (): boolean => hasEnded || counter.ends > 0 || counter.begins > 1;
  const guard = (sql: string, isFrame: boolean): void => {
    hasEnded ||= isOpen && client.getTransactionStatus() === "I";
    if (isOpen && isBroken()) throw new TransactionControlError("it ended the transaction itself");
    if (!isFrame && controlsTransaction(sql)) {
      throw new TransactionControlError(TRANSACTION_CONTROL.message);
    }
  };
  const query = async (statement: string | QueryConfig, values?: unknown[]): Promise<unknown> => {
    const sql = typeof statement === "string" ? statement : statement.text;
    // node-pg-migrate's answer to an error: that one counts, not that a lost connection takes no more.
    if (/^\s*ROLLBACK\s*;?\s*$/i.test(sql)) return client.query(sql).catch(() => undefined);
    // A signal that comes between two statements has nothing to cancel.
    options.signal.throwIfAborted();
    // As the library sends them around a group; `pgm.sql` adds a semicolon.
    const isFrame = sql === "BEGIN" || sql === "COMMIT";
    if (options.isTransaction) guard(sql, isFrame);
    if (sql === "COMMIT") {
      await options.beforeCommit();
      isOpen = false;
    }
    counter.completed = 0;
    try {
      const result = await client.query(statement as string, values);
      if (sql === "BEGIN") isOpen = options.isTransaction;
      return result;
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
    hasEscaped: isBroken,
    stop,
  };
}

function controlsTransaction(sql: string): boolean {
  // Most statements need not be taken apart.
  if (!/\b(BEGIN|START|COMMIT|END|ROLLBACK|ABORT|PREPARE)\b/i.test(sql)) return false;
  return listStatements(sql).some(({ shape }) => isTransactionControl(shape));
}

/** What the server has said that it did. */
interface Completed {
  /**
   * Finished statements. A file is sent as one text, and PostgreSQL gives many errors, a missing table
   * in ALTER TABLE among them, without a position: the count says which statement it was.
   */
  completed: number;
  begins: number;
  /** Transactions whose changes stay. */
  ends: number;
}

function watchCompleted(client: Client): { counter: Completed; stop: () => void } {
  const counter: Completed = { completed: 0, begins: 0, ends: 0 };
  const count = ({ text }: { text: string }): void => {
    counter.completed += 1;
    if (text === "BEGIN" || text === "START TRANSACTION") counter.begins += 1;
    if (text === "COMMIT" || text === "PREPARE TRANSACTION") counter.ends += 1;
  };
  const { connection } = client as unknown as { connection: NodeJS.EventEmitter };
  connection.on("commandComplete", count);
  return { counter, stop: () => void connection.off("commandComplete", count) };
}
