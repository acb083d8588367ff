import { type Client, escapeIdentifier, escapeLiteral } from "pg";

/** What the names of everything that is ours on a server that was given begin with. */
export const PREFIX = "cloud_run_migrations_shadow_";

/** Before the list of roles in the comment of the migrator's role. */
const MARK = "made by cloud-run-migrations, of no use after its run: ";

/** Writes down, where the next run finds it, which roles are ours. */
export async function rememberRoles(
  client: Client,
  migrator: string,
  names: readonly string[],
): Promise<void> {
  const comment = escapeLiteral(`${MARK}${JSON.stringify(names)}`);
  await client.query(`COMMENT ON ROLE ${escapeIdentifier(migrator)} IS ${comment}`);
}

/**
 * Drops the databases and the roles of every run. Needs the lock: those of a run that goes on look the
 * same.
 */
export async function clearUp(client: Client): Promise<void> {
  const databases = await client.query<{ name: string }>(
    "SELECT datname AS name FROM pg_database WHERE starts_with(datname, $1)",
    [PREFIX],
  );
  for (const { name } of databases.rows) {
    await client.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(name)} WITH (FORCE)`);
  }
  const migrators = await client.query<{ name: string; comment: string }>(
    `SELECT rolname AS name, shobj_description(oid, 'pg_authid') AS comment FROM pg_roles
     WHERE starts_with(rolname, $1) AND starts_with(shobj_description(oid, 'pg_authid'), $2)`,
    [PREFIX, MARK],
  );
  for (const { name, comment } of migrators.rows) {
    const names = JSON.parse(comment.slice(MARK.length)) as string[];
    // The last made first, for it depends on the others; the migrator at the end, for it holds the list.
    for (const role of [...names.reverse().filter((other) => other !== name), name]) {
      await dropRole(client, role);
    }
  }
}

async function dropRole(client: Client, name: string): Promise<void> {
  const { rows } = await client.query("SELECT FROM pg_roles WHERE rolname = $1", [name]);
  if (rows.length === 0) return;
  // What it was given, and has given on.
  await client.query(`DROP OWNED BY ${escapeIdentifier(name)}`);
  await client.query(`DROP ROLE ${escapeIdentifier(name)}`);
}
