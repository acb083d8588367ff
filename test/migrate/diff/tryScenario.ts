import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { _up } from "../../../migrate/commands/up";
import { _check } from "../../../migrate/commands/check";
import { type DiffSettings, diffOn } from "../../../migrate/commands/diff";
import { describe, isSame } from "../../../migrate/shadow/compare";
import { ANYTHING, toRunSettings } from "../../../migrate/shadow/setUpDatabase";
import type { Shadow } from "../../../migrate/shadow/withShadow";

/** A schema, and what is to become of it. */
export interface Scenario {
  name: string;
  /** The first migration. */
  base: string;
  /** What the desired schema has more. */
  change: string;
  /** What must be true of the rows afterwards. */
  dataCheck: string | null;
  renames?: readonly string[];
  /** What Alembic's autogenerate made of it, where that was measured. */
  alembic?: string;
}

export interface ScenarioOutcome {
  name: string;
  /** How many files were written. */
  files: number;
  /** Whether the catalogue is the desired one afterwards. */
  isReached: boolean;
  /** Null where no row is asked for. */
  keepsRows: boolean | null;
  /** What is announced as gone. */
  losses: number;
  /** Errors and warnings of `check` about the new files, the signature aside. */
  findings: string[];
  /** What was listed as not expressed. */
  listed: string[];
  /** Why nothing was written. */
  failure: string | null;
  /** Whether the same schema leads to a second migration. */
  isStable: boolean;
}

const CONTEXT = { signal: new AbortController().signal, progress: (): void => undefined };

/** Writes the migration of a scenario, applies it from zero, and looks at what came of it. */
export async function tryScenario(shadow: Shadow, scenario: Scenario): Promise<ScenarioOutcome> {
  const folder = await mkdtemp(join(tmpdir(), "diff-scenario-"));
  try {
    return await tryIn(folder, shadow, scenario);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function tryIn(
  folder: string,
  shadow: Shadow,
  { name, base, change, dataCheck, renames = [] }: Scenario,
): Promise<ScenarioOutcome> {
  const migrations = join(folder, "migrations");
  await mkdir(migrations);
  await writeFile(
    join(migrations, "1_base.sql"),
    `-- Up Migration\n${base || "SELECT 1;"}\n-- Down Migration\n`,
  );
  await writeFile(join(folder, "schema.sql"), `${base}\n${change}`);
  const settings: DiffSettings = {
    ...{ folder: migrations, shownFolder: "migrations", cwd: folder, mayAsk: false },
    ...{ schemas: ["public"], migrationsSchema: "public", migrationsTable: "pgmigrations" },
    ...{ role: "app_owner", runtimeRole: null, otherRoles: ["app_r"], extensions: [] },
    ...{ statementTimeoutMs: 60_000, shadowUrl: null, rows: null, renames },
    source: { kind: "path", path: "schema.sql" },
    message: name.replaceAll("_", " "),
  };
  const outcome: ScenarioOutcome = {
    ...{ name, files: 0, isReached: false, keepsRows: null, losses: 0, findings: [] },
    ...{ listed: [], failure: null, isStable: false },
  };
  try {
    const { files, left } = await diffOn(shadow, settings, CONTEXT);
    outcome.files = files.length;
    outcome.losses = files.flatMap(({ losses }) => losses).length;
    outcome.listed = describe(left);
    outcome.isReached = isSame(left);
  } catch (error) {
    outcome.failure = error instanceof Error ? error.message : String(error);
    return outcome;
  }
  outcome.keepsRows = await applyAll(shadow, settings, dataCheck);
  outcome.findings = await findingsOf(settings, await readdir(migrations));
  const again = await diffOn(shadow, { ...settings, message: null, renames: [] }, CONTEXT);
  outcome.isStable = again.files.length === 0;
  return outcome;
}

async function applyAll(
  shadow: Shadow,
  settings: DiffSettings,
  dataCheck: string | null,
): Promise<boolean | null> {
  const database = await shadow.createDatabase();
  database.lead();
  const run = toRunSettings(settings, database.connection, "again");
  const { error } = await _up({ ...run, ...ANYTHING, to: null, backup: null }, CONTEXT);
  if (error !== null) throw new Error(error);
  if (dataCheck === null) return null;
  const client = new Client({ connectionString: database.superuserUrl });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, boolean>>(dataCheck);
    return Object.values(rows[0] ?? {})[0] === true;
  } finally {
    await client.end();
  }
}

async function findingsOf(settings: DiffSettings, names: readonly string[]): Promise<string[]> {
  const findings = await _check({
    ...settings,
    ...{ base: null, runnable: false, format: "lines", dockerfile: null },
  });
  const written = names.filter((name) => !name.startsWith("1_"));
  const rules = findings
    .filter(({ level, rule }) => level !== "note" && rule !== "not-reviewed")
    .filter(({ file }) => written.some((name) => file.endsWith(name)))
    .map(({ rule }) => rule);
  return [...new Set(rules)].sort();
}
