import { Client } from "pg";
import { readCatalogueOf } from "../../catalogue";
import { _down } from "../../commands/down";
import { _up } from "../../commands/up";
import { historyTables } from "../../history/tables";
import type { RunOutcome } from "../../run/outcome";
import type { CommandContext } from "../../run/workspace";
import type { FolderSettings, RunSettings } from "../../settings/parse";
import { type FilledTables, fillRows } from "../fill/fillRows";
import { ANYTHING, setUpDatabase, toRunSettings } from "../setUpDatabase";
import type { ShadowDatabase } from "../withShadow";
import type { VerifyRun } from "./run";

/** A database of the shadow, set up as `up` sets one up. */
export interface VerifyDatabase {
  /** Applies what is pending, up to a migration or all; of another folder than the user's, if given. */
  up(to: string | null, folder?: FolderSettings): Promise<RunOutcome>;
  /** Reverts the newest migration. */
  downOne(): Promise<RunOutcome>;
  catalogue(): Promise<string[]>;
  /** Fills the tables. `migration` is what runs next; null before the way back. */
  fill(migration: string | null): Promise<void>;
  /** Connection of the superuser. */
  client: Client;
  drop(): Promise<void>;
}

/** Opens a new database, in which the tool has set up its roles and tables, and nothing else. */
export async function openDatabase(run: VerifyRun): Promise<VerifyDatabase> {
  const { context, emptyFolder, settings } = run;
  const shadow = await run.shadow.createDatabase();
  const client = await openClient(shadow.superuserUrl, context);
  const filled: FilledTables = new Map();
  const database: VerifyDatabase = {
    client,
    up: (to, folder = settings) =>
      runIn(run, shadow, (quiet, own) =>
        _up(
          {
            ...own,
            ...folder,
            ...{ to, backup: null },
            // What does not fit is a finding, and then the rest is looked at.
            ...ANYTHING,
          },
          quiet,
        ),
      ),
    downOne: () =>
      runIn(run, shadow, (quiet, own) =>
        _down({ ...own, target: { steps: 1 }, isAgreed: true }, quiet),
      ),
    catalogue: () => readCatalogueOf(client),
    fill: (migration) => fill(run, client, filled, migration),
    drop: async () => {
      await client.end();
      await shadow.drop();
    },
  };
  const { beforehand } = run;
  await runIn(run, shadow, (quiet, own) =>
    setUpDatabase({ run: own, client, emptyFolder, beforehand }, quiet),
  );
  return database;
}

async function runIn<T>(
  { context: { signal }, settings }: VerifyRun,
  shadow: ShadowDatabase,
  work: (quiet: CommandContext, own: RunSettings) => Promise<T>,
): Promise<T> {
  shadow.lead();
  const own = toRunSettings(settings, shadow.connection, "run cloud-run-migrations verify again");
  const result = await work({ signal, progress: () => undefined }, own);
  signal.throwIfAborted();
  return result;
}

async function fill(
  { context, notFilled, settings, wishes }: VerifyRun,
  client: Client,
  filled: FilledTables,
  migration: string | null,
): Promise<void> {
  const { rows, schemas } = settings;
  if (rows === null) return;
  const tables = historyTables(settings);
  const except = [tables.migrations, tables.runs];
  const found = await fillRows(client, { rows, except, schemas, wishes, filled, ...context });
  const isKnown = ({ table, reason }: (typeof found)[number]): boolean =>
    notFilled.some((other) => other.table === table && other.reason === reason);
  notFilled.push(...found.filter((one) => !isKnown(one)).map((one) => ({ ...one, migration })));
}

/** The connection breaks on a signal: a statement that fills tables is not worth waiting for. */
async function openClient(url: string, { signal }: CommandContext): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  const { stream } = (client as unknown as { connection: { stream: { destroy(): void } } })
    .connection;
  signal.addEventListener("abort", () => {
    stream.destroy();
  });
  return client;
}
