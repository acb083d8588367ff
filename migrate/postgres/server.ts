import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type KeptCluster, type Superuser, prepareCluster } from "./cluster";
import { end, run, tail } from "./program";
import { type Site, prepareSite, removeSite } from "./site";

export interface PostgresOptions {
  /**
   * Where the server's folder is made. As root another place is taken when the server's user may
   * not enter this one.
   *
   * @default - the folder for temporary files
   */
  folder?: string;

  /**
   * Settings of the server beside those that it needs here.
   *
   * @default - PostgreSQL's own
   */
  settings?: Readonly<Record<string, string | number>>;

  /**
   * A cluster that stays when the server ends.
   *
   * @default - a new one in the server's folder, gone with it
   */
  cluster?: KeptCluster;
}

/** A running PostgreSQL that ends with this process. */
export interface PostgresServer {
  host: "127.0.0.1";
  port: number;
  superuser: Superuser;

  /** Holds log, (where copied) binaries and the data that is not kept; gone after `stop`. */
  folder: string;

  /** Process of the server, leader of its own group. */
  pid: number;

  /** Connection string of the superuser. */
  url(database?: string): string;

  /** Resolves when the server has ended, by `stop` or by itself. */
  ended: Promise<unknown>;

  /** Ends the server and removes its folder. Safe to call again. */
  stop(): Promise<void>;
}

/** Makes a cluster, unless it was kept, and starts it on a free port of the loopback. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const { cluster = null } = options;
  const site = await prepareSite(options.folder ?? tmpdir(), cluster?.data ?? null);
  const password = cluster?.password ?? randomBytes(24).toString("base64url");
  const superuser = { user: "postgres", password };
  try {
    await prepareCluster(site, superuser);
    const { child, pid, port } = await launch(site, cluster, options.settings ?? {});
    return {
      host: "127.0.0.1",
      port,
      superuser,
      folder: site.folder,
      pid,
      url: (database = "postgres") =>
        `postgres://${superuser.user}:${superuser.password}@127.0.0.1:${port}/${encodeURIComponent(database)}`,
      ended: new Promise((resolve) => child.once("exit", resolve)),
      stop: once(async () => {
        await end(child);
        await removeSite(site);
      }),
    };
  } catch (error) {
    await removeSite(site);
    throw error;
  }
}

async function launch(
  site: Site,
  cluster: KeptCluster | null,
  own: Readonly<Record<string, string | number>>,
): Promise<{ child: ChildProcess; pid: number; port: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = attempt === 1 ? await freePort(cluster?.port ?? 0) : await freePort();
    const settings = serverSettings(port, cluster !== null, own);
    const child = await run(site, "postgres", ["-D", site.data, ...settings]);
    if (await becomesReady(site, child)) return { child, pid: child.pid ?? 0, port };
    await end(child);
    const log = await tail(site.log);
    // Another process may take the port between our look and the server's start.
    if (attempt === 5 || !log.includes("could not bind")) {
      throw new Error(`PostgreSQL did not start\n${log}`);
    }
  }
}

function serverSettings(
  port: number,
  isKept: boolean,
  own: Readonly<Record<string, string | number>>,
): string[] {
  const settings = {
    ...own,
    port,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: 200,
    ssl: "on",
    // A cluster that lives as long as this process need not survive the machine's end.
    fsync: isKept ? "on" : "off",
    full_page_writes: isKept ? "on" : "off",
    timezone: "UTC",
    log_timezone: "UTC",
  };
  return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

/** The server writes `ready` into its lock file, which is what `pg_ctl --wait` looks for. */
async function becomesReady(site: Site, child: ChildProcess): Promise<boolean> {
  const lockFile = join(site.data, "postmaster.pid");
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) return false;
    const lines = (await readFile(lockFile, "utf8").catch(() => "")).split("\n");
    if (lines[0] === String(child.pid) && lines[7]?.trim() === "ready") return true;
    await sleep(20);
  }
  return false;
}

/** `wanted` when nobody has it, else any other. */
function freePort(wanted = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error) => {
      if (wanted === 0) reject(error);
      else resolve(freePort());
    });
    probe.listen(wanted, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => {
        if (address === null || typeof address === "string") reject(new Error("no port"));
        else resolve(address.port);
      });
    });
  });
}

function once(action: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | undefined;
  return () => (result ??= action());
}
