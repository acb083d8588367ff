import { isAbsolute, join } from "node:path";
import type { Allowances } from "../history/refuse";
import { InvalidArgsError, type Violation, quote } from "../violations";
import { type ConnectionSettings, readConnection } from "./connection";
import { type Environment, findCloudVariable, isSet } from "./environment";
import type { Flags } from "./flags";
import { type FlagReader, type UntrustedFlags, createFlagReader } from "./reader";

/**
 * What a command was given. This type is not trusted: to use its values they must be parsed into
 * `UpSettings`, `DownSettings` and so on.
 */
export interface Settings {
  /** Flags by their long name. */
  flags: UntrustedFlags;
  /** What stands behind the command's name. */
  words: readonly string[];
  /** What stands behind `--`. */
  rest: readonly string[];
  env: Environment;
  cwd: string;
}

/** Where the migration files are. */
export interface FolderSettings {
  /** Absolute path. */
  folder: string;
  /** As the user wrote it, for messages. */
  shownFolder: string;
  /**
   * Names in it that are no migrations.
   *
   * @default - hidden files alone
   */
  ignored?: RegExp | null;
}

/** Where applied migrations are listed, and where the migrations work. */
export interface TableSettings {
  /** The first one is where unqualified names are made. */
  schemas: readonly [string, ...string[]];
  migrationsSchema: string;
  migrationsTable: string;
}

/** What a run is annotated with. */
export interface Attribution {
  buildId: string | null;
  commit: string | null;
  image: string | null;
}

/** Who owns what, and what is there before the migrations. */
export interface RoleSettings {
  role: string;
  runtimeRole: string | null;
  extensions: readonly string[];
}

/** Of the commands that change the database. */
export interface RunSettings extends FolderSettings, TableSettings, RoleSettings {
  connection: ConnectionSettings;
  lockTimeoutMs: number;
  statementTimeoutMs: number;
  lockWaitMs: number;
  lockRetries: number;
  attribution: Attribution;
  /** How the user runs this once more. */
  again: string;
}

/**
 * Reads the settings of one command with `read`; throws all violations at once. `known` are the flags
 * that the command has; `words` says whether it takes any.
 */
export function parseWith<T>(
  settings: Settings,
  known: Flags,
  words: "none" | "some",
  read: (reader: FlagReader) => T,
): T {
  const reader = createFlagReader(settings.flags);
  reader.violations.push(...findUnknown(settings, known, words));
  const parsed = read(reader);
  if (reader.violations.length > 0) throw new InvalidArgsError(reader.violations);
  return parsed;
}

function findUnknown(settings: Settings, known: Flags, words: "none" | "some"): Violation[] {
  const expected = "a flag of this command";
  const remedy = "see --help";
  const flags = Object.keys(settings.flags).filter((flag) => !(flag in known));
  const surplus = words === "none" ? settings.words : [];
  return [
    ...flags.map((flag) => ({
      path: flag.length === 1 ? `-${flag}` : `--${flag}`,
      expected,
      got: "an unknown one",
      remedy,
    })),
    ...surplus.map((word) => ({ path: "arguments", expected: "none", got: quote(word), remedy })),
  ];
}

/** For a place that a violation, already reported, makes unreachable. */
export function required<T>(value: T | null, reader: FlagReader): T {
  if (value === null) throw new InvalidArgsError(reader.violations);
  return value;
}

export function readFolder(reader: FlagReader, { cwd }: Settings): FolderSettings {
  const shownFolder = (reader.text("migrations-dir") ?? "migrations").replace(/(?<=.)\/+$/, "");
  const folder = isAbsolute(shownFolder) ? shownFolder : join(cwd, shownFolder);
  return { shownFolder, folder, ignored: readIgnored(reader) };
}

