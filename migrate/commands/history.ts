import type { CommandDefinition, CommandResult } from "../command";
import { withSession } from "../connection/session";
import { newest } from "../history/compare";
import { type PastRun, type PastRuns, readRuns } from "../history/readRuns";
import { historyTables } from "../history/tables";
import { formatTable } from "../output/table";
import type { CommandContext } from "../run/workspace";
import { formatDuration } from "../settings/duration";
import { COMMON_FLAGS } from "../settings/flags";
import type { Settings } from "../settings/parse";
import { READ_TIMEOUTS, type ReadSettings, parseRead } from "../settings/read";

/** What was run in this database. Trusts its input; changes nothing. */
export async function _history(settings: ReadSettings, context: CommandContext): Promise<PastRuns> {
  const options = { ...READ_TIMEOUTS, purpose: "history" };
  return withSession(settings.connection, options, context, async ({ client }) => {
    const past = await readRuns(client, historyTables(settings));
    if (past.runsFault !== null) context.progress(past.runsFault);
    return past;
  });
}

/** What was run in this database. */
export async function history(settings: Settings, context: CommandContext): Promise<PastRuns> {
  return _history(parseRead(settings, COMMON_FLAGS), context);
}

export const historyCommand: CommandDefinition = {
  name: "history",
  describe: "Lists every run, up and down: when, how long, by which build and image",
  flags: {},
  examples: [
    ["history", "of the database that .env names; no files are needed"],
    ["history --json", "for a program"],
  ],
  emptyDocument: { schema: { version: null }, runs: [] },
  run: async (settings, context): Promise<CommandResult> => {
    const { runs, applied } = await history(settings, context);
    const version = newest(applied);
    return {
      document: { formatVersion: 1, command: "history", schema: { version }, runs, error: null },
      lines: [...toTable(runs), toSum(runs, version)],
      exitCode: 0,
    };
  },
};

function toTable(runs: readonly PastRun[]): string[] {
  if (runs.length === 0) return [];
  return formatTable(
    ["RAN AT", "RUN", "NAME", "TOOK", "BUILD", "COMMIT", "IMAGE", "TOOL"],
    runs.map(({ ranAt, direction, name, durationMs, buildId, commit, image, toolVersion }) => [
      ...[ranAt, direction, name, durationMs === null ? null : formatDuration(durationMs)],
      ...[buildId, commit, image, toolVersion],
    ]),
  );
}

function toSum(runs: readonly PastRun[], version: string | null): string {
  const count = runs.length === 1 ? "1 run" : `${runs.length} runs`;
  return `${count}; ${version === null ? "nothing is applied" : `the schema is at ${version}`}`;
}
