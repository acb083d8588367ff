import { type Client, DatabaseError } from "pg";
import { type RoleStatement, roleOf } from "../roles/planRoles";
import { messageOf } from "../run/failure";
import type { Diagnosis } from "./diagnosis";
import type { Patient } from "./patient";

export interface MendOptions {
  signal: AbortSignal;
  progress: (line: string) => void;
}

/**
 * Runs the statements that mend what may be mended without asking, one by one: each can be run again,
 * and one that fails leaves the others to be run. What is left shows when the database is looked at again.
 */
export async function mend(
  diagnoses: readonly Diagnosis[],
  patient: Patient,
  { signal, progress }: MendOptions,
): Promise<void> {
  const run = new Set<string>();
  for (const { fix } of diagnoses) {
    for (const statement of fix ?? []) {
      signal.throwIfAborted();
      if (run.has(statement.sql)) continue;
      run.add(statement.sql);
      progress(`fix: ${statement.sql};`);
      const error = await runOne(statement, patient);
      if (error !== null) progress(`fix failed: ${messageOf(error)} (${error.code ?? "no code"})`);
    }
  }
}

/** Gives the error instead of throwing it; a lost connection is none of the statement's. */
async function runOne(statement: RoleStatement, patient: Patient): Promise<DatabaseError | null> {
  const { client } = patient;
  let refusal: DatabaseError | null = null;
  for (const as of rolesToTry(statement)) {
    try {
      await runAs(
        client,
        roleOf({ ...statement, as }, patient.roleState, patient.roles.role),
        statement.sql,
      );
      return null;
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      refusal ??= error;
      // Another of the login's roles may be allowed to.
      if (error.code !== "42501") return refusal;
    }
  }
  return refusal;
}

function rolesToTry({ as }: RoleStatement): RoleStatement["as"][] {
  const others = (["login", "administrator", "owner"] as const).filter((role) => role !== as);
  return [as, ...others];
}

async function runAs(client: Client, role: string, sql: string): Promise<void> {
  await client.query(`SET ROLE ${role}`);
  try {
    await client.query(sql);
  } finally {
    await client.query("RESET ROLE");
  }
}

/** What was to be mended and is not found any more. */
export function findMended(before: readonly Diagnosis[], after: readonly Diagnosis[]): Diagnosis[] {
  const keyOf = ({ rule, object, statements }: Diagnosis): string =>
    JSON.stringify([rule.id, object, statements]);
  const left = new Set(after.map(keyOf));
  return before.filter((one) => one.fix !== null && !left.has(keyOf(one)));
}
