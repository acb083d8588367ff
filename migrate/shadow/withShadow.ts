import { type Client, escapeIdentifier } from "pg";
import { createDatabase } from "../postgres";
import type { CommandContext } from "../run/workspace";
import type { UrlConnection } from "../settings/connection";
import type { Environment } from "../settings/environment";
import { type Lead, withoutTargetInProcess } from "./environment";
import { openGiven } from "./givenServer";
import type { ShadowRoles } from "./shadowRoles";
import { type ShadowServer, startEmbedded, withClient } from "./shadowServer";

export interface ShadowOptions extends ShadowRoles {
  /** An empty server of the user's; null for the embedded one. */
  url: string | null;
}

/** A server that is gone after its use, for databases in which anything may be tried. */
export interface Shadow {
  kind: ShadowServer["kind"];
  /** Of PostgreSQL: `18.4` */
  version: string;
  /** A new database, as the Admin API makes it, empty or a copy. Any number of them can be made. */
  createDatabase(template?: ShadowDatabase): Promise<ShadowDatabase>;
}

export interface ShadowDatabase {
  name: string;
  /** Connection string of the superuser. */
  superuserUrl: string;
  /** As the login that migrates, for `up`, `down` and the others. */
  connection: UrlConnection;
  /** Lets this process's `PG*` and `DATABASE_URL` lead here: migrations may read them. */
  lead(): void;
  drop(): Promise<void>;
}

/**
 * Runs `use` with a shadow and removes it, whatever happens: by a watchdog when this process is killed, on a
 * server that was given by the next run. Meanwhile nothing in this process's environment leads to
 * the user's own database.
 */
export async function withShadow<T>(
  options: ShadowOptions,
  context: CommandContext,
  use: (shadow: Shadow) => Promise<T>,
): Promise<T> {
  return withoutTargetInProcess(async (lead) => {
    const server = await (options.url === null
      ? startEmbedded(options, context)
      : openGiven(options.url, options, context));
    const stopGuarding = guardConnections();
    try {
      context.signal.throwIfAborted();
      return await use(toShadow(server, lead));
    } finally {
      await server.close();
      stopGuarding();
    }
  });
}

// The server ends the connection, or its socket ends first.
const ENDED = /^(57P01|57P02|57P03|ECONNRESET|EPIPE)$/;

/**
 * Scripts may leave connections open. When their database goes, each would end this process by an error that
 * nobody listens to.
 */
function guardConnections(): () => void {
  const guard = (error: Error & { code?: unknown }): void => {
    if (ENDED.test(String(error.code))) return;
    if (error.message === "Connection terminated unexpectedly") return;
    process.off("uncaughtException", guard);
    throw error;
  };
  process.on("uncaughtException", guard);
  return () => {
    process.off("uncaughtException", guard);
  };
}

function toShadow(server: ShadowServer, lead: Lead): Shadow {
  let number = 0;
  return {
    kind: server.kind,
    version: server.version,
    createDatabase: async (template) => {
      number += 1;
      const name = `${server.prefix}${number}`;
      if (template === undefined) await createDatabase(server, name);
      else await withClient(server.url(), (client) => copyDatabase(client, template.name, name));
      return {
        name,
        superuserUrl: server.url(name),
        connection: { kind: "url", url: server.url(name, server.migrator) },
        lead: () => {
          lead(variablesOf(server.url(name, server.migrator)));
        },
        drop: () =>
          withClient(server.url(), async (client) => {
            await client.query(`DROP DATABASE ${escapeIdentifier(name)} WITH (FORCE)`);
          }),
      };
    },
  };
}

/** Copies a database to which nobody is connected, and who may do what with it, which PostgreSQL leaves out. */
async function copyDatabase(client: Client, from: string, to: string): Promise<void> {
  const name = escapeIdentifier(to);
  await client.query(
    `CREATE DATABASE ${name} OWNER cloudsqlsuperuser TEMPLATE ${escapeIdentifier(from)}`,
  );
  const { rows } = await client.query<{ privilege: string; grantee: string | null }>(
    `SELECT privilege_type AS privilege, quote_ident(rolname) AS grantee
     FROM pg_database CROSS JOIN aclexplode(datacl) LEFT JOIN pg_roles r ON r.oid = grantee
     WHERE datname = $1`,
    [from],
  );
  if (rows.length > 0) await client.query(`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`);
  for (const { privilege, grantee } of rows) {
    await client.query(`GRANT ${privilege} ON DATABASE ${name} TO ${grantee ?? "PUBLIC"}`);
  }
}

/** What leads a program to a database: `PG*` and `DATABASE_URL`. */
export function variablesOf(url: string): Environment {
  const { hostname, port, username, password, pathname, searchParams } = new URL(url);
  return {
    PGHOST: hostname.replace(/^\[|\]$/g, ""),
    PGPORT: port === "" ? "5432" : port,
    PGUSER: decodeURIComponent(username),
    PGPASSWORD: decodeURIComponent(password),
    PGDATABASE: decodeURIComponent(pathname.slice(1)),
    // The embedded server's certificate is nobody's.
    PGSSLMODE: searchParams.get("sslmode") ?? "disable",
    DATABASE_URL: url,
  };
}
