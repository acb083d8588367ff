import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Client } from "pg";
import { type OpenClient } from "../../../migrate/connection/open";
import { type Pooling, findPooling } from "../../../migrate/connection/pooling";
import { documentOf } from "../support/cli";
import { type TestPooler, startPooler } from "../support/pooler";
import { THREE, createProject, removeProjects } from "../support/project";
import { type TestDatabase, type TestServer, startTestServer } from "../support/server";

let server: TestServer;
let database: TestDatabase;
const poolers: TestPooler[] = [];

beforeAll(async () => {
  server = await startTestServer();
  database = await server.createDatabase();
});

afterAll(async () => {
  await Promise.all(poolers.map((pooler) => pooler.stop()));
  await server.stop();
  removeProjects();
});

async function startOne(isSessionPooling: boolean): Promise<TestPooler> {
  const { host, port } = server.postgres;
  const pooler = await startPooler({ host, port, isSessionPooling });
  poolers.push(pooler);
  return pooler;
}

async function open(port: number): Promise<OpenClient> {
  const client = new Client({
    ...{ host: "127.0.0.1", port, database: database.name, user: database.iamMigrator },
  });
  await client.connect();
  return { client, close: () => client.end() };
}

async function look(port: number): Promise<Pooling> {
  const { client, close } = await open(port);
  try {
    return await findPooling(client, () => open(port));
  } finally {
    await close();
  }
}

describe("findPooling", () => {
  it("sees nothing on the way to the server itself, and opens no second connection", async () => {
    const { client, close } = await open(server.postgres.port);
    const second = (): Promise<never> => Promise.reject(new Error("a second connection"));
    expect(await findPooling(client, second)).toBe("none");
    await close();
  });

  it("sees that a process serves two clients", async () => {
    expect(await look((await startOne(false)).port)).toBe("transaction");
  });

  it("sees it too when another client has taken that process meanwhile", async () => {
    const { port } = await startOne(false);
    const { client, close } = await open(port);
    const busy = await open(port);
    let asked = 0;
    // Takes the process between the two looks, and keeps it for the time of a transaction.
    const second = async (): Promise<OpenClient> => {
      asked += 1;
      await busy.client.query("BEGIN");
      return open(port);
    };
    expect([await findPooling(client, second), asked]).toEqual(["transaction", 1]);
    await busy.close();
    await close();
  });

  it("tells a pooler that keeps a process for each client apart", async () => {
    expect(await look((await startOne(true)).port)).toBe("session");
  });

  it("changes nothing, so that the next client finds the process as it was", async () => {
    const { port } = await startOne(false);
    await look(port);
    const { client, close } = await open(port);
    const { rows } = await client.query<{ name: string; setting: string }>(
      "SELECT name, setting FROM pg_settings WHERE source = 'session'",
    );
    const locks = await client.query("SELECT FROM pg_locks WHERE locktype = 'advisory'");
    expect([rows, locks.rowCount]).toEqual([[], 0]);
    await close();
  });
});

describe("doctor", () => {
  it("names the pooler, looks at nothing else and leaves its connections alone", async () => {
    const { port } = await startOne(false);
    const project = createProject(THREE);
    const env = { ...database.iamEnv, PGPORT: String(port) };
    const run = await database.run(project, ["doctor", "--json"], env);
    const [finding, ...others] = documentOf(run).findings as Record<string, unknown>[];
    expect(finding).toMatchObject({
      ...{ rule: "pgbouncer", level: "error", file: `127.0.0.1:${port}`, line: null },
      statements: [],
    });
    expect([run.code, others]).toEqual([2, []]);
    const { client, close } = await open(port);
    const { rows } = await client.query("SELECT FROM pg_settings WHERE source = 'session'");
    expect(rows).toEqual([]);
    await close();
  });

  it("goes on behind a session pooler, and says so", async () => {
    const { port } = await startOne(true);
    const env = { ...database.iamEnv, PGPORT: String(port) };
    const run = await database.run(createProject(THREE), ["doctor", "--json"], env);
    const findings = documentOf(run).findings as { rule: string; level: string }[];
    expect(findings).toContainEqual(expect.objectContaining({ rule: "pgbouncer", level: "note" }));
    expect(run.code).toBe(0);
  });
});

describe("up and status", () => {
  it.each([["up"], ["status"]])(
    "%s refuses such a pooler, and changes nothing behind it",
    async (command) => {
      const { port } = await startOne(false);
      const env = { ...database.iamEnv, PGPORT: String(port) };
      const run = await database.run(createProject(THREE), [command, "--json"], env);
      expect(run.code).toBe(1);
      expect(documentOf(run).error).toBe(
        "a pooler stands between, and lends its connections out by the transaction",
      );
      expect(documentOf(run).next).toBe(
        "connect to the server itself, or to a pool of pool_mode = session",
      );
      expect(await database.tables()).toEqual([]);
    },
  );
});
