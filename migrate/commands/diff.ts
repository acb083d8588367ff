import { mkdir } from "node:fs/promises";
import { performance } from "node:perf_hooks";
import type { CommandDefinition, CommandResult } from "../command";
import { canAsk } from "../diff/ask";
import { makeDatabases } from "../diff/databases";
import { toFiles, writeAll } from "../diff/newFiles";
import { parseDesired } from "../diff/parseDesired";
import { planWithRenames } from "../diff/planWithRenames";
import { prove } from "../diff/prove";
import { type DesiredSource, readDesired } from "../diff/readDesired";
import {
  type DiffReport,
  EMPTY_DIFF,
  isSettled,
  toDiffDocument,
  toDiffLines,
} from "../diff/report";
import { listFolder } from "../files/migrationFile";
import { findNameFault, toSlug } from "../files/nameMigration";
import { refuseStrangers } from "../files/refuseStrangers";
import type { CommandContext } from "../run/workspace";
import { COMMON_FLAGS, type Flags } from "../settings/flags";
import { type Settings, parseWith } from "../settings/parse";
import type { FlagReader } from "../settings/reader";
import { withScratch } from "../shadow/scratch";
import {
  SHADOW_FLAGS,
  type ShadowSettings,
  readShadow,
  refuseConnection,
} from "../shadow/settings";
import { type Shadow, withShadow } from "../shadow/withShadow";
import { quote } from "../violations";

export interface DiffSettings extends ShadowSettings {
  source: DesiredSource;
  /** What the change is called; null when nothing is written. */
  message: string | null;
  /** `OLD=NEW` */
  renames: readonly string[];
  cwd: string;
  /** Whether somebody may be asked about renames. */
  mayAsk: boolean;
}

const { "migrations-dir": FOLDER, schema: SCHEMAS } = COMMON_FLAGS;
const FLAGS = {
  message: {
    alias: "m",
    type: "string",
    describe: "what the change is called: the files get its name",
  },
  schema: {
    alias: "s",
    type: "string",
    describe: "the schema that is wanted: an SQL file, or a folder of them",
  },
  "from-command": {
    type: "string",
    describe: "a command that prints it, such as: drizzle-kit export",
  },
  rename: {
    type: "string",
    array: true,
    describe: "a table, column, type or sequence that got another name or schema: OLD=NEW",
  },
  check: {
    type: "boolean",
    describe: "write nothing; exit code 2 when migrations and schema differ",
  },
  // Here -m is the message, and --schema the schema that is wanted.
  "migrations-dir": { ...FOLDER, alias: [] },
  "db-schema": { ...SCHEMAS, alias: [] },
  ...SHADOW_FLAGS,
} satisfies Flags;

/** Compares migrations and schema, and writes what leads from one to the other. Trusts its input. */
export async function _diff(settings: DiffSettings, context: CommandContext): Promise<DiffReport> {
  return withShadow({ ...settings, url: settings.shadowUrl }, context, (shadow) =>
    diffOn(shadow, settings, context),
  );
}

/** As `_diff`, on a shadow that is there. */
export async function diffOn(
  shadow: Shadow,
  settings: DiffSettings,
  context: CommandContext,
): Promise<DiffReport> {
  const begin = performance.now();
  // As create does: the first migration makes its folder.
  if (settings.message !== null) await mkdir(settings.folder, { recursive: true });
  const content = await listFolder(settings);
  refuseStrangers(content);
  const statements = await parseDesired(await readDesired(settings.source, settings.cwd));
  const names = content.files.map(({ name }) => name);
  return withScratch(async (scratch) => {
    context.progress("applying the migrations, and the schema beside them");
    const databases = await makeDatabases(shadow, settings, statements, scratch, context);
    const plan = await planWithRenames(shadow, databases, settings, context);
    const files = toFiles(plan, settings.message, names);
    const isWritten = settings.message !== null && files.length > 0;
    if (isWritten) context.progress("proving what it came to");
    const options = { ...plan, settings, rows: settings.rows, scratch, context };
    const proof = isWritten ? await prove(shadow, databases, files, options) : null;
    context.signal.throwIfAborted();
    if (isWritten) await writeAll(settings.folder, files);
    return {
      ...plan,
      ...{ files, isWritten, proof },
      shownFolder: settings.shownFolder,
      durationMs: Math.round(performance.now() - begin),
    };
  });
}

/** Compares migrations and schema, and writes what leads from one to the other. */
export async function diff(settings: Settings, context: CommandContext): Promise<DiffReport> {
  return _diff(parseDiff(settings), context);
}

export const diffCommand: CommandDefinition = {
  name: "diff",
  describe:
    "Writes the migration that leads to a schema, proved up and down; or says that there is none",
  flags: FLAGS,
  examples: [
    [
      'diff -m "add orders" --schema schema.sql',
      "from the migrations that are there to this schema",
    ],
    ['diff -m "add orders" --from-command "npx drizzle-kit export"', "to that of Drizzle's models"],
    ['diff -m "rename users" --schema schema --rename users=people', "the rows stay"],
    ["diff --check --schema schema.sql", "in a pull request: exit code 2 when they differ"],
  ],
  emptyDocument: EMPTY_DIFF,
  run: async (settings, context): Promise<CommandResult> => {
    const report = await diff(settings, context);
    return {
      document: toDiffDocument(report),
      lines: toDiffLines(report),
      exitCode: isSettled(report) ? 0 : 2,
    };
  },
};

function parseDiff(settings: Settings): DiffSettings {
  const { cwd } = settings;
  return parseWith(settings, { ...COMMON_FLAGS, ...FLAGS }, "none", (reader) => {
    refuseConnection(reader, "diff makes databases of its own");
    return {
      ...readShadow(reader, settings, "db-schema"),
      source: readSource(reader, settings),
      message: readMessage(reader),
      renames: reader.list("rename"),
      cwd,
      mayAsk: canAsk() && !reader.flag("json") && !reader.flag("check"),
    };
  });
}

function readSource(reader: FlagReader, { env }: Settings): DesiredSource {
  const [path, command] = [reader.text("schema"), reader.text("from-command")];
  if (path !== null && command === null) return { kind: "path", path };
  if (command !== null && path === null) return { kind: "command", command, env };
  reader.violations.push({
    path: "--schema",
    expected: "one of --schema and --from-command",
    got: path === null ? "none of them" : "both",
    remedy: "name an SQL file, or a command that prints the schema",
  });
  return { kind: "path", path: "" };
}

function readMessage(reader: FlagReader): string | null {
  const message = reader.text("message");
  const isCheck = reader.flag("check");
  if (isCheck && message !== null) {
    const remedy = "leave one of them out: --check writes nothing";
    const got = "both";
    reader.violations.push({ path: "--check", expected: "--check or --message", got, remedy });
  }
  if (isCheck) return null;
  const fault = message === null ? "is not given" : findNameFault(toSlug([message]));
  if (fault !== null) {
    reader.violations.push({
      path: "--message",
      expected: "a few words that say what the migration does",
      got: message === null ? "nothing" : `${quote(message)}, which ${fault}`,
      remedy: 'for example: -m "add orders"; or --check, to write nothing',
    });
  }
  return message;
}
