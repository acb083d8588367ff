import { basename } from "node:path";
import type { CommandDefinition, CommandResult } from "../command";
import { compareNames } from "../files/fileName";
import { type FolderContent, listFolder } from "../files/migrationFile";
import { refuseStrangers } from "../files/refuseStrangers";
import { countRelations, recordApplied } from "../history/adopt";
import { withMigrationLock } from "../lock";
import { findForeign } from "../roles/findForeign";
import {
  type CommandContext,
  type DigestedFile,
  type Workspace,
  digestFiles,
  lookFrom,
  prepareDatabase,
  toRunOptions,
  withWorkspace,
} from "../run/workspace";
import { COMMON_FLAGS, type Flags, RUN_FLAGS } from "../settings/flags";
import { type RunSettings, type Settings, parseWith, readRun } from "../settings/parse";
import { InvalidArgsError, quote } from "../violations";

export interface BaselineSettings extends RunSettings {
  /** Newest migration that the schema has already. */
  name: string;
  /** Whether the user has agreed to what will be recorded. */
  isAgreed: boolean;
}

export interface BaselineReport {
  /** Recorded as applied, in order. */
  recorded: string[];
  /** Left to `up`. */
  pending: string[];
  /** What others must hand over before migrations can change it; null when nothing is theirs. */
  next: string | null;
}

/** The schema was not adopted; nothing was recorded. */
class BaselineError extends Error {
  constructor(
    message: string,
    readonly remedy: string,
    cause?: unknown,
  ) {
    super(message, { cause });
    this.name = "BaselineError";
  }
}

const FLAGS = {
  yes: { type: "boolean", describe: "record; without it the command says what it would record" },
  ...RUN_FLAGS,
} satisfies Flags;

/** Records what the schema has already as applied. Trusts its input. */
export async function _baseline(
  settings: BaselineSettings,
  context: CommandContext,
): Promise<BaselineReport> {
  const content = await listFolder(settings);
  refuseStrangers(content);
  const to = findTarget(settings, content);
  const files = await digestFiles(content);
  const adopted = files.filter(({ name }) => compareNames(name, to) <= 0);
  const recorded = adopted.map(({ name }) => name);
  const pending = files.filter((file) => !adopted.includes(file)).map(({ name }) => name);
  const report: BaselineReport = { recorded, pending, next: null };
  const purpose = `baseline ${settings.attribution.buildId ?? ""}`.trim();
  try {
    await withWorkspace(settings, purpose, context, report, async (workspace) => {
      await refuseUnfit(workspace, files);
      if (!settings.isAgreed) throw toNotAgreed(recorded);
      const lock = { ...context, waitMs: settings.lockWaitMs, onWaited: () => undefined };
      await withMigrationLock(workspace.session.client, lock, async () => {
        await adopt(workspace, files, adopted);
        report.next = await explainForeign(workspace);
      });
    });
  } catch (error) {
    if (report.next === null || !(error instanceof Error)) throw error;
    throw new BaselineError(error.message, report.next, error);
  }
  return report;
}

/** Records what the schema has already as applied. */
export async function baseline(
  settings: Settings,
  context: CommandContext,
): Promise<BaselineReport> {
  return _baseline(parseBaseline(settings), context);
}

export const baselineCommand: CommandDefinition = {
  name: "baseline",
  usage: "[name..]",
  describe: "Adopts a schema that is there: records migrations up to NAME without running them",
  flags: FLAGS,
  examples: [
    ["baseline 1735689600000_add-orders", "what it would record"],
    ["baseline 1735689600000_add-orders --yes", "record it"],
  ],
  emptyDocument: { recorded: [], pending: [] },
  run: async (settings, context): Promise<CommandResult> => {
    const report = await baseline(settings, context);
    const { recorded, pending, next } = report;
    return {
      document: { formatVersion: 1, command: "baseline", recorded, pending, error: null, next },
      lines: toLines(report),
      errorLines: next === null ? [] : [`next: ${next}`],
      exitCode: 0,
    };
  },
};

