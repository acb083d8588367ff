import { basename } from "node:path";
import type { CommandDefinition } from "../command";
import { LoadError, loadMigrations } from "../files/load";
import { loadShorthands } from "../files/loadShorthands";
import { listFolder } from "../files/migrationFile";
import { refuseStrangers } from "../files/refuseStrangers";
import { refuseUnrunnable } from "../files/refuseUnrunnable";
import { RefusalError } from "../history/refuse";
import { withMigrationLock } from "../lock";
import { type RunOutcome, startOutcome, toDocument, toOutcome, toResult } from "../run/outcome";
import { runWatched } from "../run/runWatched";
import { settle } from "../run/settle";
import {
  type CommandContext,
  type DigestedFile,
  type View,
  type Workspace,
  digestFiles,
  lookFrom,
  prepareDatabase,
  toRunOptions,
  versionAfter,
  withWorkspace,
} from "../run/workspace";
import { COMMON_FLAGS, type Flags, RUN_FLAGS } from "../settings/flags";
import {
  type RunSettings,
  type Settings,
  findProductionSign,
  parseWith,
  readRun,
} from "../settings/parse";
import { InvalidArgsError, quote } from "../violations";

export interface DownSettings extends RunSettings {
  /** How far: to a migration that stays applied, or so many of them. */
  target: { to: string } | { steps: number };
  /** Whether the user has agreed to what will be reverted. */
  isAgreed: boolean;
}

/** The user has not said `--yes` yet; nothing was reverted. */
class NotAgreedError extends Error {
  constructor(names: readonly string[]) {
    super(["this would revert", ...names.map((name) => `  ${name}`)].join("\n"));
    this.name = "NotAgreedError";
  }

  readonly remedy = "to revert them, add --yes";
}

const FLAGS = {
  to: { type: "string", describe: "migration that stays the newest applied one" },
  steps: {
    type: "string",

    describe: "how many to revert",
    defaultDescription: "1",
  },
  yes: { type: "boolean", describe: "revert; without it the command says what it would revert" },
  "allow-production": { type: "boolean", describe: "even in Google Cloud: rows may be lost" },
  ...RUN_FLAGS,
} satisfies Flags;

/** Reverts the newest applied migrations. Trusts its input; a failure is in the outcome. */
export async function _down(settings: DownSettings, context: CommandContext): Promise<RunOutcome> {
  return toOutcome("down", settings.again, context.signal, (outcome) =>
    migrateDown(settings, context, outcome),
  );
}

/** Reverts the newest applied migrations. */
export async function down(settings: Settings, context: CommandContext): Promise<RunOutcome> {
  return _down(parseDown(settings), context);
}

export const downCommand: CommandDefinition = {
  name: "down",
  describe: "Reverts the newest applied migrations",
  flags: FLAGS,
  examples: [
    ["down --yes", "the newest one"],
    ["down --steps 3 --yes", "the newest three"],
    ["down --to 1735689600000_add-orders --yes", "all that were applied after this one"],
  ],
  emptyDocument: toDocument(startOutcome("down")),
  run: async (settings, context) => toResult(await down(settings, context)),
};

function parseDown(settings: Settings): DownSettings {
  return parseWith(settings, { ...COMMON_FLAGS, ...FLAGS }, "none", (reader) => {
    const to = reader.text("to");
    const steps = reader.text("steps");
    if (to !== null && steps !== null) {
      const expected = "either --to or --steps";
      const remedy = "leave one of them out";
      reader.violations.push({ path: "--to", expected, got: "both", remedy });
    }
    if (steps !== null && !/^[1-9]\d{0,5}$/.test(steps)) {
      reader.violations.push({
        path: "--steps",
        expected: "a whole number from 1",
        got: quote(steps),
        remedy: "give how many migrations to revert, such as 1",
      });
    }
    const isAgreed = reader.flag("yes");
    const isProductionAllowed = reader.flag("allow-production");
    const run = readRun(reader, settings, "down");
    const sign = findProductionSign(run.connection, settings.env);
    if (sign !== null && !isProductionAllowed) {
      reader.violations.push({
        path: "--allow-production",
        expected: "this flag, for the database is in production",
        got: `nothing, and ${sign}`,
        remedy: "going down can lose rows: a new migration that goes forward is safer",
      });
    }
    return { ...run, isAgreed, target: to === null ? { steps: Number(steps ?? 1) } : { to } };
  });
}

