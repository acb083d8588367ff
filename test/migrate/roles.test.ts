import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApiUser, createDatabase } from "../../migrate/postgres";
import { runCli } from "./support/cli";
import { THREE, createProject, removeProjects } from "./support/project";
import { type TestDatabase, type TestServer, startTestServer } from "./support/server";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(async () => {
  await server.stop();
  removeProjects();
});

/** What `sql` is answered with, as one login: `ok` or the SQLSTATE. */
async function probe(database: TestDatabase, user: string, sql: string): Promise<string> {
  const client = await database.connect(user);
  try {
    await client.query(sql);
    return "ok";
  } catch (error) {
    return (error as { code: string }).code;
  } finally {
    await client.end();
  }
}

const ROLE_STATE = `
SELECT r.rolname, r.rolcanlogin, r.rolsuper, r.rolcreaterole, array_agg(g.rolname ORDER BY g.rolname) AS groups
FROM pg_roles r LEFT JOIN pg_auth_members m ON m.member = r.oid LEFT JOIN pg_roles g ON g.oid = m.roleid
GROUP BY r.oid, 1, 2, 3, 4 ORDER BY 1`;
const GRANT_STATE = `
SELECT 'relation ' || relname AS what, relowner::regrole::text AS owner, relacl::text AS acl FROM pg_class
  WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S')
UNION ALL SELECT 'schema ' || nspname, nspowner::regrole::text, nspacl::text FROM pg_namespace
UNION ALL SELECT 'defaults ' || defaclobjtype::text, defaclrole::regrole::text, defaclacl::text FROM pg_default_acl
UNION ALL SELECT 'database', datdba::regrole::text, datacl::text FROM pg_database WHERE datname = current_database()
ORDER BY 1`;

describe("the runtime role, with its real login", () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await server.createDatabase();
    const project = createProject(THREE);
    expect((await database.run(project, database.upArgs)).code).toBe(0);
    // Made by a later run, without any new grant.
    project.write(
      "4000_later.sql",
      "-- Up Migration\nCREATE TABLE later (id serial PRIMARY KEY);\n",
    );
    expect((await database.run(project, database.upArgs)).code).toBe(0);
  });

  it.each([
    ["reads rows", "SELECT * FROM users", "ok"],
    ["writes rows, a serial included", "INSERT INTO users (email) VALUES ('a')", "ok"],
    ["writes rows of a table of a later run", "INSERT INTO later DEFAULT VALUES", "ok"],
    ["changes and deletes rows", "UPDATE users SET name = 'b'; DELETE FROM users", "ok"],
    ["may not create tables", "CREATE TABLE mine (id int)", "42501"],
    ["may not create schemas", "CREATE SCHEMA mine", "42501"],
    ["may not create temporary tables", "CREATE TEMP TABLE mine (id int)", "42501"],
    ["may not drop tables", "DROP TABLE users", "42501"],
    ["may not truncate", "TRUNCATE later", "42501"],
    ["may not alter tables", "ALTER TABLE users ADD COLUMN mine int", "42501"],
    ["may not read the migrations table", "SELECT * FROM pgmigrations", "42501"],
    ["may not read the annotations", "SELECT * FROM pgmigrations_runs", "42501"],
    ["may not create roles", "CREATE ROLE mine", "42501"],
    ["may not become cloudsqlsuperuser", "SET ROLE cloudsqlsuperuser", "42501"],
  ])("%s", async (_, sql, expected) => {
    expect(await probe(database, database.runtime, sql)).toBe(expected);
  });

  it("may not become the owner or the migrator", async () => {
    for (const role of [database.owner, database.migrator]) {
      expect(await probe(database, database.runtime, `SET ROLE "${role}"`)).toBe("42501");
    }
  });

  it("leaves everything to the owner role, which nobody can log in as", async () => {
    const owners = await database.query(
      "SELECT DISTINCT relowner::regrole::text AS owner FROM pg_class WHERE relnamespace = 'public'::regnamespace",
    );
    expect(owners).toEqual([{ owner: database.owner }]);
    const [role] = await database.query("SELECT rolcanlogin FROM pg_roles WHERE rolname = $1", [
      database.owner,
    ]);
    expect(role).toEqual({ rolcanlogin: false });
  });

  it("keeps what a migration took away", async () => {
    const project = createProject({ ...THREE, "4000_later.sql": "-- Up Migration\nSELECT 1;\n" });
    project.write(
      "5000_revoke.sql",
      `-- Up Migration\nREVOKE DELETE ON users FROM ${database.runtime};\n`,
    );
    const args = [...database.upArgs, "--allow-edited"];
    expect((await database.run(project, args)).code).toBe(0);
    expect((await database.run(project, args)).code).toBe(0);
    expect(await probe(database, database.runtime, "DELETE FROM users")).toBe("42501");
  });
});

