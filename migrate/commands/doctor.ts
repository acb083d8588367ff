import type { Client } from "pg";
import type { CommandDefinition, CommandResult } from "../command";
import { connect } from "../connection/connect";
import { describeTarget } from "../connection/failure";
import { type OpenClient, openClient } from "../connection/open";
import { type Session, withSession } from "../connection/session";
import { judgePooling } from "../doctor/checks/pgbouncer";
import { type Diagnosis, isFault } from "../doctor/diagnosis";
import { examine } from "../doctor/examine";
import { findMended, keyOf, mend } from "../doctor/mend";
import { type Patient, readPatient } from "../doctor/patient";
import { type Pooling, findPooling } from "../connection/pooling";
import { type DoctorReport, toDocument, toLines } from "../doctor/report";
import { listFolder } from "../files/migrationFile";
import { refuseStrangers } from "../files/refuseStrangers";
import { historyTables } from "../history/tables";
import { withMigrationLock } from "../lock";
import { type CommandContext, type DigestedFile, digestFiles } from "../run/workspace";
import { COMMON_FLAGS, type Flags, RUN_FLAGS } from "../settings/flags";
import { type RunSettings, type Settings, parseWith, readRun } from "../settings/parse";

export interface DoctorSettings extends RunSettings {
  /** Whether what is safe to mend is mended. */
  isFixing: boolean;
}

const FLAGS = {
  fix: { type: "boolean", describe: "run the statements that are safe, and look again" },
  role: RUN_FLAGS.role,
  "runtime-role": {
    ...RUN_FLAGS["runtime-role"],
    describe: "login of the service, to look at its rights",
  },
  "lock-timeout": RUN_FLAGS["lock-timeout"],
  "lock-wait": RUN_FLAGS["lock-wait"],
} satisfies Flags;

/** Looks for what is wrong with the database. Trusts its input; without `isFixing` it changes nothing. */
export async function _doctor(
  settings: DoctorSettings,
  context: CommandContext,
): Promise<DoctorReport> {
  const content = await listFolder(settings);
  refuseStrangers(content);
  const files = await digestFiles(content);
  const pooling = await lookAtPooling(settings, context);
  const way = judgePooling(pooling, describeTarget(settings.connection));
  if (pooling === "transaction") return { diagnoses: way, fixed: [] };
  if (settings.runtimeRole === null) {
    context.progress("note: without --runtime-role nothing is known of the service's rights");
  }
  const report = await withSession(
    settings.connection,
    { ...settings, purpose: "doctor" },
    context,
    (session) => (settings.isFixing ? fix : look)(session, settings, files, context),
  );
  return { ...report, diagnoses: [...way, ...report.diagnoses] };
}

/** Looks for what is wrong with the database. */
export async function doctor(settings: Settings, context: CommandContext): Promise<DoctorReport> {
  return _doctor(parseDoctor(settings), context);
}

export const doctorCommand: CommandDefinition = {
  name: "doctor",
  describe:
    "Finds what is wrong with the database and prints the statement that mends it; exit code 2 with findings",
  flags: FLAGS,
  examples: [
    ["doctor --runtime-role shop_runtime", "what is wrong, and what to run"],
    ["doctor --runtime-role shop_runtime --fix", "and run what is safe"],
    ["doctor --json", "for a program"],
  ],
  emptyDocument: { findings: [], fixed: [] },
  run: async (settings, context): Promise<CommandResult> => {
    const report = await doctor(settings, context);
    return {
      document: toDocument(report),
      lines: toLines(report),
      exitCode: report.diagnoses.some(isFault) ? 2 : 0,
    };
  },
};

function parseDoctor(settings: Settings): DoctorSettings {
  return parseWith(settings, { ...COMMON_FLAGS, ...FLAGS }, "none", (reader) => ({
    isFixing: reader.flag("fix"),
    ...readRun(reader, settings, "doctor"),
  }));
}

/** On connections of its own, before a session sets anything that would reach another client. */
async function lookAtPooling(
  { connection }: DoctorSettings,
  context: CommandContext,
): Promise<Pooling> {
  const name = "cloud-run-migrations doctor";
  const open = (): Promise<OpenClient> => openClient(connection, name);
  const { client, close } = await connect(connection, name, context);
  try {
    return await findPooling(client, open);
  } finally {
    await close();
  }
}

async function look(
  { client }: Session,
  settings: DoctorSettings,
  files: readonly DigestedFile[],
  context: CommandContext,
): Promise<DoctorReport> {
  await client.query("SET default_transaction_read_only = on");
  const patient = await patientOf(client, settings, files);
  sayFault(patient, context);
  return { diagnoses: await examine(patient), fixed: [] };
}

// What is taken away from the service, or handed over, can leave it without rows: that is found next.
const ROUNDS = 3;

async function fix(
  { client }: Session,
  settings: DoctorSettings,
  files: readonly DigestedFile[],
  context: CommandContext,
): Promise<DoctorReport> {
  const lock = { ...context, waitMs: settings.lockWaitMs, onWaited: () => undefined };
  return withMigrationLock(client, lock, async () => {
    const found = new Map<string, Diagnosis>();
    const done = new Set<string>();
    let diagnoses: Diagnosis[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const patient = await patientOf(client, settings, files);
      if (round === 0) sayFault(patient, context);
      diagnoses = await examine(patient);
      for (const one of diagnoses) found.set(keyOf(one), one);
      const isLast = round === ROUNDS;
      if (isLast || (await mend(diagnoses, patient, { ...context, done })) === 0) break;
    }
    return { diagnoses, fixed: findMended([...found.values()], diagnoses) };
  });
}

/** As `up` and `status` say it. */
function sayFault({ history }: Patient, { progress }: CommandContext): void {
  if (history !== null && history.runsFault !== null) progress(history.runsFault);
}

async function patientOf(
  client: Client,
  settings: DoctorSettings,
  files: readonly DigestedFile[],
): Promise<Patient> {
  // The catalogue then writes every name with its schema.
  await client.query("SET search_path = pg_catalog");
  const tables = historyTables(settings);
  return readPatient(client, { ...settings, tables }, files);
}
