import { type Client, DatabaseError } from "pg";
import { loadMigration } from "../files/load";
import { loadShorthands } from "../files/loadShorthands";
import { type History, readHistory } from "../history/applied";
import { type MigrationStatus, compareHistory } from "../history/compare";
import { type RoleOptions, type RoleState, readRoles } from "../roles/readRoles";
import { checkRuntimeRole } from "../roles/setUpRoles";
import type { DigestedFile } from "../run/workspace";
import { type MigrationStatements, statementsOf } from "../sql/statementsOf";

/** Everything that the checks look at. */
export interface Patient {
  client: Client;
  roles: RoleOptions;
  roleState: RoleState;
  files: readonly DigestedFile[];
  /** Whose the notes are: the owner role that `up` has used. Null before its first run. */
  usedRole: string | null;
  /** Null when the login may not read the migrations table. */
  history: History | null;
  /** Files and database side by side; empty when the history is not known. */
  statuses: MigrationStatus[];
}

/** Reads what the checks have in common. */
export async function readPatient(
  client: Client,
  roles: RoleOptions,
  files: readonly DigestedFile[],
): Promise<Patient> {
  const roleState = await readRoles(client, roles);
  checkRuntimeRole(roleState, roles);
  const history = await readIfAllowed(client, roles);
  const statuses = history === null ? [] : compareHistory(files, history.applied);
  const usedRole = await readOwner(client, roles.tables.runs);
  return { client, roles, roleState, files, usedRole, history, statuses };
}

async function readOwner(client: Client, table: string): Promise<string | null> {
  const { rows } = await client.query<{ owner: string }>(
    "SELECT pg_get_userbyid(relowner) AS owner FROM pg_class WHERE oid = to_regclass($1)",
    [table],
  );
  return rows[0]?.owner ?? null;
}

/** A table of another role is one of the things to be found. */
async function readIfAllowed(client: Client, { tables }: RoleOptions): Promise<History | null> {
  try {
    return await readHistory(client, tables);
  } catch (error) {
    if (error instanceof DatabaseError && error.code === "42501") return null;
    throw error;
  }
}

/**
 * What these files send when they go up. A file that does not load has no statements here: `check` says
 * why, and `up` refuses it.
 */
export async function readStatements(
  { files }: Patient,
  names: readonly string[],
): Promise<MigrationStatements[]> {
  const wanted = files.filter(({ name }) => names.includes(name));
  const loaded = await Promise.all(
    wanted.map((file) =>
      loadMigration(file).then(
        ({ migration }) => [migration],
        () => [],
      ),
    ),
  );
  const isSql = wanted.every(({ extension }) => extension === ".sql");
  const others = isSql ? [] : files.filter((file) => !wanted.includes(file));
  const shorthands = await loadShorthands(others).catch(() => ({}));
  return statementsOf(loaded.flat(), { direction: "up", shorthands, scripts: "any" });
}

/** Whether this tool has never run here: then nothing is set up, and its first run does it. */
export function isFirstRun({ usedRole }: Patient): boolean {
  return usedRole === null;
}

/** Whether a migration counts as applied. */
export function isApplied({ history }: Patient, name: string): boolean {
  return history?.applied.some((row) => row.name === name) === true;
}