async function migrateDown(
  settings: DownSettings,
  context: CommandContext,
  outcome: RunOutcome,
): Promise<void> {
  const content = await listFolder(settings);
  refuseStrangers(content);
  const files = await digestFiles(content);
  const purpose = `down ${settings.attribution.buildId ?? ""}`.trim();
  await withWorkspace(settings, purpose, context, outcome, async (workspace) => {
    const { session } = workspace;
    const view = await lookFrom(workspace, files);
    outcome.version = versionAfter(view, [], []);
    outcome.notRun = findTargets(view, settings.target).map(({ name }) => name);
    if (outcome.notRun.length === 0) return;
    if (!settings.isAgreed) throw new NotAgreedError(outcome.notRun);
    const onWaited = (waitedMs: number): void => {
      outcome.waitedForLockMs = waitedMs;
    };
    const lock = { waitMs: settings.lockWaitMs, ...context, onWaited };
    await withMigrationLock(session.client, lock, async () => {
      await migrateLocked(workspace, settings, files, outcome);
    });
  });
}

async function migrateLocked(
  workspace: Workspace,
  settings: DownSettings,
  files: readonly DigestedFile[],
  outcome: RunOutcome,
): Promise<void> {
  await prepareDatabase(workspace);
  const view = await lookFrom(workspace, files);
  const targets = findTargets(view, settings.target);
  outcome.notRun = targets.map(({ name }) => name);
  const migrations = await loadMigrations(targets);
  const irreversible = migrations.filter(({ actions }) => actions.down === false);
  if (irreversible.length > 0) {
    throw new LoadError(
      irreversible.map(({ file }) => `${file.shownPath}: has no part for going down`),
    );
  }
  refuseUnrunnable(migrations, "down");
  const options = toRunOptions(workspace, view, "down", (runs) => {
    outcome.committed.push(...runs.map(({ name, durationMs }) => ({ name, durationMs })));
    const names = outcome.committed.map(({ name }) => name);
    outcome.version = versionAfter(view, [], names);
  });
  const shorthands = await loadShorthands(files.filter((file) => !targets.includes(file)));
  const result = await runWatched(workspace, migrations, { ...options, shorthands });
  await settle(workspace, result, outcome);
}

/** What is to be reverted, newest first, in the order in which it was applied. */
function findTargets({ files, history }: View, target: DownSettings["target"]): DigestedFile[] {
  const names = history.applied.map(({ name }) => name);
  const from = "steps" in target ? names.length - target.steps : indexOf(names, target.to) + 1;
  const reverted = names.slice(Math.max(from, 0)).reverse();
  const fileOf = new Map(files.map((file) => [file.name, file]));
  const unknown = reverted.filter((name) => !fileOf.has(name));
  if (unknown.length > 0) {
    throw new RefusalError("reverted", [
      ...unknown.map(
        (name) => `  ${name}: applied, but there is no file that says how to revert it`,
      ),
      "  run this from the version that holds the files",
    ]);
  }
  return reverted.flatMap((name) => fileOf.get(name) ?? []);
}

function indexOf(names: readonly string[], to: string): number {
  const index = names.indexOf(basename(to).replace(/\.(sql|[cm]?[jt]s)$/, ""));
  if (index >= 0) return index;
  throw new InvalidArgsError([
    {
      path: "--to",
      expected: "the name of an applied migration",
      got: quote(to),
      remedy: "see status for the names",
    },
  ]);
}
