import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { documentOf } from "../support/cli";
import { readCatalogue } from "../../../migrate/catalogue";
import { createApiUser } from "../../../migrate/postgres";
import { THREE, type Project, createProject, removeProjects } from "../support/project";
import { type TestDatabase, type TestServer, startTestServer } from "../support/server";
import { examine, expectMended, findingOf, listOf } from "./examine";

let server: TestServer;
let database: TestDatabase;
let project: Project;

beforeAll(async () => {
  // So that nobody but the tests begins transactions.
  server = await startTestServer({ settings: { autovacuum: "off" } });
});

beforeEach(async () => {
  database = await server.createDatabase();
  project = createProject(THREE);
  expect((await database.run(project, database.upArgs)).code).toBe(0);
});

afterAll(async () => {
  await server.stop();
  removeProjects();
});

/** With the test's own roles in place of `#` (owner), `$` (runtime) and `%` (database). */
async function spoil(sql: string): Promise<void> {
  const named = sql
    .replaceAll("#", database.owner)
    .replaceAll("$", database.runtime)
    .replaceAll("%", database.name)
    .replaceAll("~", database.migrator);
  await database.query(named);
}

it("finds nothing in what up has left", async () => {
  const { code, findings, lines, said } = await examine(database, project);
  expect([code, findings, lines, said]).toEqual([0, [], ["doctor: nothing is wrong"], []]);
  const run = await database.run(project, ["doctor", "--role", database.owner]);
  expect([run.code, run.stdout]).toEqual([0, "doctor: nothing is wrong\n"]);
  expect(run.stderr).toContain("without --runtime-role");
});

it("changes nothing: no transaction of it is given a number", async () => {
  await spoil("CREATE TABLE public.by_hand (id int)");
  const next = async (): Promise<number> =>
    Number((await database.query("SELECT pg_current_xact_id()::text AS id"))[0]!.id);
  const before = await next();
  expect((await examine(database, project)).code).toBe(2);
  expect(await next()).toBe(before + 1);
});

it("is one JSON document on the command line, with an exit code", async () => {
  await spoil("CREATE TABLE public.by_hand (id int); GRANT SELECT ON public.by_hand TO $");
  const roles = ["--role", database.owner, "--runtime-role", database.runtime];
  const run = await database.run(project, ["doctor", "--json", ...roles]);
  const statement = `ALTER TABLE public.by_hand OWNER TO ${database.owner}`;
  expect([run.code, documentOf(run)]).toEqual([
    2,
    {
      ...{ formatVersion: 1, command: "doctor", fixed: [], error: null },
      findings: [
        {
          ...{ rule: "wrong-owner", level: "error", file: "public.by_hand", line: null },
          message: `belongs to postgres, not to ${database.owner}`,
          remedy: `hand it over, as postgres or as an administrator; ${statement}`,
          url: "https://www.postgresql.org/docs/current/ddl-priv.html",
          statements: [statement],
        },
      ],
    },
  ]);
  const text = await database.run(project, ["doctor", ...roles]);
  expect(text.stdout.split("\n")).toEqual([
    `public.by_hand: error [wrong-owner] belongs to postgres, not to ${database.owner}`,
    "  hand it over, as postgres or as an administrator (or --fix):",
    `    ${statement};`,
    "doctor: 1 to mend",
    "",
  ]);
  const wrong = await database.run(project, ["doctor", "--json", "--runtime-role", "nobody_here"]);
  expect([wrong.code, documentOf(wrong)]).toMatchObject([1, { findings: [], fixed: [] }]);
  expect(documentOf(wrong).error).toContain("runtime role nobody_here does not exist");
});

