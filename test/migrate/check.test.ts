import { afterAll, describe, expect, it } from "vitest";
import { type CliRun, documentOf, runCli } from "./support/cli";
import { type Project, THREE, createProject, removeProjects } from "./support/project";
import { gitIn, startRepository } from "./support/repository";

afterAll(() => {
  removeProjects();
});

const run = (project: Project, ...args: string[]): Promise<CliRun> =>
  runCli(args, { cwd: project.folder, env: {} });

async function findingsOf(project: Project, ...args: string[]): Promise<string[]> {
  const document = documentOf(await run(project, "check", "--json", ...args));
  const findings = document.findings as { rule: string; level: string; file: string }[];
  return findings
    .filter(({ level }) => level !== "note")
    .map(({ rule, file }) => `${rule} ${file.replace("migrations/", "")}`);
}

/** A repository whose main holds three migrations, and a branch `topic` that leaves it there. */
function startTopic(): Project {
  const project = createProject(THREE);
  startRepository(project.folder);
  gitIn(project.folder, "switch", "-qc", "topic");
  return project;
}

function commitOnMain(project: Project, name: string, text: string): void {
  const isDirty = gitIn(project.folder, "status", "--porcelain") !== "";
  if (isDirty) gitIn(project.folder, "stash", "-qu");
  gitIn(project.folder, "switch", "-q", "main");
  project.write(name, text);
  gitIn(project.folder, "add", ".");
  gitIn(project.folder, "commit", "-qm", "more");
  gitIn(project.folder, "switch", "-q", "topic");
  if (isDirty) gitIn(project.folder, "stash", "pop", "-q");
}

const BOTH = (up: string): string => `-- Up Migration\n${up};\n-- Down Migration\nSELECT 1;\n`;

describe("check", () => {
  it("finds what would break the serving revision, with a line, and answers 2", async () => {
    const project = createProject({
      ...THREE,
      "4000_drop.sql": BOTH("ALTER TABLE users DROP COLUMN name"),
    });
    const { code, stdout } = await run(project, "check");
    expect(code).toBe(2);
    expect(stdout).toContain(
      "migrations/4000_drop.sql:2: error [ban-drop-column] drops name of users",
    );
    expect(stdout).toMatch(
      /\ncheck: 1 error, \d+ notes; cloud-run-migrations explain RULE says why\n$/,
    );
  });

  it("answers 0 with notes only", async () => {
    const { code, stdout } = await run(createProject(THREE), "check");
    expect(code).toBe(0);
    expect(stdout).toMatch(/note \[prefer-identity\]/);
  });

  it("takes a finding that a comment accepts with a reason", async () => {
    const project = createProject({
      ...THREE,
      "4000_drop.sql": BOTH(
        "-- cloud-run-migrations: accept ban-drop-column: nothing has read it since release 12\nALTER TABLE users DROP COLUMN name",
      ),
    });
    expect(await findingsOf(project)).toEqual([]);
  });

  it("names a missing way back, unless the file says that there is none", async () => {
    const project = createProject({
      "1_a.sql": "SELECT 1;",
      "2_b.js": "exports.up = (pgm) => { pgm.sql('SELECT 1'); };",
      "3_c.js": "exports.up = (pgm) => { pgm.sql('SELECT 1'); }; exports.down = false;",
      "4_d.js": "exports.up = (pgm) => { pgm.createTable('t', { id: 'id' }); };",
      "5_e.sql": "-- cloud-run-migrations: accept no-down: the rows are gone\nSELECT 1;",
    });
    expect(await findingsOf(project)).toEqual(["no-down 1_a.sql", "no-down 2_b.js"]);
  });

  it("looks with --runnable only at what would keep the files from running", async () => {
    const project = createProject({ "1_a.sql": "DROP TABLE a;", "2_b.sql": "COMMIT;" });
    expect(await findingsOf(project, "--runnable")).toEqual(["transaction-control 2_b.sql"]);
  });

  it("refuses flags that exclude each other, all at once", async () => {
    const { code, stderr } = await run(
      createProject(THREE),
      "check",
      "--json",
      "--sarif",
      "--runnable",
      "--base",
      "x",
    );
    expect(code).toBe(1);
    expect(stderr).toContain(
      "--sarif: expected one of --json, --markdown and --sarif, got --json and --sarif; ",
    );
    expect(stderr).toContain("--runnable: expected --runnable or --base, got both; ");
  });
});

