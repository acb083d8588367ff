import type { ClientBase } from "pg";
import { _up } from "../commands/up";
import type { CommandContext } from "../run/workspace";
import type { UrlConnection } from "../settings/connection";
import type { RunSettings } from "../settings/parse";
import { type Beforehand, createBeforehand } from "./extensions";
import type { OwnServerSettings } from "./settings";

/** Settings of a run on a database that this tool has made; `again` is how the user runs this once more. */
export function toRunSettings(
  settings: OwnServerSettings,
  connection: UrlConnection,
  again: string,
): RunSettings {
  return {
    ...settings,
    ...{ connection, again },
    lockTimeoutMs: 5000,
    lockWaitMs: 60_000,
    lockRetries: 3,
    attribution: { buildId: null, commit: null, image: null },
  };
}

/** Lets everything through: what does not fit is told by other means. */
export const ANYTHING = { allowEdited: true, allowOutOfOrder: true, allowAhead: true } as const;

/** What a database is set up with, before its migrations. */
export interface SetUp {
  run: RunSettings;
  /** The superuser's connection. */
  client: ClientBase;
  /** A folder without migrations. */
  emptyFolder: string;
  beforehand: readonly Beforehand[];
}

/** Sets up roles and tables as `up` does, and what only a superuser may create. Safe to call again. */
export async function setUpDatabase(
  { run, client, emptyFolder, beforehand }: SetUp,
  context: CommandContext,
): Promise<void> {
  const isBeforehand = (name: string): boolean => beforehand.some((one) => one.name === name);
  const extensions = run.extensions.filter((name) => !isBeforehand(name));
  const none = { folder: emptyFolder, to: null, backup: null };
  const outcome = await _up({ ...run, extensions, ...none, ...ANYTHING }, context);
  if (outcome.error !== null) throw new Error(outcome.error);
  await createBeforehand(client, beforehand, run.schemas[0]);
}
