import { type Client, DatabaseError } from "pg";
import { type RoleStatement, roleOf } from "../roles/planRoles";
import { messageOf } from "../run/failure";
import type { Diagnosis } from "./diagnosis";
import type { Patient } from "./patient";

export interface MendOptions {
  signal: AbortSignal;
  progress: (line: string) => void;
  /** Statements that were run before: none is run twice. */
  done: Set<string>;
}

/**
 * Runs the statements that mend what may be mended without asking, and says how many. What belongs
 * together is one transaction: the service must not lose its rows in between. One that fails leaves the
 * others to be run; what is left shows when the database is looked at again.
 */
export async function mend(
  diagnoses: readonly Diagnosis[],
  patient: Patient,
  { signal, progress, done }: MendOptions,
): Promise<number> {
  const before = done.size;
  for (const { fix } of diagnoses) {
    const statements = (fix ?? []).filter(({ sql }) => !done.has(sql));
    if (statements.length === 0) continue;
    signal.throwIfAborted();
    for (const { sql } of statements) {
      done.add(sql);
      progress(`fix: ${sql};`);
    }
    const error = await runTogether(statements, patient);
    if (error !== null) progress(`fix failed: ${messageOf(error)} (${error.code ?? "no code"})`);
  }
  return done.size - before;
}

/** Gives the error instead of throwing it; a lost connection is none of the statements'. */
async function runTogether(
  statements: readonly RoleStatement[],
  patient: Patient,
): Promise<DatabaseError | null> {
  const { client } = patient;
  const isTransaction = statements.every(({ sql }) => !/\bCONCURRENTLY\b/.test(sql));
  try {
    if (isTransaction) await client.query("BEGIN");
    for (const statement of statements) await runOne(statement, patient, isTransaction);
    if (isTransaction) await client.query("COMMIT");
    return null;
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    if (isTransaction) await client.query("ROLLBACK");
    return error;
  } finally {
    await client.query("RESET ROLE").catch(() => undefined);
  }
}

/** As the role that it is meant for; else as another one of the login's that may. */
async function runOne(
  statement: RoleStatement,
  patient: Patient,
  isTransaction: boolean,
): Promise<void> {
  let refusal: unknown;
  for (const as of rolesToTry(statement)) {
    const role = roleOf({ ...statement, as }, patient.roleState, patient.roles.role);
    try {
      await runAs(patient.client, role, statement.sql, isTransaction);
      return;
    } catch (error) {
      refusal ??= error;
      if (!(error instanceof DatabaseError) || error.code !== "42501") throw refusal;
    }
  }
  throw refusal;
}

function rolesToTry({ as }: RoleStatement): RoleStatement["as"][] {
  const others = (["login", "administrator", "owner"] as const).filter((role) => role !== as);
  return [as, ...others];
}

async function runAs(
  client: Client,
  role: string,
  sql: string,
  isTransaction: boolean,
): Promise<void> {
  if (!isTransaction) {
    await client.query(`SET ROLE ${role}`);
    await client.query(sql);
    return;
  }
  await client.query("SAVEPOINT one");
  try {
    await client.query(`SET LOCAL ROLE ${role}`);
    await client.query(sql);
    await client.query("RELEASE one");
  } catch (error) {
    await client.query("ROLLBACK TO one");
    throw error;
  }
}

/** What was to be mended and is not found any more. */
export function findMended(before: readonly Diagnosis[], after: readonly Diagnosis[]): Diagnosis[] {
  const left = new Set(after.map(keyOf));
  return before.filter((one) => one.fix !== null && !left.has(keyOf(one)));
}

/** The same fault, looked at twice, has the same key. */
export function keyOf({ rule, object, statements }: Diagnosis): string {
  return JSON.stringify([rule.id, object, statements]);
}