describe("wrong-owner", () => {
  const FOREIGN = `SET ROLE postgres;
    CREATE TABLE public.by_hand (id int GENERATED ALWAYS AS IDENTITY, "Odd Name" text);
    CREATE VIEW public.seen AS SELECT 1 AS n; CREATE MATERIALIZED VIEW public.kept AS SELECT 1 AS n;
    CREATE SEQUENCE public.counter; CREATE TYPE public.mood AS ENUM ('a'); CREATE DOMAIN public.short AS text;
    CREATE TYPE public.pair AS (a int); CREATE FUNCTION public.add_up(a int, VARIADIC b int[]) RETURNS int LANGUAGE sql RETURN 1;
    CREATE PROCEDURE public.act(INOUT a public.mood) LANGUAGE plpgsql AS 'BEGIN END';
    GRANT ALL ON public.by_hand, public.seen, public.kept, public.counter TO $`;

  it("finds relations, routines and types of other roles, and what is printed hands them over", async () => {
    await spoil(FOREIGN);
    const { code, findings } = await examine(database, project);
    expect(code).toBe(2);
    expect(listOf(findings)).toEqual(
      [
        ...["by_hand", "kept", "seen", "counter"],
        ...[
          "act(INOUT a public.mood)",
          "add_up(a integer, VARIADIC b integer[])",
          "mood",
          "pair",
          "short",
        ],
      ].map((name) => `error wrong-owner public.${name}`),
    );
    await expectMended(database, project, "wrong-owner");
  });

  it("cannot be mended by a login that is in neither role, and says so", async () => {
    await spoil("CREATE TABLE public.by_hand (id int); GRANT SELECT ON public.by_hand TO $");
    const { code, findings, fixed, said } = await examine(database, project, { fix: true });
    expect([code, fixed, listOf(findings)]).toEqual([2, [], ["error wrong-owner public.by_hand"]]);
    expect(said).toEqual([
      `fix: ALTER TABLE public.by_hand OWNER TO ${database.owner};`,
      "fix failed: must be owner of table by_hand (42501)",
    ]);
  });

  it("is mended by --fix where the login may: what plain node-pg-migrate made in between", async () => {
    project.write("4000_more.sql", "CREATE TABLE more (id serial PRIMARY KEY);\n");
    expect((await database.library(project, ["up"])).code).toBe(0);
    const before = await examine(database, project);
    expect(before.findings.find(({ file }) => file === "public.more")).toMatchObject({
      ...{ rule: "wrong-owner", level: "warning" },
      message: `belongs to ${database.migrator}, not to ${database.owner}`,
    });
    const { code, findings, fixed } = await examine(database, project, { fix: true });
    expect([code, findings]).toEqual([0, []]);
    expect(fixed.map(({ rule, file }) => `${rule} ${file}`)).toEqual([
      "wrong-owner public.more",
      "missing-privileges public.more",
      "missing-privileges public.more_id_seq",
      "unannotated 4000_more",
    ]);
    const service = await database.connect(database.runtime);
    await service.query("INSERT INTO more DEFAULT VALUES");
  });

  it("notes a schema of somebody else's, where migrations can work all the same", async () => {
    await spoil("CREATE SCHEMA extra");
    const args = ["-s", "public", "-s", "extra"];
    expect((await database.run(project, [...database.upArgs, ...args])).code).toBe(1);
    await spoil("GRANT USAGE, CREATE ON SCHEMA extra TO #; GRANT USAGE ON SCHEMA extra TO $");
    expect((await database.run(project, [...database.upArgs, ...args])).code).toBe(0);
    const schema = ["public", "extra"];
    const { code, findings } = await examine(database, project, { schema });
    expect([code, listOf(findings)]).toEqual([0, ["note wrong-owner extra"]]);
    await database.query(findings[0]!.statements[0]!);
    expect((await examine(database, project, { schema })).findings).toEqual([]);
  });
});

describe("a migrations table of another role", () => {
  it("is found though nothing can be read from it", async () => {
    await spoil("ALTER TABLE pgmigrations OWNER TO postgres; REVOKE ALL ON pgmigrations FROM #");
    const { findings } = await examine(database, project);
    expect(listOf(findings)).toEqual(["error wrong-owner public.pgmigrations"]);
    await expectMended(database, project, "wrong-owner");
  });
});

describe("owner-role", () => {
  it("is a note before the first run, which sets it up", async () => {
    const other = await server.createDatabase();
    const { code, findings } = await examine(other, project);
    expect([code, findings.every(({ level }) => level === "note")]).toEqual([0, true]);
    expect(listOf(findings)).toContain(`note owner-role ${other.owner}`);
  });

  it("is a warning where up has used another role, and --fix hands nothing over to the wrong one", async () => {
    const before = await readCatalogue(server.postgres.url(database.name));
    const { code, findings, fixed, said } = await examine(database, project, {
      role: "nobody_here",
      fix: true,
    });
    expect([code, fixed, said]).toEqual([2, [], []]);
    expect(findings[0]).toMatchObject({
      ...{ rule: "owner-role", level: "warning", file: "nobody_here", statements: [] },
      message: `is not the role that up has used so far: "public"."pgmigrations_runs" belongs to ${database.owner}`,
    });
    expect(findings.map(({ file }) => file)).toContain("public.users");
    expect(await readCatalogue(server.postgres.url(database.name))).toEqual(before);
  });

  it("leaves the set-up to the first run of up", async () => {
    const other = await server.createDatabase();
    await (await other.connect(other.migrator)).query("CREATE TABLE users (id int)");
    const before = await readCatalogue(server.postgres.url(other.name));
    const { code, findings, fixed, said } = await examine(other, project, { fix: true });
    expect([code, fixed, said]).toEqual([0, [], []]);
    expect(listOf(findings)).toEqual(
      expect.arrayContaining([`note owner-role ${other.owner}`, "note wrong-owner public.users"]),
    );
    expect(await readCatalogue(server.postgres.url(other.name))).toEqual(before);
  });

  it("finds a login that is not in it, and --fix joins it where it may", async () => {
    const user = `${database.name}_second`;
    await createApiUser(server.postgres, { name: user, password: database.password });
    const before = await examine(database, project, { user });
    expect([before.code, listOf(before.findings)]).toEqual([
      2,
      [`warning owner-role ${database.owner}`],
    ]);
    expect(before.findings[0]!.message).toBe(`cannot be taken by ${user}`);
    const { code, findings, fixed } = await examine(database, project, { user, fix: true });
    expect([code, findings, fixed.map(({ rule }) => rule)]).toEqual([0, [], ["owner-role"]]);
  });
});

