import type { CommandDefinition, CommandResult } from "../command";
import { withSession } from "../connection/session";
import { explainError } from "../explain";
import { listFolder } from "../files/migrationFile";
import { refuseStrangers } from "../files/refuseStrangers";
import { readBase } from "../git/baseFolder";
import { newest } from "../history/compare";
import { type Allowances, refuseUnfit } from "../history/refuse";
import { historyTables } from "../history/tables";
import { applyAcceptances } from "../lint/acceptances";
import { lint } from "../lint/lint";
import { toLines } from "../plan/lines";
import { type Plan, type ReadSizes, planFiles } from "../plan/plan";
import { readTables } from "../plan/readTables";
import { readAll } from "../plan/readAll";
import { findPending, findTarget } from "../run/pendingFiles";
import { type CommandContext, type DigestedFile, digestFiles, look } from "../run/workspace";
import type { ConnectionSettings } from "../settings/connection";
import { ALLOWANCE_FLAGS, COMMON_FLAGS, type Flags } from "../settings/flags";
import {
  type FolderSettings,
  type Settings,
  type TableSettings,
  parseWith,
  readAllowances,
  readConnectionOf,
  readFolder,
  readTables as readTableSettings,
  required,
} from "../settings/parse";
import { READ_TIMEOUTS } from "../settings/read";

export interface PlanSettings extends FolderSettings, TableSettings, Allowances {
  /** Last migration to apply; null for all. */
  to: string | null;
  /** What is applied: by the database's word, or what a commit holds. */
  from: { connection: ConnectionSettings } | { ref: string };
}

const FLAGS = {
  "applied-from": {
    type: "string",
    describe:
      "no database: take what this branch or commit holds, where this one left it, as applied",
  },
  to: { type: "string", describe: "last migration to apply" },
  ...ALLOWANCE_FLAGS,
} satisfies Flags;

/** What `up` would do. Trusts its input; changes nothing, and creates nothing. */
export async function _plan(settings: PlanSettings, context: CommandContext): Promise<Plan> {
  const content = await listFolder(settings);
  refuseStrangers(content);
  const to = findTarget(settings, content);
  const files = await digestFiles(content);
  const { from } = settings;
  if ("ref" in from) {
    const { base } = await readBase(settings, from.ref, "--applied-from");
    const applied = new Set(base.files.map(({ name }) => name));
    const unapplied = files.filter(({ name }) => !applied.has(name));
    const last = to === null ? -1 : unapplied.findIndex(({ name }) => name === to);
    const pending = last < 0 ? unapplied : unapplied.slice(0, last + 1);
    const version = newest([...applied]);
    return { version, refusal: null, ...(await planPending(settings, files, pending, null)) };
  }
  const options = { ...READ_TIMEOUTS, purpose: "plan" };
  return withSession(from.connection, options, context, async ({ client }) => {
    const view = await look(client, historyTables(settings), files);
    if (view.history.runsFault !== null) context.progress(view.history.runsFault);
    const readSizes: ReadSizes = (relations) => readTables(client, settings.schemas, relations);
    const planned = await planPending(settings, files, findPending(view, to), readSizes);
    const version = newest(view.history.applied.map(({ name }) => name));
    return {
      version,
      refusal: findRefusal(() => {
        refuseUnfit(view.statuses, settings);
      }),
      ...planned,
    };
  });
}

/** What `up` would do. */
export async function plan(settings: Settings, context: CommandContext): Promise<Plan> {
  return _plan(parsePlan(settings), context);
}

export const planCommand: CommandDefinition = {
  name: "plan",
  describe: "Shows what up would do: each pending statement, its locks and what is wrong with it",
  flags: FLAGS,
  examples: [
    ["plan", "of the database that .env names, in a read-only session"],
    ["plan --applied-from origin/main", "what this branch adds, without a database"],
    ["plan --to 1735689600000_add-orders", "up to and with this one"],
  ],
  emptyDocument: { schema: { version: null }, pending: [], findings: [] },
  run: async (settings, context): Promise<CommandResult> => {
    const planned = await plan(settings, context);
    const { version, pending, findings, refusal } = planned;
    return {
      document: {
        ...{ formatVersion: 1, command: "plan", schema: { version } },
        ...{ pending, findings, error: refusal },
      },
      lines: toLines(planned),
      errorLines: refusal === null ? [] : [`up would refuse: ${refusal}`],
      exitCode: refusal === null ? 0 : 1,
    };
  },
};

function parsePlan(settings: Settings): PlanSettings {
  return parseWith(settings, { ...COMMON_FLAGS, ...FLAGS }, "none", (reader) => {
    const own = { to: reader.text("to"), ...readAllowances(reader) };
    const place = { ...readFolder(reader, settings), ...readTableSettings(reader) };
    const ref = reader.text("applied-from");
    if (ref !== null) return { ...own, ...place, from: { ref } };
    const connection = required(readConnectionOf(reader, settings), reader);
    return { ...own, ...place, from: { connection } };
  });
}

async function planPending(
  { schemas: [firstSchema] }: PlanSettings,
  files: readonly DigestedFile[],
  pending: readonly DigestedFile[],
  readSizes: ReadSizes | null,
): Promise<Pick<Plan, "pending" | "findings">> {
  const names = new Set(pending.map(({ name }) => name));
  const read = await readAll(files);
  const own = read.filter(({ migration }) => names.has(migration.file.name));
  const comments = own.map(({ migration: { file, text } }) => ({ ...file, text }));
  const found = await lint(read, { subjects: names, isOneRelease: true });
  const findings = applyAcceptances(found, comments);
  return { pending: await planFiles(own, firstSchema, readSizes), findings };
}

function findRefusal(check: () => void): string | null {
  try {
    check();
    return null;
  } catch (error) {
    return explainError(error).message;
  }
}
