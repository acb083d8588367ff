import type { CommandDefinition, CommandResult } from "../command";
import { withSession } from "../connection/session";
import { listFolder } from "../files/migrationFile";
import { refuseStrangers } from "../files/refuseStrangers";
import { type MigrationStatus, newest } from "../history/compare";
import { historyTables } from "../history/tables";
import { type CommandContext, digestFiles, look } from "../run/workspace";
import { paintState } from "../output/paint";
import { formatTable } from "../output/table";
import { formatDuration } from "../settings/duration";
import { COMMON_FLAGS } from "../settings/flags";
import type { Settings } from "../settings/parse";
import { READ_TIMEOUTS, type ReadSettings, parseRead } from "../settings/read";

export interface StatusReport {
  /** Newest applied migration; null when none is. */
  version: string | null;
  migrations: MigrationStatus[];
}

/** Compares files and database. Trusts its input; changes nothing. */
export async function _status(
  settings: ReadSettings,
  context: CommandContext,
): Promise<StatusReport> {
  const content = await listFolder(settings);
  refuseStrangers(content);
  const files = await digestFiles(content);
  const options = { ...READ_TIMEOUTS, purpose: "status" };
  return withSession(settings.connection, options, context, async ({ client }) => {
    const { history, statuses } = await look(client, historyTables(settings), files);
    if (history.runsFault !== null) context.progress(history.runsFault);
    const version = newest(history.applied.map(({ name }) => name));
    return { version, migrations: statuses };
  });
}

/** Compares files and database. */
export async function status(settings: Settings, context: CommandContext): Promise<StatusReport> {
  return _status(parseRead(settings, COMMON_FLAGS), context);
}

export const statusCommand: CommandDefinition = {
  name: "status",
  describe: "Lists migrations and what became of them; exit code 2 when something is not applied",
  flags: {},
  examples: [
    ["status", "of the database that .env names"],
    ["status --json", "for a program"],
  ],
  emptyDocument: { schema: { version: null }, applied: null, pending: null, migrations: [] },
  run: async (settings, context): Promise<CommandResult> => {
    const report = await status(settings, context);
    return {
      document: toDocument(report),
      lines: toLines(report),
      exitCode: report.migrations.every(({ state }) => state === "applied") ? 0 : 2,
    };
  },
};

function isPending({ state }: MigrationStatus): boolean {
  return state === "pending" || state === "out-of-order";
}

function toDocument({ version, migrations }: StatusReport): object {
  return {
    formatVersion: 1,
    command: "status",
    schema: { version },
    applied: migrations.filter((migration) => !isPending(migration)).length,
    pending: migrations.filter(isPending).length,
    migrations,
    error: null,
  };
}

function toLines({ version, migrations }: StatusReport): string[] {
  const rows = migrations.map(({ state, name, appliedAt, durationMs, buildId, image }) => [
    ...[paintState(state), name, appliedAt],
    ...[durationMs === null ? null : formatDuration(durationMs), buildId, image],
  ]);
  const table = formatTable(["STATE", "NAME", "APPLIED AT", "TOOK", "BUILD", "IMAGE"], rows);
  const counts = [...new Set(migrations.map(({ state }) => state))].map(
    (state) => `${migrations.filter((migration) => migration.state === state).length} ${state}`,
  );
  const sum = counts.length === 0 ? "no migrations" : counts.join(", ");
  const schema = version === null ? "nothing is applied" : `the schema is at ${version}`;
  return [...(rows.length === 0 ? [] : table), `${sum}; ${schema}`];
}
