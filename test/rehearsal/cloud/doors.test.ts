import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Doors } from "../../../rehearsal/cloud/doors";
import { type Instance, UNKNOWN_INSTANCE, type Way } from "../../../rehearsal/cloud/instance";
import { connectByMode } from "../../../rehearsal/cloud/psql/sslMode";
import { type PostgresServer, startPostgres } from "../../../migrate/postgres";

const PRIVATE: Way = { by: "tcp", address: "PRIVATE", inNetwork: true };
const PROXY: Way = { by: "connector", address: "PRIVATE", inNetwork: true };

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

/** Whether a client's connection through the door was encrypted. */
async function isEncrypted(settings: Partial<Instance>, way: Way, mode: string): Promise<boolean> {
  const doors = new Doors({ ...UNKNOWN_INSTANCE, isKnown: true, ...settings }, postgres);
  await doors.open();
  const { user, password } = postgres.superuser;
  const { port } = doors.find(way);
  const login = { host: "127.0.0.1", port, user, password, database: "postgres" };
  try {
    const client = await connectByMode(login, mode);
    const { rows } = await client.query<{ ssl: boolean }>(
      "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
    );
    await client.end();
    return rows[0]!.ssl;
  } finally {
    await doors.close();
  }
}

describe("doors", () => {
  it("let a client encrypt all the way to the server", async () => {
    expect(await isEncrypted({ tlsMode: "ENCRYPTED_ONLY" }, PRIVATE, "require")).toBe(true);
    expect(await isEncrypted({}, PRIVATE, "disable")).toBe(false);
  });

  it("refuse a plain connection where encryption is needed", async () => {
    await expect(isEncrypted({ tlsMode: "ENCRYPTED_ONLY" }, PRIVATE, "disable")).rejects.toThrow(
      "pg_hba.conf rejects connection, no encryption",
    );
  });

  it("of the proxy offer no encryption of their own", async () => {
    expect(await isEncrypted({ tlsMode: "ENCRYPTED_ONLY" }, PROXY, "prefer")).toBe(false);
    await expect(isEncrypted({}, PROXY, "require")).rejects.toThrow("does not support SSL");
  });

  it("that lead nowhere say why", async () => {
    const outside = { ...PRIVATE, inNetwork: false };
    await expect(isEncrypted({}, outside, "disable")).rejects.toThrow(
      "the instance's private address cannot be reached from outside of its network",
    );
    await expect(isEncrypted({}, outside, "require")).rejects.toThrow();
  });

  it("show a certificate that a client who checks does not trust", async () => {
    const doors = new Doors(UNKNOWN_INSTANCE, postgres);
    await doors.open();
    const { user, password } = postgres.superuser;
    const { port } = doors.find(PRIVATE);
    const client = new Client({ host: "127.0.0.1", port, user, password, ssl: true });
    await expect(client.connect()).rejects.toThrow("self-signed certificate");
    await doors.close();
  });
});