function readIgnored(reader: FlagReader): RegExp | null {
  const pattern = reader.text("ignore-pattern");
  if (pattern === null) return null;
  try {
    // As node-pg-migrate makes it, alternatives and all.
    return new RegExp(`^${pattern}$`);
  } catch {
    reader.violations.push({
      path: "--ignore-pattern",
      expected: "a regular expression",
      got: quote(pattern),
      remedy: "for example: .*\\.md",
    });
    return null;
  }
}

export function readTables(reader: FlagReader, flag = "schema"): TableSettings {
  const names = reader.list(flag).map((name) => reader.identifier(flag, name));
  const [first = "public", ...others] = names;
  const migrationsSchema = reader.text("migrations-schema");
  const migrationsTable = reader.text("migrations-table") ?? "pgmigrations";
  return {
    schemas: [first, ...others],
    // The first schema has been looked at.
    migrationsSchema:
      migrationsSchema === null ? first : reader.identifier("migrations-schema", migrationsSchema),
    // Room for `_runs`, the annotations' table beside it.
    migrationsTable: reader.identifier("migrations-table", migrationsTable, 58),
  };
}

export function readConnectionOf(reader: FlagReader, { env }: Settings): ConnectionSettings | null {
  return readConnection(reader, env);
}

/** Whether anything says which database is meant. */
export function namesDatabase({ flags, env }: Settings): boolean {
  const variables = [env.INSTANCE_CONNECTION_NAME, env.DATABASE_URL, env.PGHOST];
  return flags.instance !== undefined || variables.some(isSet);
}

export function readRoleSettings(reader: FlagReader): RoleSettings {
  const role = reader.identifier("role", reader.text("role") ?? "app_owner");
  const runtimeRole = reader.text("runtime-role");
  if (runtimeRole !== null) reader.identifier("runtime-role", runtimeRole);
  if (runtimeRole === role) {
    reader.violations.push({
      path: "--runtime-role",
      expected: "another role than --role, for the service must own nothing",
      got: quote(runtimeRole),
      remedy: "name the service's own login",
    });
  }
  const extensions = reader.list("extensions").map((name) => reader.identifier("extensions", name));
  return { role, runtimeRole, extensions };
}

export function readRun(reader: FlagReader, settings: Settings, command: string): RunSettings {
  const roles = readRoleSettings(reader);
  const parsed = {
    ...readFolder(reader, settings),
    ...readTables(reader),
    ...roles,
    lockTimeoutMs: reader.duration("lock-timeout", 5000),
    statementTimeoutMs: reader.duration("statement-timeout", 15 * 60_000),
    lockWaitMs: reader.duration("lock-wait", 10 * 60_000),
    // With the timeout and the pauses, about two minutes.
    lockRetries: reader.count("lock-retries", 9),
    attribution: readAttribution(settings.env),
    // A corrected file needs a new image.
    again:
      findCloudVariable(settings.env) === null
        ? `run cloud-run-migrations ${command} again`
        : "release again",
  };
  const connection = readConnectionOf(reader, settings);
  return { ...parsed, connection: required(connection, reader) };
}

export function readAllowances(reader: FlagReader): Allowances {
  return {
    allowEdited: reader.flag("allow-edited"),
    allowOutOfOrder: reader.flag("allow-out-of-order"),
    allowAhead: reader.flag("allow-ahead"),
  };
}

/** Why the database counts as production, or null. */
export function findProductionSign(
  connection: ConnectionSettings,
  env: Environment,
): string | null {
  if (connection.kind === "instance") return `the Cloud SQL instance ${connection.instance}`;
  const variable = findCloudVariable(env);
  return variable === null ? null : `a run in Google Cloud (${variable} is set)`;
}

function readAttribution(env: Environment): Attribution {
  const valueOf = (value: string | undefined): string | null => (isSet(value) ? value : null);
  return {
    buildId: valueOf(env.BUILD_ID),
    commit: valueOf(env.COMMIT_SHA),
    image: valueOf(env.IMAGE),
  };
}
