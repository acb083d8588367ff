import type { ConnectionSettings } from "./connection";
import type { Flags } from "./flags";
import {
  type FolderSettings,
  type Settings,
  type TableSettings,
  parseWith,
  readConnectionOf,
  readFolder,
  readTables,
  required,
} from "./parse";

/** Of the commands that only look at the database. */
export interface ReadSettings extends FolderSettings, TableSettings {
  connection: ConnectionSettings;
}

/** What holds for every statement of such a command: it changes nothing and keeps nobody waiting. */
export const READ_TIMEOUTS = {
  statementTimeoutMs: 60_000,
  lockTimeoutMs: 5000,
  isReadOnly: true,
} as const;

/** Reads the settings of a command that takes no words and only looks. */
export function parseRead(settings: Settings, known: Flags): ReadSettings {
  return parseWith(settings, known, "none", (reader) => ({
    ...readFolder(reader, settings),
    ...readTables(reader),
    connection: required(readConnectionOf(reader, settings), reader),
  }));
}
