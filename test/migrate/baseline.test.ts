import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readCatalogue } from "../../migrate/catalogue";
import { createApiUser } from "../../migrate/postgres";
import { documentOf } from "./support/cli";
import { type Project, THREE, createProject, removeProjects } from "./support/project";
import { type TestDatabase, type TestServer, startTestServer } from "./support/server";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(async () => {
  await server.stop();
  removeProjects();
});

const NAMES = ["1000_create-users", "2000_add-name", "3000_create-orders"];

/** What the first two files make, made by the migrator in another way. */
const SCHEMA = "CREATE TABLE users (id serial PRIMARY KEY, email text NOT NULL, name text)";

async function createOld(sql = SCHEMA): Promise<{ database: TestDatabase; project: Project }> {
  const database = await server.createDatabase();
  const client = await database.connect(database.migrator);
  await client.query(sql);
  return { database, project: createProject(THREE) };
}

function argsOf(database: TestDatabase, ...more: string[]): string[] {
  return ["baseline", ...more, ...database.upArgs.slice(1)];
}

describe("baseline", () => {
  it("records what the schema has, and up applies the rest", async () => {
    const { database, project } = await createOld();
    const attribution = { BUILD_ID: "build-7", COMMIT_SHA: "abc123", IMAGE: "app@sha256:1" };
    const args = argsOf(database, NAMES[1]!, "--yes", "--json");
    const run = await database.run(project, args, attribution);
    expect([run.code, documentOf(run)]).toEqual([
      0,
      {
        ...{ formatVersion: 1, command: "baseline", error: null, next: null },
        ...{ recorded: NAMES.slice(0, 2), pending: NAMES.slice(2) },
      },
    ]);
    expect(await database.applied()).toEqual(NAMES.slice(0, 2));
    const notes = await database.query(
      "SELECT direction, duration_ms::int, build_id, image, migration_id FROM pgmigrations_runs ORDER BY id",
    );
    const note = { direction: "up", duration_ms: 0, build_id: "build-7", image: "app@sha256:1" };
    expect(notes).toEqual([
      { ...note, migration_id: 1 },
      { ...note, migration_id: 2 },
    ]);
    const up = await database.run(project, [...database.upArgs, "--json"]);
    expect(documentOf(up)).toMatchObject({ error: null, committed: NAMES.slice(2) });
    expect((await database.run(project, ["status"])).code).toBe(0);
    // As a database that was made by the files alone; a serial's place among the columns aside.
    const made = await server.createDatabase();
    expect((await made.run(project, made.upArgs)).code).toBe(0);
    expect(await shapeOf(database)).toEqual(await shapeOf(made));
  });

  it("is agreed with by plain node-pg-migrate, which applies the rest", async () => {
    const { database, project } = await createOld();
    expect((await database.run(project, argsOf(database, NAMES[1]!, "--yes"))).code).toBe(0);
    const [order] = await database.query(
      "SELECT array_agg(name ORDER BY run_on)::text = array_agg(name ORDER BY id)::text AS same, count(DISTINCT run_on)::int FROM pgmigrations",
    );
    expect(order).toEqual({ same: true, count: 2 });
    expect((await database.library(project, ["up"])).code).toBe(0);
    expect(await database.applied()).toEqual(NAMES);
    expect((await database.library(project, ["down", "2"])).code).toBe(0);
    expect(await database.applied()).toEqual(NAMES.slice(0, 1));
  });

  it("says what it would record, and changes nothing, without --yes", async () => {
    const { database, project } = await createOld();
    const before = await readCatalogue(server.postgres.url(database.name));
    const run = await database.run(project, argsOf(database, `migrations/${NAMES[1]!}.sql`));
    expect([run.code, run.stdout]).toEqual([1, ""]);
    expect(run.stderr).toBe(
      [
        "baseline failed: this would record as applied, without running them",
        `  ${NAMES[0]!}`,
        `  ${NAMES[1]!}`,
        "next: make sure that the schema has all of that; then add --yes",
        "",
      ].join("\n"),
    );
    expect(await readCatalogue(server.postgres.url(database.name))).toEqual(before);
  });

  it("notices afterwards that a file which it recorded was edited", async () => {
    const { database, project } = await createOld();
    expect((await database.run(project, argsOf(database, NAMES[1]!, "--yes"))).code).toBe(0);
    project.write("1000_create-users.sql", "-- Up Migration\nSELECT 1;\n");
    expect((await database.run(project, database.upArgs)).stderr).toContain(
      "edited after it was applied",
    );
  });

  it("gives what the login owns to the owner role, and its rows to the service", async () => {
    const { database, project } = await createOld();
    const run = await database.run(project, argsOf(database, NAMES[1]!, "--yes"));
    expect([run.code, run.stdout]).toEqual([
      0,
      `recorded ${NAMES[0]!}\nrecorded ${NAMES[1]!}\nbaseline: 2 recorded as applied, 1 pending: run up\n`,
    ]);
    const owners = await database.query(
      "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'",
    );
    expect(owners).toEqual([{ tableowner: database.owner }]);
    const service = await database.connect(database.runtime);
    await service.query("INSERT INTO users (email) VALUES ('a')");
    await expect(service.query("SELECT FROM pgmigrations")).rejects.toThrow("permission denied");
  });

  it("names what others own, and the statements that hand it over", async () => {
    const database = await server.createDatabase();
    const name = `${database.name}_old`;
    await createApiUser(server.postgres, { name, password: database.password });
    await database.query(`GRANT CREATE ON SCHEMA public TO ${name}`);
    await (await database.connect(name)).query(SCHEMA);
    const project = createProject(THREE);
    const run = await database.run(project, argsOf(database, NAMES[1]!, "--yes", "--json"));
    const next = String(documentOf(run).next);
    expect([run.code, next]).toEqual([
      0,
      expect.stringContaining(
        `ALTER TABLE public.users OWNER TO ${database.owner}; /* of ${name} */`,
      ),
    ]);
    expect((await database.run(project, database.upArgs)).code).toBe(1);
    for (const sql of next.match(/ALTER [^;]*;/g) ?? []) await database.query(sql);
    expect((await database.run(project, database.upArgs)).code).toBe(0);
  });
});

