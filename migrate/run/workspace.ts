import { type Client, DatabaseError, escapeIdentifier } from "pg";
import { type Session, withSession } from "../connection/session";
import type { LoadedMigration } from "../files/load";
import { type FolderContent, type MigrationFile, readMigration } from "../files/migrationFile";
import { type History, readHistory } from "../history/applied";
import { type MigrationStatus, compareHistory, newest } from "../history/compare";
import { type Run, recordRuns } from "../history/recordRuns";
import { type HistoryTables, createHistoryTables, historyTables } from "../history/tables";
import { findForeign } from "../roles/findForeign";
import { planRoles } from "../roles/planRoles";
import { type RoleOptions, readRoles } from "../roles/readRoles";
import { checkRuntimeRole, setUpRoles } from "../roles/setUpRoles";
import type { RunSettings } from "../settings/parse";
import { readToolVersion } from "../toolVersion";
import type { RunOptions } from "./runPending";

/** What every command is given besides its settings. */
export interface CommandContext {
  signal: AbortSignal;
  progress: (line: string) => void;
}

/** A connection together with what the commands that change the database share. */
export interface Workspace {
  session: Session;
  settings: RunSettings;
  tables: HistoryTables;
  roles: RoleOptions;
  context: CommandContext;
  /** Notes that were given already. */
  said: Set<string>;
}

/** A migration file and its digest. */
export interface DigestedFile extends MigrationFile {
  sha256: string;
}

/** Files and database, side by side. */
export interface View {
  files: readonly DigestedFile[];
  history: History;
  statuses: MigrationStatus[];
}

function createWorkspace(
  session: Session,
  settings: RunSettings,
  context: CommandContext,
): Workspace {
  const tables = historyTables(settings);
  const { role, runtimeRole, extensions, schemas, migrationsSchema } = settings;
  const roles = { role, runtimeRole, extensions, schemas, migrationsSchema, tables };
  return { session, settings, tables, roles, context, said: new Set() };
}

/** Opens a session for a command; a right that is missing is explained by who owns what. */
export async function withWorkspace(
  settings: RunSettings,
  purpose: string,
  context: CommandContext,
  outcome: { next: string | null },
  use: (workspace: Workspace) => Promise<void>,
): Promise<void> {
  await withSession(settings.connection, { ...settings, purpose }, context, async (session) => {
    const workspace = createWorkspace(session, settings, context);
    try {
      await use(workspace);
    } catch (error) {
      outcome.next ??= await explainForbidden(workspace, error);
      throw error;
    }
  });
}

/** For an error that says that a right is missing: who must hand over what; else null. */
export async function explainForbidden(
  { session, roles, settings }: Workspace,
  error: unknown,
): Promise<string | null> {
  if (!(error instanceof DatabaseError) || error.code !== "42501") return null;
  const statements = await findForeign(session.client, roles).catch(() => []);
  if (statements.length === 0) return null;
  return `these belong to other roles than ${roles.role}; have their owner, or an administrator, run: ${statements.join(" ")} Then ${settings.again}`;
}

export async function digestFiles({ files }: FolderContent): Promise<DigestedFile[]> {
  return Promise.all(
    files.map(async (file) => ({ ...file, sha256: (await readMigration(file)).sha256 })),
  );
}

export async function look(
  client: Client,
  tables: HistoryTables,
  files: readonly DigestedFile[],
): Promise<View> {
  const history = await readHistory(client, tables);
  return { files, history, statuses: compareHistory(files, history.applied) };
}

/** As `look`, and says once when there can be no annotations. */
export async function lookFrom(
  { session, tables, context, said }: Workspace,
  files: readonly DigestedFile[],
): Promise<View> {
  const view = await look(session.client, tables, files);
  const { runsFault } = view.history;
  if (runsFault !== null && !said.has(runsFault)) context.progress(runsFault);
  if (runsFault !== null) said.add(runsFault);
  return view;
}

/** Whether roles and tables are there, so that a run with nothing pending has nothing to do. */
export async function isSetUp({ session, roles }: Workspace, { history }: View): Promise<boolean> {
  if (!history.hasMigrationsTable || history.runs === "absent") return false;
  const state = await readRoles(session.client, roles);
  checkRuntimeRole(state, roles);
  return planRoles(state, roles).length === 0;
}

/** Sets up roles, becomes the owner, makes the tables. Needs the migration lock. */
export async function prepareDatabase(workspace: Workspace): Promise<void> {
  const { session, roles, tables, context } = workspace;
  if (await setUpRoles(session.client, roles, context.signal)) {
    context.progress(`set up the role ${roles.role} and its grants`);
  }
  await session.client.query(`SET ROLE ${escapeIdentifier(roles.role)}`);
  const { hasMigrationsTable, runs } = await readHistory(session.client, tables);
  if (hasMigrationsTable && runs !== "absent") return;
  await createHistoryTables(session.client, tables, roles.runtimeRole);
}

/** Options of a run on this workspace. */
export function toRunOptions(
  workspace: Workspace,
  view: View,
  direction: "up" | "down",
  onCommitted: (runs: readonly Run[]) => void,
): Omit<RunOptions, "shorthands" | "takeBlocker"> {
  const { settings, context } = workspace;
  return {
    direction,
    folder: settings.folder,
    tables: settings,
    role: settings.role,
    statementTimeoutMs: settings.statementTimeoutMs,
    lockTimeoutMs: settings.lockTimeoutMs,
    lockRetries: settings.lockRetries,
    signal: context.signal,
    progress: context.progress,
    onFile: ({ file }: LoadedMigration) => {
      context.progress(`${direction} ${file.name} …`);
    },
    onCommitted,
    record: (runs, isTransaction) => annotate(workspace, view, runs, isTransaction),
  };
}

/** Writes the annotations. Whatever is wrong with their table stops nothing. */
async function annotate(
  { session: { client }, tables, settings, context }: Workspace,
  { history }: View,
  runs: readonly Run[],
  isTransaction: boolean,
): Promise<void> {
  if (history.runs === "foreign") return;
  const ids = new Map(history.applied.map(({ name, id }) => [name, id]));
  const attribution = { ...settings.attribution, toolVersion: readToolVersion() };
  try {
    if (isTransaction) await client.query("SAVEPOINT cloud_run_migrations_runs");
    await recordRuns(client, tables, runs, ids, attribution);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    context.progress(`note: ${tables.runs} could not be written: ${reason}`);
    if (isTransaction) await client.query("ROLLBACK TO SAVEPOINT cloud_run_migrations_runs");
  }
}

/** Newest applied migration of a view after some more were run. */
export function versionAfter(
  { history }: View,
  up: readonly string[],
  down: readonly string[],
): string | null {
  const names = new Set([...history.applied.map(({ name }) => name), ...up]);
  for (const name of down) names.delete(name);
  return newest([...names]);
}
