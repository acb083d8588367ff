import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chown, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { writeCertificate } from "./certificate";
import { end, exitOf, run, tail } from "./program";
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
}

/** A running PostgreSQL that ends with this process. */
export interface PostgresServer {
  host: "127.0.0.1";
  port: number;
  superuser: { user: string; password: string };

  /** Holds data, log and (where copied) binaries; gone after `stop`. */
  folder: string;

  /** Process of the server, leader of its own group. */
  pid: number;

  /** Connection string of the superuser. */
  url(database?: string): string;

  /** Ends the server and removes its folder. Safe to call again. */
  stop(): Promise<void>;
}

/** Makes a new cluster in a temporary folder and starts it on a free port of the loopback. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const site = await prepareSite(options.folder ?? tmpdir());
  const superuser = { user: "postgres", password: randomBytes(24).toString("base64url") };
  try {
    await initialise(site, superuser);
    const { child, pid, port } = await launch(site, options.settings ?? {});
    return {
      host: "127.0.0.1",
      port,
      superuser,
      folder: site.folder,
      pid,
      url: (database = "postgres") =>
        `postgres://${superuser.user}:${superuser.password}@127.0.0.1:${port}/${encodeURIComponent(database)}`,
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

async function initialise(site: Site, superuser: PostgresServer["superuser"]): Promise<void> {
  const passwordFile = join(site.folder, "password");
  await writeFile(passwordFile, superuser.password, { mode: 0o600 });
  if (site.user !== null) await chown(passwordFile, site.user.uid, site.user.gid);
  const child = await run(site, "initdb", [
    `--pgdata=${site.data}`,
    `--username=${superuser.user}`,
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    // The server's own locale: the same order of text on every machine.
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--no-sync",
  ]);
  const code = await exitOf(child);
  await rm(passwordFile);
  if (code !== 0) throw new Error(`initdb ended with ${String(code)}\n${await tail(site.log)}`);
  await writeFile(join(site.data, "pg_hba.conf"), HOST_BASED_ACCESS);
  await writeCertificate(site.data, site.user);
}

// Members of the two IAM roles were authenticated by Google before the database sees them, by the
// connector or the proxy; the stand-ins of those forward bytes, so here the server trusts.
const HOST_BASED_ACCESS = `
host all +cloudsqliamuser           127.0.0.1/32 trust
host all +cloudsqliamserviceaccount 127.0.0.1/32 trust
host all all                        127.0.0.1/32 scram-sha-256
`;

async function launch(
  site: Site,
  own: Readonly<Record<string, string | number>>,
): Promise<{ child: ChildProcess; pid: number; port: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const child = await run(site, "postgres", ["-D", site.data, ...serverSettings(port, own)]);
    if (await becomesReady(site, child)) return { child, pid: child.pid ?? 0, port };
    await end(child);
    const log = await tail(site.log);
    // Another process may take the port between our look and the server's start.
    if (attempt === 5 || !log.includes("could not bind")) {
      throw new Error(`PostgreSQL did not start\n${log}`);
    }
  }
}

function serverSettings(port: number, own: Readonly<Record<string, string | number>>): string[] {
  const settings = {
    ...own,
    port,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: 200,
    ssl: "on",
    fsync: "off", // the cluster lives as long as this process
    full_page_writes: "off",
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

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
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