describe("baseline refuses", () => {
  it("a database in which migrations are recorded, and names them", async () => {
    const { database, project } = await createOld();
    const args = argsOf(database, NAMES[0]!, "--yes");
    expect((await database.run(project, args)).code).toBe(0);
    const again = await database.run(project, argsOf(database, NAMES[1]!, "--yes"));
    expect(again.code).toBe(1);
    expect(again.stderr).toContain("lists 1 applied migrations already\n  1000_create-users\n");
    expect(await database.applied()).toEqual([NAMES[0]]);
  });

  it("a database in which there is nothing to adopt, an empty history table aside", async () => {
    const database = await server.createDatabase();
    await database.query(
      "CREATE EXTENSION pg_trgm; CREATE SCHEMA other; CREATE TABLE other.t (id int)",
    );
    await database.query(
      "CREATE TABLE pgmigrations (id serial PRIMARY KEY, name varchar(255) NOT NULL, run_on timestamp NOT NULL)",
    );
    await database.query(`GRANT SELECT ON pgmigrations TO ${database.migrator}`);
    const run = await database.run(createProject(THREE), argsOf(database, NAMES[1]!, "--yes"));
    expect([run.code, run.stderr]).toEqual([
      1,
      "baseline failed: there is nothing to adopt: no table and no view is in public\nnext: run up, which makes the schema; or name the right database, or the right --schema\n",
    ]);
    expect(await database.applied()).toEqual([]);
  });

  it("an unknown name, none and two, before it connects", async () => {
    const project = createProject(THREE);
    const database = await server.createDatabase();
    const env = { PGPORT: "1" };
    const unknown = await database.run(project, argsOf(database, "9000_nothing"), env);
    expect([unknown.code, unknown.stderr]).toEqual([
      1,
      'invalid args\n  name: expected the name of a migration in migrations, got "9000_nothing"; give one name, as the folder has it\n',
    ]);
    const none = await database.run(project, ["baseline", "--json"], env);
    expect(documentOf(none)).toMatchObject({ recorded: [], pending: [] });
    expect(documentOf(none).error).toContain("name: expected the newest migration");
    const two = await database.run(project, ["baseline", ...NAMES.slice(0, 2)], env);
    expect(two.stderr).toContain("got [");
  });

  it("a second one that runs at the same time", async () => {
    const { database, project } = await createOld();
    const args = argsOf(database, NAMES[1]!, "--yes");
    const runs = await Promise.all([database.run(project, args), database.run(project, args)]);
    expect(runs.map(({ code }) => code).sort()).toEqual([0, 1]);
    expect(await database.applied()).toEqual(NAMES.slice(0, 2));
  });

  it("and leaves nothing when it fails in the middle", async () => {
    const { database, project } = await createOld();
    await database.query(`
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF NEW.name LIKE '2000%' THEN RAISE 'not this one'; END IF; RETURN NEW; END $$;
      CREATE TABLE pgmigrations (id serial PRIMARY KEY, name varchar(255) NOT NULL, run_on timestamp NOT NULL);
      CREATE TRIGGER refuse BEFORE INSERT ON pgmigrations FOR EACH ROW EXECUTE FUNCTION refuse();
      ALTER TABLE pgmigrations OWNER TO ${database.migrator}`);
    const run = await database.run(project, argsOf(database, NAMES[1]!, "--yes"));
    expect([run.code, run.stderr.includes("not this one")]).toEqual([1, true]);
    expect(await database.applied()).toEqual([]);
  });
});

/** The catalogue without the names of its own roles. */
async function shapeOf(database: TestDatabase): Promise<string[]> {
  const lines = await readCatalogue(server.postgres.url(database.name));
  const roles = [database.owner, database.runtime, database.migrator];
  return lines.map((line) =>
    roles.reduce((text, role, index) => text.replaceAll(role, `<${index}>`), line),
  );
}
