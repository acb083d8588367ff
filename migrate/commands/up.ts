import { DatabaseError } from "pg";
import { type BackupSettings, backUpBefore, readBackup } from "../backup/backUpBefore";
import type { CommandDefinition } from "../command";
import { loadMigrations } from "../files/load";
import { loadShorthands } from "../files/loadShorthands";
import { listFolder } from "../files/migrationFile";
import { refuseStrangers } from "../files/refuseStrangers";
import { refuseUnrunnable } from "../files/refuseUnrunnable";
import { type Allowances, refuseUnfit } from "../history/refuse";
import { withMigrationLock } from "../lock";
import { findUnreachable } from "../roles/findUnreachable";
import { verifyRuntimeRole } from "../roles/verifyRuntime";
import { type RunOutcome, startOutcome, toDocument, toOutcome, toResult } from "../run/outcome";
import { findPending, findTarget } from "../run/pendingFiles";
import { runWatched } from "../run/runWatched";
import { settle } from "../run/settle";
import {
  type CommandContext,
  type DigestedFile,
  type View,
  type Workspace,
  digestFiles,
  isSetUp,
  lookFrom,
  prepareDatabase,
  toRunOptions,
  versionAfter,
  withWorkspace,
} from "../run/workspace";
import { ALLOWANCE_FLAGS, COMMON_FLAGS, type Flags, RUN_FLAGS } from "../settings/flags";
import {
  type RunSettings,
  type Settings,
  parseWith,
  readAllowances,
  readRun,
} from "../settings/parse";

export interface UpSettings extends RunSettings, Allowances {
  /** Last migration to apply; null for all. */
  to: string | null;
  /** Null when none is to be taken. */
  backup: BackupSettings | null;
}

const FLAGS = {
  to: { type: "string", describe: "last migration to apply" },
  ...RUN_FLAGS,
  ...ALLOWANCE_FLAGS,
  "backup-before": {
    type: "boolean",
    describe: "take a backup of the Cloud SQL instance when a pending migration can lose data",
  },
  "backup-timeout": {
    type: "string",
    describe: "how long to wait for that backup",
    defaultDescription: "30min",
  },
} satisfies Flags;

/** Applies what is pending. Trusts its input; a failure is in the outcome. */
export async function _up(settings: UpSettings, context: CommandContext): Promise<RunOutcome> {
  return toOutcome("up", settings.again, context.signal, (outcome) =>
    migrateUp(settings, context, outcome),
  );
}

/** Applies what is pending. */
export async function up(settings: Settings, context: CommandContext): Promise<RunOutcome> {
  return _up(parseUp(settings), context);
}

export const upCommand: CommandDefinition = {
  name: "up",
  describe: "Applies pending migrations",
  flags: FLAGS,
  examples: [
    ["up", "all of them"],
    ["up --to 1735689600000_add-orders", "up to and with this one"],
    ["up --instance my-project:europe-west1:shop --iam", "against Cloud SQL, without a password"],
    ["up --backup-before", "and take a backup first, if data can be lost"],
    ["up --runtime-role shop_runtime", "and give the service's login its rights"],
  ],
  emptyDocument: toDocument(startOutcome("up")),
  run: async (settings, context) => toResult(await up(settings, context)),
};

function parseUp(settings: Settings): UpSettings {
  return parseWith(settings, { ...COMMON_FLAGS, ...FLAGS }, "none", (reader) => {
    const own = { to: reader.text("to"), ...readAllowances(reader) };
    const run = readRun(reader, settings, "up");
    return { ...own, ...run, backup: readBackup(reader, run) };
  });
}

async function migrateUp(
  settings: UpSettings,
  context: CommandContext,
  outcome: RunOutcome,
): Promise<void> {
  const content = await listFolder(settings);
  refuseStrangers(content);
  const to = findTarget(settings, content);
  const files = await digestFiles(content);
  const purpose = `up ${settings.attribution.buildId ?? ""}`.trim();
  await withWorkspace(settings, purpose, context, outcome, async (workspace) => {
    const { session } = workspace;
    const view = await lookAhead(workspace, files);
    if (view !== null) {
      takeIn(view, to, outcome);
      refuseUnfit(view.statuses, settings);
      if (outcome.notRun.length === 0 && (await isSetUp(workspace, view))) {
        await checkRuntime(workspace);
        return;
      }
    }
    const onWaited = (waitedMs: number): void => {
      outcome.waitedForLockMs = waitedMs;
    };
    const lock = { waitMs: settings.lockWaitMs, ...context, onWaited };
    await withMigrationLock(session.client, lock, async () => {
      await migrateLocked(workspace, settings, files, to, outcome);
    });
  });
}

/** What there is, before the lock is asked for; null to a login that has not joined the owner yet. */
async function lookAhead(
  workspace: Workspace,
  files: readonly DigestedFile[],
): Promise<View | null> {
  try {
    return await lookFrom(workspace, files);
  } catch (error) {
    if (error instanceof DatabaseError && error.code === "42501") return null;
    throw error;
  }
}

async function migrateLocked(
  workspace: Workspace,
  settings: UpSettings,
  files: readonly DigestedFile[],
  to: string | null,
  outcome: RunOutcome,
): Promise<void> {
  const { context } = workspace;
  await prepareDatabase(workspace);
  // Somebody may have migrated while this one waited.
  const view = await lookFrom(workspace, files);
  const pending = takeIn(view, to, outcome);
  refuseUnfit(view.statuses, settings);
  const migrations = await loadMigrations(pending);
  refuseUnrunnable(migrations, "up");
  const options = toRunOptions(workspace, view, "up", (runs) => {
    outcome.committed.push(...runs.map(({ name, durationMs }) => ({ name, durationMs })));
    const names = outcome.committed.map(({ name }) => name);
    outcome.version = versionAfter(view, names, []);
  });
  const shorthands = await shorthandsFor(pending, files);
  if (pending.length > 0) context.progress(`${pending.length} pending`);
  if (settings.backup !== null) {
    await backUpBefore(workspace, migrations, shorthands, settings.backup, outcome);
  }
  const result = await runWatched(workspace, migrations, { ...options, shorthands });
  await settle(workspace, result, outcome);
  if (result.error === null) await checkRuntime(workspace);
}

/** Puts what there is into the outcome, so that a refusal tells it too; gives what is pending. */
function takeIn(view: View, to: string | null, outcome: RunOutcome): DigestedFile[] {
  const pending = findPending(view, to);
  outcome.notRun = pending.map(({ name }) => name);
  outcome.version = versionAfter(view, [], []);
  return pending;
}

async function checkRuntime({ session, roles, context }: Workspace): Promise<void> {
  await verifyRuntimeRole(session.client, roles);
  for (const line of await findUnreachable(session.client, roles)) context.progress(line);
}

async function shorthandsFor(
  pending: readonly DigestedFile[],
  files: readonly DigestedFile[],
): Promise<Record<string, unknown>> {
  if (pending.every(({ extension }) => extension === ".sql")) return {};
  return loadShorthands(files.filter((file) => !pending.includes(file)));
}