describe("check --base", () => {
  it("looks at what the branch adds alone, as one release", async () => {
    const project = startTopic();
    project.write("4000_wide.sql", BOTH("CREATE TABLE wide (id bigint)"));
    project.write(
      "5000_index.sql",
      BOTH("CREATE INDEX ON wide (id); CREATE INDEX ON orders (user_id)"),
    );
    expect(await findingsOf(project, "--base", "main")).toEqual([
      "require-concurrent-index-creation 5000_index.sql",
    ]);
  });

  it("says nothing about files that are released, however they are", async () => {
    const project = createProject({ "1_a.sql": "DROP TABLE a;" });
    startRepository(project.folder);
    const { code, stdout } = await run(project, "check", "--base", "main");
    expect([code, stdout]).toEqual([0, "check: nothing to change\n"]);
  });

  it("finds edited, deleted and renamed files, but no other line ends", async () => {
    const project = startTopic();
    project.write("1000_create-users.sql", "SELECT 2;");
    project.write("2000_add-name.sql", THREE["2000_add-name.sql"].replaceAll("\n", "\r\n"));
    project.remove("3000_create-orders.sql");
    project.write("9000_orders.sql", THREE["3000_create-orders.sql"]);
    expect(await findingsOf(project, "--base", "main")).toEqual([
      "deleted 3000_create-orders.sql",
      "edited 1000_create-users.sql",
    ]);
    const { stdout } = await run(project, "check", "--base", "main");
    expect(stdout).toContain("was released, and is now 9000_orders;");
  });

  it("finds a file that sorts before a released one", async () => {
    const project = startTopic();
    project.write("1500_early.sql", BOTH("SELECT 1"));
    expect(await findingsOf(project, "--base", "main")).toEqual(["out-of-order 1500_early.sql"]);
    const { stdout } = await run(project, "check", "--base", "main");
    expect(stdout).toContain(
      "sorts before 3000_create-orders.sql, which is released; cloud-run-migrations renumber 1500_early --base main",
    );
  });

  it("names both sides when two branches interleave, and renumber mends it", async () => {
    const project = startTopic();
    project.write("4000_ours.sql", BOTH("SELECT 1"));
    commitOnMain(project, "5000_theirs.sql", BOTH("SELECT 2"));
    const { code, stdout } = await run(project, "check", "--base", "main");
    expect(code).toBe(2);
    expect(stdout).toContain(
      "migrations/4000_ours.sql: error [branch-interleaved] this branch's 4000_ours sorts before 5000_theirs.sql, which main has got meanwhile; cloud-run-migrations renumber 4000_ours --base main",
    );
    expect((await run(project, "renumber", "4000_ours", "--base", "main")).code).toBe(0);
    expect(await findingsOf(project, "--base", "main")).toEqual([]);
  });

  it("finds two files of one name on two branches", async () => {
    const project = startTopic();
    commitOnMain(project, "4000_same.sql", BOTH("SELECT 2"));
    project.write("4000_same.sql", BOTH("SELECT 1"));
    expect(await findingsOf(project, "--base", "main")).toEqual([
      "branch-interleaved 4000_same.sql",
    ]);
  });

  it("says nothing when this branch's file sorts after the other's", async () => {
    const project = startTopic();
    project.write("6000_ours.sql", BOTH("SELECT 1"));
    commitOnMain(project, "5000_theirs.sql", BOTH("SELECT 2"));
    expect(await findingsOf(project, "--base", "main")).toEqual([]);
  });

  it("names the files that stay when one outside a transaction fails", async () => {
    const project = startTopic();
    project.write("4000_a.sql", BOTH("CREATE TABLE a (id bigint)"));
    project.write(
      "5000_b.js",
      "exports.up = (pgm) => { pgm.noTransaction(); pgm.createIndex('orders', 'user_id', { concurrently: true }); };",
    );
    expect(await findingsOf(project, "--base", "main")).toEqual(["mixed-no-transaction 5000_b.js"]);
    project.remove("4000_a.sql");
    expect(await findingsOf(project, "--base", "main")).toEqual([]);
  });

  it("fails with 1 on a ref that is not there", async () => {
    const { code, stderr } = await run(startTopic(), "check", "--base", "origin/main");
    expect([code, stderr]).toEqual([
      1,
      'invalid args\n  --base: expected a commit or branch of this checkout, got "origin/main"; git fetch it first\n',
    ]);
  });
});

describe("renumber", () => {
  it("moves several files behind all others, in their order", async () => {
    const project = createProject(THREE);
    const { code, stdout } = await run(
      project,
      "renumber",
      "migrations/2000_add-name.sql",
      "1000_create-users",
      "--json",
    );
    expect(code).toBe(0);
    const { renumbered } = JSON.parse(stdout) as { renumbered: { from: string; to: string }[] };
    expect(renumbered.map(({ from }) => from)).toEqual([
      "migrations/1000_create-users.sql",
      "migrations/2000_add-name.sql",
    ]);
    expect(renumbered.map(({ to }) => to.replace(/\d+/, "N"))).toEqual([
      "migrations/N_create-users.sql",
      "migrations/N_add-name.sql",
    ]);
    expect(await findingsOf(project)).toEqual([]);
  });

  it("renames nothing when one of them is released, or is not there", async () => {
    const project = startTopic();
    project.write("4000_new.sql", BOTH("SELECT 1"));
    const released = await run(project, "renumber", "4000_new", "2000_add-name", "--base", "main");
    expect(released.stderr).toContain(
      'name: expected one that is not released, got "2000_add-name", which main has;',
    );
    const unknown = await run(project, "renumber", "4000_new", "nope");
    expect(unknown.stderr).toContain('name: expected a migration of the folder, got "nope";');
    expect(await findingsOf(project, "--base", "main")).toEqual([]);
  });
});

describe("explain", () => {
  it("says why, what instead, and how to accept it", async () => {
    const { code, stdout } = await run(createProject(), "explain", "ban-drop-column");
    expect(code).toBe(0);
    expect(stdout).toContain("ban-drop-column (error): a column is dropped\n");
    expect(stdout).toContain("  -- cloud-run-migrations: accept ban-drop-column: REASON\n");
  });

  it("lists all rules without a name", async () => {
    const { rules } = documentOf(await run(createProject(), "explain", "--json"));
    expect((rules as { id: string }[]).map(({ id }) => id)).toContain("edited");
  });

  it("names the nearest to a wrong one", async () => {
    const { code, stderr } = await run(createProject(), "explain", "drop-column");
    expect(code).toBe(1);
    expect(stderr).toContain(
      'rule: expected the id of one rule, as findings give it, got "drop-column"; did you mean ban-drop-column?',
    );
  });
});
