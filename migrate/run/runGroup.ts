import { basename } from "node:path";
import { performance } from "node:perf_hooks";
import { type Client, escapeIdentifier } from "pg";
import type { LoadedMigration } from "../files/load";
import type { Run } from "../history/recordRuns";
import type { TableSettings } from "../settings/parse";
import type { Group } from "./groups";
import { type FailedStatement, trackClient } from "./trackedClient";
import { wrapActions } from "./wrapActions";

export interface GroupOptions {
  direction: "up" | "down";
  folder: string;
  tables: TableSettings;
  role: string;
  statementTimeoutMs: number;
  lockTimeoutMs: number;
  signal: AbortSignal;
  /** Shorthands of column types that applied scripts declare; later files may use them. */
  shorthands: Record<string, unknown>;
  onFile(migration: LoadedMigration): void;
  /** Writes the annotations; in the group's transaction, else right after it. */
  record(runs: readonly Run[], isTransaction: boolean): Promise<void>;
}

/** A group that failed: which file, at which statement. */
export class GroupError extends Error {
  /** After the last try for a lock: who held it, as far as it was seen. */
  blocker: string | null = null;

  constructor(
    override readonly cause: unknown,
    /** Null when it failed before or after all files. */
    readonly migration: LoadedMigration | null,
    readonly started: readonly LoadedMigration[],
    readonly statement: FailedStatement | null,
    /** False when the last file ran outside a transaction or ended it: what that file did stays. */
    readonly isUndone: boolean,
  ) {
    super(cause instanceof Error ? cause.message : String(cause));
    this.name = "GroupError";
  }
}

interface Progress {
  started: LoadedMigration[];
  startedAt: number[];
  usesTransaction: boolean;
}

/** Runs one group with node-pg-migrate; throws `GroupError` after rolling back what can be. */
export async function runGroup(
  client: Client,
  group: Group<LoadedMigration>,
  options: GroupOptions,
): Promise<Run[]> {
  const progress: Progress = { started: [], startedAt: [], usesTransaction: group.isTransaction };
  let recorded: Run[] = [];
  const tracked = trackClient(client, {
    signal: options.signal,
    isTransaction: group.isTransaction,
    beforeCommit: async () => {
      if (!group.isTransaction) return;
      recorded = toRuns(progress, options.direction);
      await options.record(recorded, true);
    },
  });
  try {
    await runWithLibrary(client, tracked.dbClient, group, options, progress);
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    const { started, usesTransaction } = progress;
    const isUndone = usesTransaction && !tracked.hasEscaped();
    // The cancelled statement's own error says less than the signal.
    const cause: unknown = options.signal.aborted ? options.signal.reason : error;
    const statement = tracked.statementOf(error);
    throw new GroupError(cause, started.at(-1) ?? null, started, statement, isUndone);
  } finally {
    tracked.stop();
  }
  if (group.isTransaction) return recorded;
  const runs = toRuns(progress, options.direction);
  await options.record(runs, false);
  return runs;
}

async function runWithLibrary(
  client: Client,
  dbClient: import("pg").ClientBase,
  group: Group<LoadedMigration>,
  options: GroupOptions,
  progress: Progress,
): Promise<void> {
  const { runner } = await import("node-pg-migrate");
  const units = group.files.map((migration) => ({
    id: migration.file.path,
    filePaths: [migration.file.path],
    actions: wrapActions(migration, {
      isTransaction: group.isTransaction,
      beforeFile: async () => {
        progress.started.push(migration);
        progress.startedAt.push(performance.now());
        options.onFile(migration);
        await prepareFile(client, migration, options, group.isTransaction);
      },
      afterAction: async (_, usesTransaction) => {
        progress.usesTransaction = usesTransaction;
        if (usesTransaction === group.isTransaction) return;
        await prepareFile(client, migration, options, usesTransaction);
      },
    }),
  }));
  // The library asks a loader per extension; together they give this group's files and nothing else.
  let isGiven = false;
  const loader = (): Promise<typeof units> => {
    const given = isGiven ? [] : units;
    isGiven = true;
    return Promise.resolve(given);
  };
  const [first] = units;
  if (first !== undefined) first.actions = withShorthands(first.actions, options.shorthands);
  await runner({
    dbClient,
    dir: options.folder,
    ignorePattern: allBut(group.files),
    direction: options.direction,
    count: group.files.length,
    migrationsTable: options.tables.migrationsTable,
    migrationsSchema: options.tables.migrationsSchema,
    schema: [...options.tables.schemas],
    singleTransaction: group.isTransaction,
    checkOrder: false,
    noLock: true,
    verbose: false,
    logger: SILENT,
    migrationLoaderStrategies: [
      { extensions: [".sql", ".js", ".cjs", ".mjs", ".ts", ".cts", ".mts"], loader },
    ],
  });
}

/** The library lists the folder by itself, and stops at a name without a number. */
function allBut(files: readonly LoadedMigration[]): string {
  const names = files.map(({ file }) => basename(file.path).replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return `(?!(?:${names.join("|")})$)[^]*`;
}

// The library prints whole statements when one fails, and with them the rows in them.
const SILENT = {
  info: (): void => undefined,
  warn: (): void => undefined,
  error: (): void => undefined,
};

/** Sets what holds for one file: whatever the file before it changed does not leak into this one. */
async function prepareFile(
  client: Client,
  { settings }: LoadedMigration,
  options: GroupOptions,
  usesTransaction: boolean,
): Promise<void> {
  // Outside a transaction nothing is held while a statement waits, nobody else is kept waiting, and
  // CREATE INDEX CONCURRENTLY must outlast every older transaction; it cannot be tried again either.
  const lockTimeoutMs = usesTransaction ? options.lockTimeoutMs : 0;
  const path = options.tables.schemas.map((name) => escapeIdentifier(name)).join(", ");
  await client.query(
    `SELECT set_config('role', $1, false), set_config('search_path', $2, false),
       set_config('statement_timeout', $3, false), set_config('lock_timeout', $4, false)`,
    [
      options.role,
      path,
      `${settings.statementTimeoutMs ?? options.statementTimeoutMs}ms`,
      `${settings.lockTimeoutMs ?? lockTimeoutMs}ms`,
    ],
  );
}

function toRuns({ started, startedAt }: Progress, direction: "up" | "down"): Run[] {
  const now = performance.now();
  return started.map(({ file, sha256 }, index) => {
    const durationMs = Math.round((startedAt[index + 1] ?? now) - (startedAt[index] ?? now));
    return { name: file.name, sha256, durationMs, direction };
  });
}

function withShorthands<T extends { shorthands?: object }>(
  actions: T,
  shorthands: Record<string, unknown>,
): T {
  if (Object.keys(shorthands).length === 0) return actions;
  return { ...actions, shorthands: { ...shorthands, ...actions.shorthands } };
}
