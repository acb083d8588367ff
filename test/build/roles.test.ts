import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { rolesJobScript, rolesStep } from "../../components/build/roles";
import { prepareRolesSql, verifyRolesSql } from "../../components/build/rolesSql";
import {
  createApiUser,
  createCloudSqlLayout,
  createDatabase,
  type PostgresServer,
  startPostgres,
} from "../../migrate/postgres";
import { linesOf, runScript } from "./helpers/bash";
import { command, iamLogin, passwordLogin, releaseOptions, stepReach } from "./helpers/options";

describe("the steps around a command", () => {
  const options = releaseOptions({ migration: command, reach: stepReach(passwordLogin) });
  const prepare = rolesStep(options, stepReach(passwordLogin), "prepare", {
    id: "prepare-roles",
    waitFor: ["connect"],
  });
  const verify = rolesStep(options, stepReach(iamLogin), "verify", {
    id: "verify-roles",
    waitFor: ["migrate"],
  });

  it("gives psql the SQL and stops at the first error", async () => {
    const outcome = await runScript(prepare, [{ to: "psql " }]);
    expect(outcome.status).toBe(0);
    expect(linesOf(outcome, "psql")).toEqual(["--no-psqlrc --quiet --set ON_ERROR_STOP=1"]);
    expect(outcome.file("../psql.sql")).toBe(`${prepareRolesSql(command)}\n`);
    expect(prepare.secretEnv).toEqual(["PGPASSWORD"]);
    expect(verify.secretEnv).toBeUndefined();
  });

  it("retries while there is no connection, and only then", async () => {
    const lost = await runScript(prepare, [{ to: "psql ", status: 2, times: 3 }, { to: "psql " }]);
    expect(lost.status).toBe(0);
    expect(lost.calls).toHaveLength(4);
    const never = await runScript(prepare, [{ to: "psql ", status: 2 }]);
    expect(never.status).toBe(1);
    expect(never.calls).toHaveLength(25);
    const refused = await runScript(prepare, [{ to: "psql ", status: 3 }]);
    expect(refused.status).toBe(1);
    expect(refused.calls).toHaveLength(1);
    expect(refused.stderr).toBe(
      "error: roles and grants could not be prepared; nothing was migrated\n",
    );
  });

  it("ends the release when the check fails", async () => {
    const outcome = await runScript(verify, [{ to: "psql ", status: 3 }]);
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toContain("the migrations are applied, nothing is deployed\n");
    expect(outcome.file("../psql.sql")).toBe(`${verifyRolesSql(command)}\n`);
  });

  it.each([
    ["prepare", 0, prepareRolesSql(command)],
    ["verify", 0, verifyRolesSql(command)],
    ["drop", 1, null],
  ])("does both in one job's script: %s", async (phase, status, sql) => {
    const step = { id: "job", name: "postgres", script: rolesJobScript(command) };
    const env = { BUILD_ID: "b1", ROLES_PHASE: phase, PGHOST: "h", PGUSER: "u", PGDATABASE: "d" };
    const outcome = await runScript(step, [{ to: "psql " }], { env });
    expect(outcome.status).toBe(status);
    expect(outcome.file("../psql.sql")).toBe(sql === null ? null : `${sql}\n`);
  });
});

