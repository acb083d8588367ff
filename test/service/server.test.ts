import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, get } from "node:http";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type PostgresServer, startPostgres } from "../../migrate/postgres";

const SERVER = join(__dirname, "..", "..", "dist", "service", "server.js");

let postgres: PostgresServer;
let child: ChildProcess | undefined;
let exited: Promise<unknown[]>;

beforeAll(async () => {
  postgres = await startPostgres();
});

afterEach(() => {
  child?.kill("SIGKILL");
});

afterAll(async () => {
  await postgres.stop();
});

describe("server process", () => {
  it("answers the request in flight after SIGTERM, accepts no other and exits 0", async () => {
    const port = await start();
    const agent = new Agent({ keepAlive: true });
    await body(port, "/health", agent);

    // A lock on the table holds the request back until after the signal.
    const locker = new Client({ connectionString: postgres.url() });
    await locker.connect();
    await locker.query("CREATE TABLE products (id bigint, name text, price_cents integer)");
    await locker.query("BEGIN");
    await locker.query("LOCK TABLE products IN ACCESS EXCLUSIVE MODE");
    const inFlight = body(port, "/products", agent);
    await waiting(locker);
    child!.kill("SIGTERM");
    await refused(port);
    await locker.query("COMMIT");
    await locker.end();

    expect(await inFlight).toEqual({ connection: "close", text: '{"products":[]}' });
    expect(await exited).toEqual([0, null]);
    agent.destroy();
  });

  it("exits 0 at once when nothing is in flight, kept-alive connections or not", async () => {
    const port = await start();
    const agent = new Agent({ keepAlive: true });
    await body(port, "/health", agent);
    const before = Date.now();
    child!.kill("SIGTERM");
    expect(await exited).toEqual([0, null]);
    expect(Date.now() - before).toBeLessThan(4_000);
    agent.destroy();
  });
});

/** Starts the compiled service on a free port. */
async function start(): Promise<number> {
  const port = await freePort();
  child = spawn(process.execPath, [SERVER], {
    env: {
      PORT: String(port),
      PGHOST: "127.0.0.1",
      PGPORT: String(postgres.port),
      PGUSER: postgres.superuser.user,
      PGPASSWORD: postgres.superuser.password,
      PGDATABASE: "postgres",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  exited = once(child, "exit");
  const lines = createInterface(child.stdout!);
  const listening = new Promise<boolean>((resolve) => {
    lines.on("line", (line) => {
      if (line.includes("listening on port")) resolve(true);
    });
    lines.on("close", () => {
      resolve(false);
    });
  });
  if (!(await listening)) throw new Error("the service did not start");
  return port;
}

async function body(
  port: number,
  path: string,
  agent: Agent,
): Promise<{ connection: string | undefined; text: string }> {
  const request = get({ host: "127.0.0.1", port, path, agent });
  const [response] = (await once(request, "response")) as [import("node:http").IncomingMessage];
  let text = "";
  for await (const chunk of response) text += String(chunk);
  return { connection: response.headers.connection, text };
}

async function waiting(client: Client): Promise<void> {
  for (;;) {
    const { rows } = await client.query("SELECT 1 FROM pg_locks WHERE NOT granted");
    if (rows.length > 0) return;
    await pause();
  }
}

async function refused(port: number): Promise<void> {
  for (;;) {
    const error = await fetch(`http://127.0.0.1:${port}/health`).then(
      () => null,
      (reason: unknown) => reason as Error,
    );
    if ((error?.cause as NodeJS.ErrnoException | undefined)?.code === "ECONNREFUSED") return;
    await pause();
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  return port;
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}
