import { type ClientBase, DatabaseError } from "pg";
import { sleep } from "../interrupt";
import { formatPlan, planRoles, roleOf } from "./planRoles";
import { type RoleOptions, type RoleState, readRoles } from "./readRoles";

/** The roles could not be set up; nothing was changed. */
export class RoleSetUpError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "RoleSetUpError";
  }
}

// Two databases of one instance set up at once: roles are common to both, the migration lock is not.
// A table that must change its owner may be locked for a moment.
const PASSING = new Set(["42710", "23505", "55P03", "40P01", "XX000"]);
const ATTEMPTS = 6;

/** Sets up, in one transaction, what is missing. Says whether anything was. */
export async function setUpRoles(
  client: ClientBase,
  options: RoleOptions,
  signal: AbortSignal,
): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    const state = await readRoles(client, options);
    checkRuntimeRole(state, options);
    const plan = planRoles(state, options);
    if (plan.length === 0) return false;
    try {
      await runPlan(client, state, options);
      return true;
    } catch (error) {
      await client.query("ROLLBACK").catch(() => undefined);
      const isPassing = error instanceof DatabaseError && PASSING.has(error.code ?? "");
      if (!isPassing || attempt === ATTEMPTS) throw explain(error, state, options);
      await sleep(200 * attempt, signal);
    }
  }
}

async function runPlan(client: ClientBase, state: RoleState, options: RoleOptions): Promise<void> {
  await client.query("BEGIN");
  for (const statement of planRoles(state, options)) {
    await client.query(`SET LOCAL ROLE ${roleOf(statement, state, options.role)}`);
    await client.query(statement.sql);
  }
  await client.query("COMMIT");
}

/** A runtime role that is not there cannot be given anything; it is made with the instance's users. */
export function checkRuntimeRole(state: RoleState, { runtimeRole }: RoleOptions): void {
  if (runtimeRole === null) return;
  if (!state.runtimeExists) {
    throw new RoleSetUpError(
      `runtime role ${runtimeRole} does not exist; create the instance's user of that name first, or correct --runtime-role`,
    );
  }
  if (runtimeRole === state.login) {
    throw new RoleSetUpError(
      `runtime role ${runtimeRole} is the login that migrates; the service needs a user of its own, for it must own nothing`,
    );
  }
}

function explain(error: unknown, state: RoleState, options: RoleOptions): RoleSetUpError {
  const reason = error instanceof Error ? error.message : String(error);
  const plan = formatPlan(planRoles(state, options));
  const lines = [
    `cannot set up the role ${options.role} as ${state.login}: ${reason}`,
    `  what is missing: ${plan}`,
    "  give the login the role cloudsqlsuperuser, or have an administrator run these statements,",
    `  or pass --role ${state.login} to let the login own everything itself`,
  ];
  return new RoleSetUpError(lines.join("\n"), error);
}