function parseBaseline(settings: Settings): BaselineSettings {
  return parseWith(settings, { ...COMMON_FLAGS, ...FLAGS }, "some", (reader) => {
    const [name, ...surplus] = settings.words;
    if (name === undefined || surplus.length > 0) {
      reader.violations.push({
        path: "name",
        expected: "the newest migration that the schema has already",
        got: name === undefined ? "nothing" : quote(settings.words),
        remedy: "give one name, as the folder has it",
      });
    }
    const isAgreed = reader.flag("yes");
    return { name: name ?? "", isAgreed, ...readRun(reader, settings, "baseline") };
  });
}

// As a shell completes it, too.
function findTarget({ name, shownFolder }: BaselineSettings, { files }: FolderContent): string {
  const wanted = basename(name);
  const target = files.find((file) => [file.name, basename(file.path)].includes(wanted));
  if (target !== undefined) return target.name;
  throw new InvalidArgsError([
    {
      path: "name",
      expected: `the name of a migration in ${shownFolder}`,
      got: quote(name),
      remedy: "give one name, as the folder has it",
    },
  ]);
}

/** A schema is adopted once, and only where there is one. */
async function refuseUnfit(workspace: Workspace, files: readonly DigestedFile[]): Promise<void> {
  const { session, tables, settings } = workspace;
  const { history } = await lookFrom(workspace, files);
  const names = history.applied.map(({ name }) => name);
  if (names.length > 0) {
    throw new BaselineError(
      [
        `${tables.migrations} lists ${names.length} applied migrations already`,
        ...names.slice(0, SHOWN).map((name) => `  ${name}`),
        ...(names.length > SHOWN ? [`  and ${names.length - SHOWN} more`] : []),
      ].join("\n"),
      "run status to see what is pending, and up to apply it; a row that is wrong is doctor's",
    );
  }
  if ((await countRelations(session.client, tables, settings.schemas)) > 0) return;
  throw new BaselineError(
    `there is nothing to adopt: no table and no view is in ${settings.schemas.join(", ")}`,
    "run up, which makes the schema; or name the right database, or the right --schema",
  );
}

const SHOWN = 20;

function toNotAgreed(names: readonly string[]): BaselineError {
  const lines = names.map((name) => `  ${name}`);
  const message = ["this would record as applied, without running them", ...lines].join("\n");
  return new BaselineError(message, "make sure that the schema has all of that; then add --yes");
}

/** One transaction for all rows; roles and owners are set up before it, as by `up`. */
async function adopt(
  workspace: Workspace,
  files: readonly DigestedFile[],
  adopted: readonly DigestedFile[],
): Promise<void> {
  const { session, tables } = workspace;
  await prepareDatabase(workspace);
  // Somebody may have migrated while this one waited.
  await refuseUnfit(workspace, files);
  const view = await lookFrom(workspace, files);
  const { record } = toRunOptions(workspace, view, "up", () => undefined);
  const names = adopted.map(({ name }) => name);
  const runs = adopted.map(({ name, sha256 }) => {
    return { name, sha256, durationMs: 0, direction: "up" as const };
  });
  await session.client.query("BEGIN");
  try {
    await recordApplied(session.client, tables, names);
    await record(runs, true);
    await session.client.query("COMMIT");
  } catch (error) {
    await session.client.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

async function explainForeign({ session, roles }: Workspace): Promise<string | null> {
  const statements = await findForeign(session.client, roles);
  if (statements.length === 0) return null;
  return `these belong to other roles than ${roles.role}, so no migration can change them; have their owner, or an administrator, run: ${statements.join(" ")}`;
}

function toLines({ recorded, pending }: BaselineReport): string[] {
  const left = pending.length === 0 ? "nothing is pending" : `${pending.length} pending: run up`;
  return [
    ...recorded.map((name) => `recorded ${name}`),
    `baseline: ${recorded.length} recorded as applied, ${left}`,
  ];
}