describe("the SQL, on a server with Cloud SQL's roles", () => {
  let server: PostgresServer;
  let database = "";
  let count = 0;
  const runtime = "shop-runtime@p.iam";
  const roles = { ...command, runtimeRole: runtime, ownerRole: "App Owner" };

  beforeAll(async () => {
    server = await startPostgres();
    await createCloudSqlLayout(server);
    await createApiUser(server, { name: "by_api", password: "x" });
    // IAM: no CREATEROLE of its own, a member of cloudsqlsuperuser.
    await createApiUser(server, { name: "mig@p.iam", databaseRoles: ["cloudsqlsuperuser"] });
    await createApiUser(server, { name: runtime, databaseRoles: ["pg_read_all_settings"] });
  });
  afterAll(async () => {
    await server.stop();
  });
  beforeEach(async () => {
    count += 1;
    database = `shop_${count}`;
    await createDatabase(server, database);
  });

  async function as<T>(
    user: string,
    work: (client: Client) => Promise<T>,
    options = "",
  ): Promise<T> {
    const { host, port } = server;
    const client = new Client({ host, port, user, password: "x", database, options });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }
  const run = (user: string, sql: string, options = ""): Promise<unknown> =>
    as(user, (client) => client.query(sql), options);
  const OWNER = "-c role=App\\ Owner";

  async function prepareAs(user: string, owner: string): Promise<void> {
    await run(user, prepareRolesSql({ ...roles, ownerRole: owner, extensions: ["citext"] }));
  }

  it.each([
    ["by_api", "owner_a"],
    ["mig@p.iam", "owner_b"],
  ])("makes an owner role that %s may become, and that owns what is made", async (user, owner) => {
    await prepareAs(user, owner);
    await prepareAs(user, owner);
    await run(user, "CREATE TABLE t (id serial PRIMARY KEY, c citext)", `-c role=${owner}`);
    const { rows } = await as(user, (client) =>
      client.query<{ tableowner: string }>(
        "SELECT tableowner FROM pg_tables WHERE tablename = 't'",
      ),
    );
    expect(rows).toEqual([{ tableowner: owner }]);
    await run(user, verifyRolesSql({ ...roles, ownerRole: owner }));
    await prepareAs(user, owner);
  });

  it("lets the next login become the owner role that the first one made", async () => {
    await prepareAs("by_api", "owner_c");
    await run("by_api", "CREATE TABLE t (id int)", "-c role=owner_c");
    await prepareAs("mig@p.iam", "owner_c");
    await run("mig@p.iam", "ALTER TABLE t ADD COLUMN c int", "-c role=owner_c");
    await prepareAs("by_api", "owner_c");
  });

  describe("the service's role", () => {
    beforeEach(async () => {
      await run("by_api", prepareRolesSql(roles));
      await run("by_api", "CREATE TABLE t (id serial PRIMARY KEY, v text)", OWNER);
      await run("by_api", "CREATE SCHEMA later; CREATE TABLE later.u (id int)", OWNER);
    });

    it.each([
      "INSERT INTO t (v) VALUES ('a'); SELECT * FROM t; UPDATE t SET v = 'b'; DELETE FROM t",
      "SELECT * FROM later.u",
    ])("may %s", async (sql) => {
      await run(runtime, sql);
    });

    it.each([
      "CREATE TABLE x (id int)",
      "CREATE SCHEMA x",
      "CREATE TEMP TABLE x (id int)",
      "CREATE TABLE later.x (id int)",
      "DROP TABLE t",
      "TRUNCATE t",
      "ALTER TABLE t ADD COLUMN w int",
      "CREATE ROLE x",
      "SET ROLE cloudsqlsuperuser",
      'SET ROLE "App Owner"',
      "CREATE EXTENSION hstore",
    ])("may not %s", async (sql) => {
      await expect(run(runtime, sql)).rejects.toThrow(/permission denied|must be owner/);
    });

    it("passes the check", async () => {
      await run("by_api", verifyRolesSql(roles));
    });

    it.each<[string, string, string]>([
      [
        "owns a table",
        `CREATE TABLE own (id int); ALTER TABLE own OWNER TO "${runtime}"`,
        "it owns table own",
      ],
      [
        "may create in a schema",
        `GRANT CREATE ON SCHEMA public TO "${runtime}"`,
        "it may create in schema public",
      ],
      [
        "may create in the database",
        `GRANT CREATE ON DATABASE $DB TO "${runtime}"`,
        "it has CREATE on database $DB",
      ],
      [
        "may create temporary tables",
        "GRANT TEMPORARY ON DATABASE $DB TO PUBLIC",
        "it has TEMPORARY on database $DB",
      ],
    ])("fails the check when it %s", async (_, sql, problem) => {
      await asSuperuser(sql.replaceAll("$DB", database));
      await expect(run("by_api", verifyRolesSql(roles))).rejects.toThrow(
        `role ${runtime} can do more than use the tables: ${problem.replaceAll("$DB", database)}`,
      );
    });

    it.each([
      [
        `GRANT cloudsqlsuperuser TO "${runtime}"`,
        `REVOKE cloudsqlsuperuser FROM "${runtime}"`,
        "it is a member of cloudsqlsuperuser",
      ],
      [
        `GRANT "App Owner" TO "${runtime}"`,
        `REVOKE "App Owner" FROM "${runtime}"`,
        "it is a member of App Owner",
      ],
      [
        `ALTER ROLE "${runtime}" CREATEROLE`,
        `ALTER ROLE "${runtime}" NOCREATEROLE`,
        "it may create roles or databases",
      ],
      [
        `ALTER ROLE "${runtime}" SUPERUSER`,
        `ALTER ROLE "${runtime}" NOSUPERUSER`,
        "it is a superuser",
      ],
    ])("fails the check after %s", async (grant, revoke, problem) => {
      await asSuperuser(grant);
      try {
        await expect(run("by_api", verifyRolesSql(roles))).rejects.toThrow(problem);
      } finally {
        await asSuperuser(revoke);
      }
    });

    it("names tables that a command made as the login itself", async () => {
      await run("by_api", "CREATE TABLE stray (id int)");
      const notices = await as("by_api", async (client) => {
        const found: (string | undefined)[] = [];
        client.on("notice", ({ message }) => found.push(message));
        await client.query(verifyRolesSql(roles));
        return found;
      });
      expect(notices).toEqual([
        "made by by_api and not by App Owner, so the service cannot reach them: public.stray; does the command heed PGOPTIONS?",
      ]);
    });
  });

  it("grants what the owner role had before", async () => {
    await run("by_api", prepareRolesSql({ ...roles, runtimeRole: "mig@p.iam" }));
    await run("by_api", "CREATE TABLE t (id serial PRIMARY KEY)", OWNER);
    await expect(run(runtime, "SELECT * FROM t")).rejects.toThrow("permission denied");
    await run("by_api", prepareRolesSql(roles));
    await run(runtime, "INSERT INTO t DEFAULT VALUES");
  });

  it("fails when the service's role does not exist", async () => {
    await expect(
      run("by_api", prepareRolesSql({ ...roles, runtimeRole: "no'body" })),
    ).rejects.toThrow(
      "role no'body does not exist: the service's database user must be created first",
    );
  });

  async function asSuperuser(sql: string): Promise<void> {
    const client = new Client({ connectionString: server.url(database) });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  }
});