describe("runtime-ddl", () => {
  it.each([
    [
      "owns a table",
      "CREATE TABLE public.mine (id int); ALTER TABLE public.mine OWNER TO $",
      "owns table public.mine",
    ],
    [
      "may create in a schema",
      "CREATE SCHEMA extra; GRANT CREATE ON SCHEMA extra TO $",
      "may create in the schema extra",
    ],
    [
      "as everybody may",
      "CREATE SCHEMA extra; GRANT CREATE ON SCHEMA extra TO PUBLIC",
      "may create in the schema extra",
    ],
    ["may create schemas", "GRANT CREATE ON DATABASE % TO $", "may create schemas"],
    [
      "may make temporary tables",
      "GRANT TEMP ON DATABASE % TO PUBLIC",
      "may create temporary tables",
    ],
    [
      "may use the migrations table",
      "GRANT SELECT ON pgmigrations TO PUBLIC",
      "may use the migrations table",
    ],
    ["may write everywhere", "GRANT pg_write_all_data TO $", "is a member of pg_write_all_data"],
    ["may become the owner", "GRANT # TO $", "is a member of app_owner"],
    ["has an attribute", "ALTER ROLE $ CREATEDB", "has the attribute CREATEDB"],
    [
      "may become a role that has all of a schema",
      "CREATE ROLE team_$; CREATE SCHEMA extra AUTHORIZATION team_$; GRANT team_$ TO $",
      "may create in the schema extra",
    ],
    ["owns a schema", "CREATE SCHEMA extra AUTHORIZATION $", "owns schema extra"],
    [
      "is in it by way of another role",
      "CREATE ROLE middle_$; GRANT pg_write_all_data TO middle_$; GRANT middle_$ TO $",
      "is a member of pg_write_all_data",
    ],
    [
      "may create by way of another role",
      "CREATE ROLE group_$; CREATE SCHEMA extra; GRANT CREATE ON SCHEMA extra TO group_$; GRANT group_$ TO $",
      "may create in the schema extra",
    ],
    [
      "is in it by the grant of somebody else",
      "SET ROLE cloudsqlsuperuser; GRANT pg_monitor TO ~ WITH ADMIN OPTION; SET ROLE ~; CREATE ROLE odd_$ CREATEDB; GRANT odd_$ TO $; RESET ROLE",
      "is a member of odd_",
    ],
  ])("finds that it %s, and what is printed takes it away", async (_, sql, message) => {
    await spoil(sql);
    const { code, findings } = await examine(database, project);
    expect(code).toBe(2);
    const own = findings.filter(({ rule }) => rule === "runtime-ddl");
    expect(own.map((finding) => [finding.level, finding.file])).toContainEqual([
      "error",
      database.runtime,
    ]);
    expect(own.map((finding) => finding.message).join()).toContain(message);
    for (const { statements } of own) for (const one of statements) await database.query(one);
    const after = await examine(database, project);
    expect(after.findings.filter(({ rule }) => rule === "runtime-ddl")).toEqual([]);
    expect(own.every(({ statements }) => statements.length > 0)).toBe(true);
    // What up looks at in the end.
    await database.query("DROP TABLE IF EXISTS public.mine");
    expect(await database.run(project, database.upArgs)).toMatchObject({ code: 0 });
  });

  it("gives the rows back of what it owned, in the transaction that takes it", async () => {
    await spoil(
      "CREATE SCHEMA extra; CREATE TABLE extra.t (id serial, n int); CREATE VIEW public.seen AS SELECT 1 AS n; ALTER SCHEMA extra OWNER TO $; ALTER TABLE extra.t OWNER TO $; ALTER VIEW public.seen OWNER TO $; GRANT CREATE ON SCHEMA extra TO #",
    );
    const finding = findingOf(await examine(database, project), "runtime-ddl");
    expect(finding.statements).toEqual(
      [
        `REASSIGN OWNED BY $ TO #`,
        "GRANT USAGE ON SCHEMA extra TO $",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON extra.t TO $",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON public.seen TO $",
        "GRANT USAGE, SELECT ON SEQUENCE extra.t_id_seq TO $",
      ].map((sql) => sql.replaceAll("#", database.owner).replaceAll("$", database.runtime)),
    );
    // The login is no member of the service's, so it cannot.
    const refused = await examine(database, project, { fix: true });
    expect([refused.code, refused.fixed]).toEqual([2, []]);
    const service = await database.connect(database.runtime);
    await service.query("INSERT INTO extra.t (n) VALUES (1)");
    await spoil("GRANT $ TO ~");
    const mended = await examine(database, project, { fix: true });
    expect([mended.code, mended.findings, mended.fixed.length]).toEqual([0, [], 1]);
    await service.query("INSERT INTO extra.t (n) VALUES (2); SELECT FROM seen");
    await expect(service.query("DROP TABLE extra.t")).rejects.toThrow("must be owner");
  });

  it("gives by --fix what a group that it is taken out of gave", async () => {
    await spoil(
      "CREATE ROLE group_$ CREATEDB; REVOKE ALL ON users FROM $; GRANT SELECT ON users TO group_$; GRANT group_$ TO $",
    );
    const { code, findings, fixed } = await examine(database, project, { fix: true });
    expect(code).toBe(2);
    expect(listOf(findings)).toEqual([`error runtime-ddl ${database.runtime}`]);
    expect(fixed).toEqual([]);
    await spoil(
      "GRANT group_$ TO ~ WITH ADMIN OPTION; REVOKE group_$ FROM $; SET ROLE ~; GRANT group_$ TO $; RESET ROLE",
    );
    const again = await examine(database, project, { fix: true });
    expect([again.code, again.fixed.map(({ rule }) => rule)]).toEqual([
      0,
      ["runtime-ddl", "missing-privileges"],
    ]);
  });

  it("is mended by --fix where the login may", async () => {
    await spoil(
      "GRANT SELECT ON pgmigrations TO PUBLIC; GRANT TEMP ON DATABASE % TO PUBLIC; GRANT CREATE ON DATABASE % TO $",
    );
    const { code, findings, fixed } = await examine(database, project, { fix: true });
    expect([code, findings, fixed.map(({ rule }) => rule)]).toEqual([
      0,
      [],
      ["runtime-ddl", "runtime-ddl", "runtime-ddl"],
    ]);
  });
});

