import { type Flags, RUN_FLAGS } from "../settings/flags";
import {
  type FolderSettings,
  type RoleSettings,
  type Settings,
  type TableSettings,
  readFolder,
  readRoleSettings,
  readTables,
} from "../settings/parse";
import type { FlagReader } from "../settings/reader";
import { quote } from "../violations";
import { checkShadowUrl } from "./refuseServer";

/** What migrations are run with on a server that this tool has made. */
export interface OwnServerSettings extends FolderSettings, TableSettings, RoleSettings {
  /** Roles that the migrations name and others have made. */
  otherRoles: readonly string[];
  statementTimeoutMs: number;
}

/** Of commands that try migrations on a throwaway server. */
export interface ShadowSettings extends OwnServerSettings {
  /** An empty server; null for the embedded one. */
  shadowUrl: string | null;
  /** How many rows each table is filled with; null for none. */
  rows: number | null;
}

/** Flags of `OwnServerSettings`. */
export const OWN_SERVER_FLAGS = {
  role: RUN_FLAGS.role,
  "runtime-role": { type: "string", describe: "login of the service: it is made there" },
  "other-roles": {
    type: "string",
    describe: "further roles that the migrations name, separated by commas: they are made too",
  },
  extensions: RUN_FLAGS.extensions,
  "statement-timeout": RUN_FLAGS["statement-timeout"],
} satisfies Flags;

/** Flags of `ShadowSettings`. */
export const SHADOW_FLAGS = {
  rows: {
    type: "string",
    describe: "fill each table with so many rows before it is migrated",
    defaultDescription: "none",
  },
  "shadow-url": {
    type: "string",
    describe: "URL of the superuser of an empty server to use instead of the embedded PostgreSQL",
  },
  ...OWN_SERVER_FLAGS,
} satisfies Flags;

export function readOwnServer(
  reader: FlagReader,
  settings: Settings,
  schemaFlag = "schema",
): OwnServerSettings {
  return {
    ...readFolder(reader, settings),
    ...readTables(reader, schemaFlag),
    ...readRoleSettings(reader),
    otherRoles: reader.list("other-roles").map((name) => reader.identifier("other-roles", name)),
    statementTimeoutMs: reader.duration("statement-timeout", 15 * 60_000),
  };
}

export function readShadow(
  reader: FlagReader,
  settings: Settings,
  schemaFlag = "schema",
): ShadowSettings {
  const shadowUrl = reader.text("shadow-url");
  if (shadowUrl !== null) reader.violations.push(...checkShadowUrl(shadowUrl, settings.env));
  return { ...readOwnServer(reader, settings, schemaFlag), shadowUrl, rows: readRows(reader) };
}

const MOST_ROWS = 1_000_000;

function readRows(reader: FlagReader): number | null {
  const text = reader.text("rows");
  if (text === null) return null;
  const rows = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  if (rows >= 1 && rows <= MOST_ROWS) return rows;
  reader.violations.push({
    path: "--rows",
    expected: `a whole number from 1 to ${MOST_ROWS}`,
    got: quote(text),
    remedy: "give how many rows each table is to have, such as 1000",
  });
  return null;
}

/** Flags that name a database, for a command that must not touch any that is there. */
export function refuseConnection(reader: FlagReader, reason: string): void {
  for (const flag of ["instance", "iam", "impersonate", "ip-type"]) {
    const value = flag === "iam" ? reader.flag(flag) || null : reader.text(flag);
    if (value === null) continue;
    const remedy = "leave it out";
    reader.violations.push({
      path: `--${flag}`,
      expected: `nothing, for ${reason}`,
      got: quote(value),
      remedy,
    });
  }
}