describe("the set-up", () => {
  it("changes nothing when it is repeated", async () => {
    const database = await server.createDatabase();
    const project = createProject(THREE);
    expect((await database.run(project, database.upArgs)).code).toBe(0);
    const before = [await database.query(ROLE_STATE), await database.query(GRANT_STATE)];
    for (let run = 0; run < 3; run++) {
      project.write(`${5000 + run}_more.sql`, "-- Up Migration\nSELECT 1;\n");
      const { code, stderr } = await database.run(project, database.upArgs);
      expect([code, stderr.includes("set up the role")]).toEqual([0, false]);
    }
    expect([await database.query(ROLE_STATE), await database.query(GRANT_STATE)]).toEqual(before);
  });

  it("gives a runtime role that is named later what is there already", async () => {
    const database = await server.createDatabase();
    const project = createProject(THREE);
    expect((await database.run(project, ["up", "--role", database.owner])).code).toBe(0);
    expect(await probe(database, database.runtime, "SELECT * FROM users")).toBe("42501");
    expect((await database.run(project, database.upArgs)).code).toBe(0);
    const insert = "INSERT INTO users (email) VALUES ('a')";
    expect(await probe(database, database.runtime, insert)).toBe("ok");
    expect(await probe(database, database.runtime, "SELECT * FROM pgmigrations")).toBe("42501");
  });

  it("quotes odd names", async () => {
    const database = await server.createDatabase({
      migrator: "build-1@example.com",
      runtime: "run.time-1@example-project.iam",
      owner: "app.owner-1@x",
    });
    const project = createProject(THREE);
    for (let run = 0; run < 3; run++) {
      expect((await database.run(project, database.upArgs)).code).toBe(0);
    }
    expect(await probe(database, database.runtime, "SELECT * FROM users")).toBe("ok");
    expect(await probe(database, database.runtime, "DROP TABLE users")).toBe("42501");
  });

  it("works for an IAM login without CREATEROLE, and lets a second login take over from a first", async () => {
    const database = await server.createDatabase();
    const project = createProject(THREE);
    const args = database.upArgs;
    expect((await runCli(args, { cwd: project.folder, env: database.iamEnv })).code).toBe(0);
    project.write("4000_more.sql", "-- Up Migration\nALTER TABLE users ADD COLUMN age int;\n");
    expect((await database.run(project, args)).code).toBe(0);
    project.write("5000_more.sql", "-- Up Migration\nALTER TABLE users ADD COLUMN size int;\n");
    expect((await runCli(args, { cwd: project.folder, env: database.iamEnv })).code).toBe(0);
    expect(await database.applied()).toHaveLength(5);
  });

  it("works without cloudsqlsuperuser for a login that may create roles", async () => {
    const database = await server.createDatabase();
    await database.query("CREATE ROLE plain LOGIN CREATEROLE PASSWORD 'plain-password'");
    await database.query("CREATE DATABASE plain OWNER plain");
    const project = createProject(THREE);
    const env = {
      ...database.env,
      PGUSER: "plain",
      PGPASSWORD: "plain-password",
      PGDATABASE: "plain",
    };
    const args = ["up", "--role", "plain_owner", "--runtime-role", database.runtime];
    for (let run = 0; run < 2; run++) {
      expect((await runCli(args, { cwd: project.folder, env })).code).toBe(0);
    }
  });

  it("says what an administrator must run when the login may not", async () => {
    const database = await server.createDatabase();
    await database.query("CREATE ROLE poor LOGIN PASSWORD 'poor-password'");
    const project = createProject(THREE);
    const env = { PGUSER: "poor", PGPASSWORD: "poor-password" };
    const args = ["up", "--role", "poor_owner", "--runtime-role", database.runtime];
    const { code, stderr } = await database.run(project, args, env);
    expect(code).toBe(1);
    expect(stderr).toContain("cannot set up the role poor_owner as poor");
    expect(stderr).toContain('CREATE ROLE "poor_owner" NOLOGIN; GRANT "poor_owner" TO "poor"');
    expect(stderr).toContain('ALTER DEFAULT PRIVILEGES FOR ROLE "poor_owner" IN SCHEMA "public"');
    expect(await database.tables()).toEqual([]);
  });

  it("lets the login own everything where --role names it", async () => {
    const database = await server.createDatabase();
    const project = createProject(THREE);
    expect((await database.run(project, ["up", "--role", database.migrator])).code).toBe(0);
    const owners = await database.query(
      "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'",
    );
    expect(owners).toEqual([{ tableowner: database.migrator }]);
  });

  it("works in other schemas than public, which it makes", async () => {
    const database = await server.createDatabase();
    const project = createProject(THREE);
    const args = [
      ...database.upArgs,
      "-s",
      "app",
      "-s",
      "public",
      "--migrations-schema",
      "app_migrations",
    ];
    for (let run = 0; run < 2; run++) expect((await database.run(project, args)).code).toBe(0);
    const places = await database.query(
      "SELECT schemaname || '.' || tablename AS name FROM pg_tables WHERE schemaname LIKE 'app%' ORDER BY 1",
    );
    expect(places.map(({ name }) => name)).toEqual([
      "app.orders",
      "app.users",
      "app_migrations.pgmigrations",
      "app_migrations.pgmigrations_runs",
    ]);
    const { runtime } = database;
    expect(await probe(database, runtime, "INSERT INTO app.users (email) VALUES ('a')")).toBe("ok");
    expect(await probe(database, runtime, "CREATE TABLE app.mine (id int)")).toBe("42501");
    expect(await probe(database, runtime, "SELECT * FROM app_migrations.pgmigrations")).toBe(
      "42501",
    );
    expect((await database.run(project, ["status", ...args.slice(5)])).code).toBe(0);
  });

  it("makes extensions as the login, before the migrations that use them", async () => {
    const database = await server.createDatabase();
    const project = createProject({
      "1_citext.sql": "-- Up Migration\nCREATE TABLE t (email citext PRIMARY KEY);\n",
    });
    const args = [...database.upArgs, "--extensions", "citext, pg_trgm"];
    for (let run = 0; run < 2; run++) expect((await database.run(project, args)).code).toBe(0);
    const rows = await database.query(
      "SELECT extname, extowner::regrole::text AS owner FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY 1",
    );
    expect(rows).toEqual([
      { extname: "citext", owner: database.migrator },
      { extname: "pg_trgm", owner: database.migrator },
    ]);
  });

  it("serves two databases of one server at once, whose roles are common", async () => {
    const first = await server.createDatabase({ owner: "common_owner" });
    await createDatabase(server.postgres, "common_second");
    const project = createProject(THREE);
    const args = ["up", "--role", "common_owner", "--runtime-role", first.runtime];
    const runs = await Promise.all([
      first.run(project, args),
      first.run(project, args, { PGDATABASE: "common_second" }),
    ]);
    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
  });
});

