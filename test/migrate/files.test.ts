import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../migrate/commands/index";
import { type CliRun, documentOf, runCli } from "./support/cli";
import { type Project, THREE, createProject, removeProjects } from "./support/project";

afterAll(() => {
  removeProjects();
});

function run(
  { folder }: Project,
  args: string[],
  env: Record<string, string> = {},
): Promise<CliRun> {
  return runCli(args, { cwd: folder, env });
}

describe("create", () => {
  it("writes what plain node-pg-migrate would, and prints the path", async () => {
    const project = createProject();
    const before = Date.now();
    const { code, stdout } = await run(project, ["create", "Add", "users", "table!"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^migrations\/\d{13}_add-users-table\.sql\n$/);
    const [file = ""] = readdirSync(join(project.folder, "migrations"));
    expect(Number(file.slice(0, 13))).toBeGreaterThanOrEqual(before);
    const template = readFileSync(
      join(__dirname, "../../node_modules/node-pg-migrate/templates/migration-template.sql"),
      "utf8",
    );
    expect(readFileSync(join(project.folder, "migrations", file), "utf8").trim()).toBe(
      template.trim(),
    );
  });

  it("makes the folder, and scripts of which check says that they are empty", async () => {
    const project = createProject();
    for (const language of ["--ts", "--js"]) {
      const created = await run(project, [
        "create",
        "add orders",
        language,
        "-m",
        "db/m",
        "--json",
      ]);
      expect(documentOf(created)).toMatchObject({
        formatVersion: 1,
        command: "create",
        error: null,
      });
    }
    const { code, stdout } = await run(project, ["check", "-m", "db/m"]);
    expect([code, stdout.match(/error \[does-nothing\] does nothing/g)?.length]).toEqual([2, 2]);
  });

  it("takes a name with its extension for what it is", async () => {
    const { stdout } = await run(createProject(), ["create", "add-users.ts"]);
    expect(stdout).toMatch(/^migrations\/\d{13}_add-users\.ts\n$/);
  });

  it("is never before an existing file, and keeps the folder's way of counting", async () => {
    const far = createProject({ "9999999999999_far.sql": "SELECT 1" });
    expect((await run(far, ["create", "add orders"])).stdout).toContain(
      "10000000000000_add-orders",
    );
    const index = createProject({ "0007_a.sql": "SELECT 1" });
    expect((await run(index, ["create", "add orders"])).stdout).toContain("/0008_add-orders");
    const utc = createProject({ "29990101000000000_a.sql": "SELECT 1" });
    expect((await run(utc, ["create", "add orders"])).stdout).toContain("/29990101000000001_");
  });

  it.each([
    "",
    "migration",
    "migration1",
    "fix",
    "Fix2 tmp3",
    "update the table",
    "123",
    "new-2",
    "!!!",
  ])("refuses %j", async (name) => {
    const project = createProject();
    const { code, stderr } = await run(project, ["create", name]);
    expect(code).toBe(1);
    expect(stderr).toContain(
      "invalid args\n  name: expected a few words that say what the migration does",
    );
    expect(readdirSync(join(project.folder, "migrations"))).toEqual([]);
  });
});

describe("check", () => {
  it("finds nothing in good files, and answers 0", async () => {
    const project = createProject({
      ...THREE,
      ".hidden": "x",
      "4000_body.sql":
        "-- Up Migration\nCREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;\n" +
        "CREATE FUNCTION g() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END;\n" +
        "/* COMMIT; */ INSERT INTO t VALUES ('a; COMMIT;', $x$ BEGIN; $x$, E'it\\'s; COMMIT;');\nSAVEPOINT a; ROLLBACK TO a;\n",
      "5000_script.ts": "export const up = (pgm: unknown): void => { void pgm; };",
    });
    mkdirSync(join(project.folder, "migrations", "folder"));
    const { code, stdout } = await run(project, ["check", "--runnable"]);
    expect([code, stdout]).toEqual([0, "check: nothing to change\n"]);
  });

  it.each<[string, Record<string, string>, string, string, number | null]>([
    [
      "duplicate-prefix",
      { "1_a.sql": "SELECT 1", "1_b.sql": "SELECT 1" },
      "1_b.sql",
      "migrations/1_a.sql",
      null,
    ],
    [
      "duplicate-prefix",
      { "1_a.sql": "SELECT 1", "01_b.sql": "SELECT 1" },
      "01_b.sql",
      "the same number",
      null,
    ],
    [
      "duplicate-name",
      { "1_a.js": "exports.up = () => 1", "1_a.sql": "SELECT 1" },
      "1_a.sql",
      "the same name",
      null,
    ],
    ["not-a-migration", { "readme.md": "# x" }, "readme.md", "load this file", null],
    ["not-a-migration", { "notes.sql": "SELECT 1" }, "notes.sql", "load this file", null],
    ["not-a-migration", { "1_a.d.ts": "export {}" }, "1_a.d.ts", "load this file", null],
    ["not-a-migration", { "1_it's.sql": "SELECT 1" }, "1_it's.sql", "load this file", null],
    ["does-not-load", { "1_a.js": "exports.up = (" }, "1_a.js", "", null],
    [
      "does-not-load",
      { "1_a.ts": "import 'not-there'; export const up = () => {};" },
      "1_a.ts",
      "not-there",
      null,
    ],
    ["no-up", { "1_a.js": "exports.down = () => {}" }, "1_a.js", "exports no function up", null],
    [
      "no-up",
      { "1_a.sql": "CREATE TABLE a ();\n\n-- Down Migration\nDROP TABLE a;\n" },
      "1_a.sql",
      "as up too",
      3,
    ],
    [
      "does-nothing",
      { "1_a.sql": "-- Up Migration\n\n-- Down Migration\n" },
      "1_a.sql",
      "does nothing",
      null,
    ],
    [
      "settings",
      { "1_a.sql": "-- cloud-run-migrations: lock_timeout=5m\nSELECT 1" },
      "1_a.sql",
      '"5m"',
      1,
    ],
    [
      "transaction-control",
      { "1_a.sql": "SELECT 1;\nCOMMIT;\nSELECT 2;" },
      "1_a.sql",
      "transaction",
      2,
    ],
    [
      "needs-own-transaction",
      { "1_a.sql": "\ncreate unique index\n concurrently i on t (a);" },
      "1_a.sql",
      "cannot run",
      2,
    ],
  ])("finds %s (%#)", async (rule, files, file, words, line) => {
    const result = await run(createProject(files), ["check", "--json", "--runnable"]);
    expect(result.code).toBe(2);
    const document = documentOf(result);
    expect(document).toMatchObject({ formatVersion: 1, command: "check", error: null });
    const findings = document.findings as Record<string, unknown>[];
    expect(findings).toHaveLength(1);
    expect(Object.keys(findings[0]!)).toEqual([
      "rule",
      "level",
      "file",
      "line",
      "message",
      "remedy",
      "url",
    ]);
    expect(findings[0]).toMatchObject({ rule, level: "error", file: `migrations/${file}`, line });
    expect(findings[0]?.message).toContain(words);
  });

  it("writes one line per finding", async () => {
    const { stdout } = await run(createProject({ "1_a.sql": "SELECT 1;\nROLLBACK;" }), [
      "check",
      "--runnable",
    ]);
    expect(stdout).toMatch(
      /^migrations\/1_a\.sql:2: error \[transaction-control\] .*; .*\ncheck: 1 error; cloud-run-migrations explain RULE says why\n$/,
    );
  });

  it("fails with 1 when there is no such folder", async () => {
    const result = await run(createProject(), ["check", "-m", "nowhere", "--json"]);
    expect([result.code, documentOf(result).error]).toEqual([
      1,
      'invalid args\n  --migrations-dir: expected a folder that can be read, got "nowhere"; make it, or name the right one (ENOENT)',
    ]);
  });
});

describe(".env", () => {
  it.each(["CLOUD_RUN_JOB", "K_SERVICE", "BUILD_ID"])(
    "is refused where %s is set",
    async (variable) => {
      const project = createProject(THREE);
      writeFileSync(join(project.folder, ".env"), "PGPASSWORD=canary-env\n");
      const { code, stdout, stderr } = await run(project, ["check"], { [variable]: "x" });
      expect([code, stdout]).toEqual([1, ""]);
      expect(stderr).toContain(
        `invalid args\n  .env: expected no such file where ${variable} is set`,
      );
      expect(stderr).not.toContain("canary");
    },
  );

  it("is not missed where there is none", async () => {
    expect((await run(createProject(THREE), ["check"], { BUILD_ID: "x" })).code).toBe(0);
  });
});

describe("help", () => {
  it.each(["up", "down", "status", "create", "check", "exec"])(
    "of %s has examples",
    async (command) => {
      const { code, stdout } = await run(createProject(), [command, "--help"]);
      expect(code).toBe(0);
      expect(stdout).toContain("Examples:");
      expect(stdout).toContain("--migrations-dir");
    },
  );
});

describe("wrong arguments", () => {
  it("are reported all at once", async () => {
    const args = [
      "up",
      "--foo",
      "bar",
      "--lock-wait",
      "3m",
      "--role",
      'a"b',
      "--ip-type",
      "X",
      "--to",
    ];
    const result = await run(createProject(), [...args, "--json"]);
    expect(result.code).toBe(1);
    expect(documentOf(result)).toMatchObject({
      command: "up",
      committed: [],
      rolledBack: [],
      notRun: [],
    });
    const paths = [...result.stderr.matchAll(/^ {2}(\S+): expected/gm)].map((match) => match[1]);
    expect(paths).toEqual(["--foo", "--to", "--role", "--lock-wait", "--ip-type", "connection"]);
    expect(result.stderr.startsWith("invalid args\n")).toBe(true);
  });

  it("say what to do, and each once", async () => {
    const flags = ["--lock-timeout", "5", "--steps", "x", "--ip-type", "x", "--impersonate", "x"];
    const args = ["down", "-s", "x'y", ...flags];
    const env = { PGHOST: "h", PGPORT: "x" };
    const { stderr } = await run(createProject(), args, env);
    const lines = stderr.trim().split("\n").slice(1);
    expect(lines).toHaveLength(6);
    for (const line of lines) expect(line).toMatch(/: expected .*, got .*; /);
    expect(stderr).not.toContain("--migrations-schema");
  });

  it.each([[[]], [["upp"]]])("without a known command (%j) end with 1", async (args) => {
    const { code, stdout, stderr } = await run(createProject(), args);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(
      `command: expected one of ${COMMANDS.map(({ name }) => name).join(", ")}, got`,
    );
  });
});
