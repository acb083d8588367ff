import { randomBytes } from "node:crypto";
import { type Client, escapeIdentifier } from "pg";
import { connect } from "../connection/connect";
import { codeOf } from "../connection/failure";
import type { OpenClient } from "../connection/open";
import { sleep } from "../interrupt";
import type { CommandContext } from "../run/workspace";
import { InvalidArgsError } from "../violations";
import { PREFIX, clearUp, rememberRoles } from "./clearUp";
import { findServerFault, refusalOf } from "./refuseServer";
import { type Login, type ShadowRoles, makeRoles } from "./shadowRoles";
import { type ShadowServer, readVersion } from "./shadowServer";

const LOCK_ID = "7241865325823965";
const POLL_MS = 500;

/**
 * Takes a server that the user names, when it is empty. One run at a time: roles are common to all
 * databases of a server. What a killed run has left is cleared up by the next one.
 */
export async function openGiven(
  url: string,
  roles: ShadowRoles,
  context: CommandContext,
): Promise<ShadowServer> {
  const urlOf = (database?: string, login?: Login): string => withLogin(url, database, login);
  const { client, close } = await openLocked(url, context);
  const run = randomBytes(4).toString("hex");
  const password = randomBytes(24).toString("base64url");
  const migrator = { user: `${PREFIX}migrator_${run}`, password };
  try {
    await clearUp(client);
    const fault = await findServerFault(client, urlOf);
    if (fault !== null) throw new InvalidArgsError([refusalOf(fault)]);
    await prepareRoles(client, roles, migrator);
    return {
      kind: "url",
      version: await readVersion(client),
      prefix: `${PREFIX}${run}_`,
      migrator,
      url: urlOf,
      close: () => leave({ client, close }, url, context),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function withLogin(url: string, database?: string, login?: Login): string {
  const changed = new URL(url);
  if (database !== undefined) changed.pathname = `/${encodeURIComponent(database)}`;
  if (login !== undefined) {
    changed.username = encodeURIComponent(login.user);
    changed.password = encodeURIComponent(login.password);
  }
  return changed.href;
}

/** Connects and waits until no other run is on the server: a lock is known in its own database only. */
async function openLocked(url: string, context: CommandContext): Promise<OpenClient> {
  const name = "cloud-run-migrations shadow";
  const common = withLogin(url, "postgres");
  const open = await connect({ kind: "url", url: common }, name, context).catch(
    (error: unknown) => {
      const cause = error instanceof Error ? error.cause : null;
      if (codeOf(cause) !== "3D000") throw error;
      return connect({ kind: "url", url }, name, context);
    },
  );
  try {
    await acquire(open.client, context);
    return open;
  } catch (error) {
    await open.close();
    throw error;
  }
}

async function acquire(client: Client, { signal, progress }: CommandContext): Promise<void> {
  for (let isFirst = true; ; isFirst = false) {
    signal.throwIfAborted();
    const { rows } = await client.query<{ held: boolean }>(
      `SELECT pg_try_advisory_lock(${LOCK_ID}) AS held`,
    );
    if (rows[0]?.held === true) return;
    if (isFirst) progress("waiting for another run that uses this server");
    await sleep(POLL_MS, signal);
  }
}

/** In one transaction: roles that nobody remembers would stay. */
async function prepareRoles(client: Client, roles: ShadowRoles, migrator: Login): Promise<void> {
  const found = await client.query("SELECT FROM pg_roles WHERE rolname = $1", [roles.role]);
  const hadOwner = found.rows.length > 0;
  await client.query("BEGIN");
  const made = await makeRoles(client, roles, migrator);
  // Whose owner it is, only a superuser can say of a role that was there.
  if (hadOwner) {
    await client.query(
      `GRANT ${escapeIdentifier(roles.role)} TO ${escapeIdentifier(migrator.user)}`,
    );
  }
  await rememberRoles(client, migrator.user, hadOwner ? made : [...made, roles.role]);
  await client.query("COMMIT");
}

async function leave(
  { client, close }: OpenClient,
  url: string,
  { progress }: CommandContext,
): Promise<void> {
  try {
    await clearUp(client);
  } catch {
    // The connection was lost, and the lock with it.
    const isDone = await clearUpAnew(url, { signal: new AbortController().signal, progress });
    if (!isDone) progress(`note: the next run will drop what is left on the server, ${PREFIX}…`);
  } finally {
    await close();
  }
}

async function clearUpAnew(url: string, context: CommandContext): Promise<boolean> {
  try {
    const open = await openLocked(url, context);
    await clearUp(open.client).finally(open.close);
    return true;
  } catch {
    return false;
  }
}