describe("missing privileges", () => {
  it("are found for new tables, and what is printed gives them", async () => {
    await spoil("ALTER DEFAULT PRIVILEGES FOR ROLE # IN SCHEMA public REVOKE ALL ON TABLES FROM $");
    const finding = findingOf(await examine(database, project), "missing-default-privileges");
    expect(finding).toMatchObject({ level: "warning", file: database.owner });
    await expectMended(database, project, "missing-default-privileges");
    project.write("4000_more.sql", "CREATE TABLE more (id int);\n");
    expect((await database.run(project, database.upArgs)).code).toBe(0);
    await (await database.connect(database.runtime)).query("SELECT FROM more");
  });

  it("are found on a table and on a schema, and what is printed gives them", async () => {
    await spoil(
      "REVOKE ALL ON users, orders_id_seq FROM $; REVOKE USAGE ON SCHEMA public FROM PUBLIC, $",
    );
    const { code, findings } = await examine(database, project);
    expect([code, listOf(findings)]).toEqual([
      2,
      ["public", "public.orders_id_seq", "public.users"].map(
        (name) => `warning missing-privileges ${name}`,
      ),
    ]);
    await expectMended(database, project, "missing-privileges");
    const service = await database.connect(database.runtime);
    await service.query("INSERT INTO users (email) VALUES ('a')");
  });

  it("are given by --fix, all kinds of them", async () => {
    await spoil(
      "REVOKE ALL ON users FROM $; ALTER DEFAULT PRIVILEGES FOR ROLE # IN SCHEMA public REVOKE ALL ON SEQUENCES FROM $",
    );
    const { code, findings, fixed } = await examine(database, project, { fix: true });
    expect([code, findings]).toEqual([0, []]);
    expect(fixed.map(({ rule }) => rule)).toEqual([
      "missing-default-privileges",
      "missing-privileges",
    ]);
  });

  it("are left away where a migration took them: that is a note, and --fix gives nothing back", async () => {
    project.write("4000_hide.sql", `REVOKE ALL ON users FROM ${database.runtime};\n`);
    expect((await database.run(project, database.upArgs)).code).toBe(0);
    const { code, findings, fixed } = await examine(database, project, { fix: true });
    expect([code, fixed, listOf(findings)]).toEqual([
      0,
      [],
      ["note missing-privileges public.users"],
    ]);
    const service = await database.connect(database.runtime);
    await expect(service.query("SELECT FROM users")).rejects.toThrow("permission denied");
  });
});
