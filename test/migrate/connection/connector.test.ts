import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type Server, connect as connectSocket, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GoogleAuth, Impersonated } from "google-auth-library";
import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { openChildEnvironment } from "../../../migrate/connection/childEnvironment";
import { openClient } from "../../../migrate/connection/open";
import type { InstanceConnection } from "../../../migrate/settings/connection";
import { type TestServer, startTestServer } from "../support/server";

/** What Google's connector was asked for, and where ours leads. */
const google = vi.hoisted(() => ({
  port: 0,
  asked: [] as Record<string, unknown>[],
  closed: 0,
  servers: [] as Server[],
}));

// Google's API and its certificates cannot be had here: this one forwards bytes to a test server. What
// stays unproven is Google's side; what is proven is how we use it.
vi.mock("@google-cloud/cloud-sql-connector", () => {
  class Connector {
    constructor(options: Record<string, unknown>) {
      google.asked.push({ constructor: options });
    }
    getOptions(options: Record<string, unknown>): Promise<{ stream: () => unknown }> {
      google.asked.push(options);
      // Like Google's: it connects by itself, and what pg asks for is ignored.
      const stream = (): unknown => {
        const socket = connectSocket(google.port, "127.0.0.1");
        return Object.assign(socket, { connect: () => socket });
      };
      return Promise.resolve({ stream });
    }
    async startLocalProxy(options: { listenOptions: { path: string } }): Promise<void> {
      google.asked.push(options);
      const server = createServer((socket) => {
        const upstream = connectSocket(google.port, "127.0.0.1");
        socket.pipe(upstream).pipe(socket);
        for (const side of [socket, upstream]) side.on("error", () => undefined);
      });
      google.servers.push(server);
      await new Promise<void>((done) => server.listen(options.listenOptions.path, done));
    }
    close(): void {
      google.closed += 1;
      for (const server of google.servers) server.close();
    }
  }
  return {
    Connector,
    AuthTypes: { IAM: "IAM", PASSWORD: "PASSWORD" },
    IpAddressTypes: { PUBLIC: "PUBLIC", PRIVATE: "PRIVATE" },
  };
});

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
  google.port = server.postgres.port;
});

beforeEach(() => {
  google.asked.length = 0;
  google.closed = 0;
});

afterAll(async () => {
  await server.stop();
});

async function createSettings(
  overrides: Partial<InstanceConnection> = {},
): Promise<InstanceConnection> {
  const database = await server.createDatabase();
  return {
    ...{ kind: "instance", instance: "example-project:europe-west1:shop", ipType: "PRIVATE" },
    ...{ iam: false, impersonate: null, user: database.migrator, password: database.password },
    database: database.name,
    emulator: null,
    ...overrides,
  };
}

describe("an instance", () => {
  it("is reached with a password, which goes to pg as it is", async () => {
    const settings = await createSettings();
    const { client, close } = await openClient(settings, "a test");
    const { rows } = await client.query(
      "SELECT current_user AS user, current_setting('application_name') AS name",
    );
    expect(rows).toEqual([{ user: settings.user, name: "a test" }]);
    await close();
    expect(google.asked.at(-1)).toEqual({
      ...{ instanceConnectionName: "example-project:europe-west1:shop", ipType: "PRIVATE" },
      authType: "PASSWORD",
    });
    expect(google.closed).toBe(1);
  });

  it("is reached with IAM and no password", async () => {
    const database = await server.createDatabase();
    const login = { user: database.iamMigrator, password: null, database: database.name };
    const settings = await createSettings({ iam: true, ipType: "PUBLIC", ...login });
    const { client, close } = await openClient(settings, "a test");
    expect((await client.query("SELECT current_user AS user")).rows).toEqual([
      { user: database.iamMigrator },
    ]);
    await close();
    expect(google.asked.at(-1)).toMatchObject({ ipType: "PUBLIC", authType: "IAM" });
  });

  it("is reached as another account where one is impersonated", async () => {
    const folder = mkdtempSync(join(tmpdir(), "migrate-test-"));
    const file = join(folder, "credentials.json");
    const login = { client_id: "id", client_secret: "none", refresh_token: "none" };
    writeFileSync(file, JSON.stringify({ type: "authorized_user", ...login }));
    vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", file);
    const impersonate = "shop-migrator@example-project.iam.gserviceaccount.com";
    const { close } = await openClient(await createSettings({ impersonate }), "a test");
    await close();
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
    const { auth } = google.asked[0]?.constructor as unknown as { auth: GoogleAuth };
    const client = (await auth.getClient()) as Impersonated;
    expect(client.getTargetPrincipal()).toBe(impersonate);
  });

  it("is closed when the login fails", async () => {
    await expect(openClient(await createSettings({ password: "wrong" }), "a test")).rejects.toThrow(
      "password authentication failed",
    );
    expect(google.closed).toBe(1);
  });
});

describe("openChildEnvironment", () => {
  it("gives a program a socket that only this user can reach, and takes it away", async () => {
    const settings = await createSettings();
    const env = { DATABASE_URL: "postgres://elsewhere/db", PGSSLMODE: "require", OTHER: "kept" };
    const child = await openChildEnvironment(settings, env, "odd role");
    expect(child.env).toMatchObject({
      ...{ PGPORT: "5432", PGUSER: settings.user, PGPASSWORD: settings.password, OTHER: "kept" },
      ...{ PGDATABASE: settings.database, PGOPTIONS: "-c role=odd\\ role" },
    });
    expect([child.env.DATABASE_URL, child.env.PGSSLMODE]).toEqual([undefined, undefined]);
    const { PGHOST = "", PGUSER = "", PGPASSWORD = "", PGDATABASE = "" } = child.env;
    const login = {
      host: PGHOST,
      port: 5432,
      user: PGUSER,
      password: PGPASSWORD,
      database: PGDATABASE,
    };
    const client = new Client(login);
    await client.connect();
    expect((await client.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
    await client.end();
    await child.close();
    expect([existsSync(PGHOST), google.closed]).toEqual([false, 1]);
  });
});
