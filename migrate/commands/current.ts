import type { CommandDefinition, CommandResult } from "../command";
import { newest } from "../history/compare";
import type { PastRun } from "../history/readRuns";
import type { CommandContext } from "../run/workspace";
import { formatDuration } from "../settings/duration";
import { COMMON_FLAGS } from "../settings/flags";
import type { Settings } from "../settings/parse";
import { type ReadSettings, parseRead } from "../settings/read";
import { _history } from "./history";

/** The newest applied migration, and the run that applied it; null when nothing is applied. */
export type Current = PastRun | null;

/** Where the schema is. Trusts its input; changes nothing. */
export async function _current(settings: ReadSettings, context: CommandContext): Promise<Current> {
  const { runs, applied } = await _history(settings, context);
  const version = newest(applied);
  return runs.findLast(({ name, direction }) => name === version && direction === "up") ?? null;
}

/** Where the schema is. */
export async function current(settings: Settings, context: CommandContext): Promise<Current> {
  return _current(parseRead(settings, COMMON_FLAGS), context);
}

export const currentCommand: CommandDefinition = {
  name: "current",
  describe: "Says which migration the schema is at, and what brought it there",
  flags: {},
  examples: [
    ["current", "of the database that .env names; no files are needed"],
    ["current --json", "for a program"],
  ],
  emptyDocument: toFields(null),
  run: async (settings, context): Promise<CommandResult> => {
    const found = await current(settings, context);
    return {
      document: { formatVersion: 1, command: "current", ...toFields(found), error: null },
      lines: [toLine(found)],
      exitCode: 0,
    };
  },
};

function toFields(found: Current): object {
  return {
    schema: { version: found?.name ?? null },
    appliedAt: found?.ranAt ?? null,
    durationMs: found?.durationMs ?? null,
    sha256: found?.sha256 ?? null,
    buildId: found?.buildId ?? null,
    commit: found?.commit ?? null,
    image: found?.image ?? null,
    toolVersion: found?.toolVersion ?? null,
  };
}

function toLine(found: Current): string {
  if (found === null) return "nothing is applied";
  const { name, ranAt, durationMs, buildId, image } = found;
  const facts = [
    `applied ${ranAt}`,
    durationMs === null ? null : `in ${formatDuration(durationMs)}`,
    buildId === null ? null : `by build ${buildId}`,
    image === null ? null : `from ${image}`,
  ];
  return `${name}, ${facts.filter((fact) => fact !== null).join(" ")}`;
}
