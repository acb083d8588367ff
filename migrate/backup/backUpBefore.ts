import { hostname } from "node:os";
import type { LoadedMigration } from "../files/load";
import type { Client } from "pg";
import type { Session } from "../connection/session";
import type { RunOutcome } from "../run/outcome";
import type { Workspace } from "../run/workspace";
import type { InstanceConnection } from "../settings/connection";
import type { RunSettings } from "../settings/parse";
import type { FlagReader } from "../settings/reader";
import { statementsOf } from "../sql/statementsOf";
import { createAdminApi } from "./adminApi";
import type { Backup } from "./backup";
import { dropsDatabase, listDangers, refuseUnparsable } from "./dangers";
import { readDatabase } from "./readDatabase";
import { flagsOf, takeBackup } from "./takeBackup";

/** A backup that `up` takes when it is needed. */
export interface BackupSettings {
  connection: InstanceConnection;
  description: string;
  timeoutMs: number;
  again: string;
}

/** Reads what `--backup-before` asks for; null when it is not given. */
export function readBackup(reader: FlagReader, run: RunSettings): BackupSettings | null {
  const timeoutMs = reader.duration("backup-timeout", 30 * 60_000);
  if (!reader.flag("backup-before")) return null;
  const { connection, attribution, again } = run;
  if (connection.kind !== "instance") {
    reader.violations.push({
      path: "--backup-before",
      expected: "a Cloud SQL instance, by --instance or INSTANCE_CONNECTION_NAME",
      got: connection.kind === "url" ? "DATABASE_URL" : "PGHOST",
      remedy: "name the instance, or leave the flag out: another server's backups are your own",
    });
    return null;
  }
  // The release looks the backup up by these words.
  const whose = attribution.buildId === null ? hostname() : `build ${attribution.buildId}`;
  return { connection, description: `cloud-run-migrations ${whose}`, timeoutMs, again };
}

/** Takes a backup when a migration can lose data, and puts it into the outcome. */
export async function backUpBefore(
  workspace: Workspace,
  migrations: readonly LoadedMigration[],
  shorthands: Record<string, unknown>,
  settings: BackupSettings,
  outcome: RunOutcome,
): Promise<void> {
  if (migrations.length === 0) return;
  const { session, context, tables } = workspace;
  const database = await readDatabase(session.client, tables);
  const options = { direction: "up", scripts: "self-contained", shorthands } as const;
  const read = await statementsOf(migrations, options);
  refuseUnparsable(read, database);
  const dangers = listDangers(read, database);
  if (dangers.length === 0) return;
  if (!database.holdsData && !dropsDatabase(read)) {
    context.progress("no backup is taken: nobody has a table in this database yet");
    return;
  }
  const { instance } = settings.connection;
  for (const line of dangers) context.progress(line);
  context.progress(`taking a backup of ${instance} first`);
  const backup = await withName(session, () => take(workspace, settings, outcome));
  context.progress(`backup ${backup.id} is done`);
  outcome.backup = { ...backup, recoveryTime: await readClock(session.client, settings) };
}

async function take(
  { session: { client }, context }: Workspace,
  settings: BackupSettings,
  outcome: RunOutcome,
): Promise<Omit<Backup, "recoveryTime">> {
  const { connection, again } = settings;
  const { instance } = connection;
  const known = { mayHaveBegun: false, started: "" };
  const next = (): string =>
    known.started === ""
      ? `nothing was applied; a backup may have begun, and goes on by itself, see gcloud sql backups list ${flagsOf(instance)}; ${again}`
      : `nothing was applied; the backup ${known.started} goes on by itself, see gcloud sql backups describe ${known.started} ${flagsOf(instance)}; ${again}`;
  const request = {
    ...{ ...settings, instance },
    onAsked: (mayHaveBegun: boolean) => {
      known.mayHaveBegun = mayHaveBegun;
    },
    onStarted: (id: string) => {
      known.started = id;
    },
    checkLock: async () => {
      await client.query("SELECT 1").catch((error: unknown) => {
        context.signal.throwIfAborted();
        throw new LostLockError(next(), error);
      });
    },
  };
  try {
    return await takeBackup(request, context, createAdminApi(connection, context.signal));
  } catch (error) {
    if (context.signal.aborted && (known.mayHaveBegun || known.started !== ""))
      outcome.next = next();
    throw error;
  }
}

/** The connection ended while nothing was done on it, and the lock with it. */
class LostLockError extends Error {
  constructor(
    readonly remedy: string,
    cause: unknown,
  ) {
    super(
      "the connection to the database was lost while a backup was waited for, and the migration lock with it; nothing was applied",
      { cause },
    );
    this.name = "LostLockError";
  }
}

/** How a migrator that waits for a backup, with the lock in its hands, is called in the list of connections. */
export const BACKUP_WAITER = "cloud-run-migrations waits for a backup";

/** Has the list of connections say what is waited for: another migrator names it by that. */
async function withName<T>(session: Session, use: () => Promise<T>): Promise<T> {
  const { client, applicationName } = session;
  const setName = "SELECT set_config('application_name', $1, false)";
  const purpose = applicationName.replace(/^\S+ /, "");
  // PostgreSQL cuts a longer name off.
  const name = `${BACKUP_WAITER}, ${purpose}`.slice(0, 63);
  await client.query(setName, [name]);
  try {
    return await use();
  } finally {
    await client.query(setName, [applicationName]).catch(() => undefined);
  }
}

/** The server's time, by which its write-ahead log is read. */
async function readClock(client: Client, { again }: BackupSettings): Promise<string> {
  try {
    const { rows } = await client.query<{ now: string }>(
      `SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS now`,
    );
    return rows[0]?.now ?? "";
  } catch (error) {
    throw new LostLockError(again, error);
  }
}
