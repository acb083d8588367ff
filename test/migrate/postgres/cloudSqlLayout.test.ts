import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type PostgresServer,
  createApiUser,
  createCloudSqlLayout,
  createDatabase,
  startPostgres,
} from "../../../migrate/postgres";

describe("Cloud SQL's role layout", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
    await createCloudSqlLayout(server);
    await createDatabase(server, `odd "name"`);
    await createApiUser(server, { name: "migrator", password: `a'b"c` });
    await createApiUser(server, { name: "runtime", password: "pw", databaseRoles: ["pg_monitor"] });
    await createApiUser(server, { name: "job@p.iam", databaseRoles: ["cloudsqlsuperuser"] });
  });
  afterAll(() => server.stop());

  async function as(user: string, password: string | undefined, sql: string): Promise<unknown[]> {
    const { host, port } = server;
    const client = new Client({ host, port, user, password, database: `odd "name"` });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  it("makes a user without named roles a cloudsqlsuperuser that can create roles", async () => {
    const sql =
      "SELECT rolcreaterole, rolcreatedb, rolsuper FROM pg_roles WHERE rolname = current_user";
    expect(await as("migrator", `a'b"c`, sql)).toEqual([
      { rolcreaterole: true, rolcreatedb: true, rolsuper: false },
    ]);
    await as("migrator", `a'b"c`, "CREATE ROLE app_owner NOLOGIN; CREATE EXTENSION citext");
  });

  it("gives a user with named roles only those", async () => {
    const sql =
      "SELECT pg_has_role('cloudsqlsuperuser', 'member') AS super, pg_has_role('pg_monitor', 'member') AS named";
    expect(await as("runtime", "pw", sql)).toEqual([{ super: false, named: true }]);
    await expect(as("runtime", "pw", "CREATE ROLE x")).rejects.toThrow("permission denied");
    await expect(as("runtime", "pw", "CREATE TABLE x ()")).rejects.toThrow("permission denied");
  });

  it("lets an IAM user in without a password, and nobody else", async () => {
    const sql = "SELECT rolcreaterole FROM pg_roles WHERE rolname = current_user";
    expect(await as("job@p.iam", undefined, sql)).toEqual([{ rolcreaterole: false }]);
    await as("job@p.iam", undefined, "SET ROLE cloudsqlsuperuser; CREATE ROLE by_iam NOLOGIN");
    await expect(as("runtime", undefined, "SELECT 1")).rejects.toThrow("password");
  });
});