describe("the check at the end", () => {
  it("stops the release when the runtime role is a superuser's", async () => {
    const database = await server.createDatabase();
    const name = `${database.name}_powerful`;
    await createApiUser(server.postgres, { name, password: database.password });
    const project = createProject(THREE);
    const args = ["up", "--role", database.owner, "--runtime-role", name, "--json"];
    const { code, stdout } = await database.run(project, args);
    const document = JSON.parse(stdout) as { error: string; committed: string[] };
    expect(code).toBe(1);
    expect(document.committed).toHaveLength(3);
    expect(document.error).toContain(`the runtime role ${name} may do too much`);
    expect(document.error).toContain("is a member of cloudsqlsuperuser");
    expect(document.error).toContain("has the attribute CREATEROLE");
    // Not only after a run that applied something.
    expect((await database.run(project, args)).code).toBe(1);
  });

  it.each([
    [
      "owns something",
      "CREATE TABLE public.mine (id int); ALTER TABLE public.mine OWNER TO $",
      "owns table",
    ],
    [
      "may create in a schema",
      "CREATE SCHEMA extra; GRANT CREATE ON SCHEMA extra TO $",
      "may create in the schema extra",
    ],
    ["may create schemas", "GRANT CREATE ON DATABASE % TO $", "may create schemas"],
    [
      "reads the migrations table",
      "GRANT SELECT ON pgmigrations TO PUBLIC",
      "may use the migrations table",
    ],
    ["may write everywhere", "GRANT pg_write_all_data TO $", "is a member of pg_write_all_data"],
    ["may become the owner", "GRANT # TO $", "is a member of app_owner"],
  ])("stops the release when the runtime role %s", async (_, sql, finding) => {
    const database = await server.createDatabase();
    const project = createProject(THREE);
    expect((await database.run(project, database.upArgs)).code).toBe(0);
    await database.query(
      sql
        .replaceAll("$", database.runtime)
        .replaceAll("%", database.name)
        .replaceAll("#", database.owner),
    );
    const { code, stderr } = await database.run(project, database.upArgs);
    expect(code).toBe(1);
    expect(stderr).toContain(finding);
  });

  it("fails before anything is applied when the runtime role is not there", async () => {
    const database = await server.createDatabase();
    const args = ["up", "--role", database.owner, "--runtime-role", "nobody_here"];
    const { code, stderr } = await database.run(createProject(THREE), args);
    expect(code).toBe(1);
    expect(stderr).toContain("runtime role nobody_here does not exist");
    expect(await database.tables()).toEqual([]);
  });
});
