import { existsSync } from "node:fs";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PostgresServer, startPostgres } from "../../../migrate/postgres";

describe("startPostgres", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  it("runs a real PostgreSQL 18 on the loopback", async () => {
    const client = new Client({ connectionString: server.url() });
    await client.connect();
    const { rows } = await client.query<{ version: number; listen: string }>(
      "SELECT current_setting('server_version_num')::int AS version, current_setting('listen_addresses') AS listen",
    );
    await client.end();
    expect(Math.floor(rows[0]!.version / 10_000)).toBe(18);
    expect(rows[0]!.listen).toBe(server.host);
  });

  it("refuses a wrong password", async () => {
    const client = new Client({
      host: server.host,
      port: server.port,
      user: "postgres",
      password: "no",
    });
    await expect(client.connect()).rejects.toThrow("password authentication failed");
  });

  it("leaves neither process nor folder after stop, with a session open, and stops once", async () => {
    const own = await startPostgres();
    const client = new Client({ connectionString: own.url() });
    client.on("error", () => undefined);
    await client.connect();
    await own.stop();
    await own.stop();
    expect(existsSync(own.folder)).toBe(false);
    expect(() => process.kill(own.pid, 0)).toThrow("ESRCH");
  });
});
