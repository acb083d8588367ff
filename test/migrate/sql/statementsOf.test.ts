import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { loadMigrations } from "../../../migrate/files/load";
import { listFolder } from "../../../migrate/files/migrationFile";
import { findDestructive } from "../../../migrate/sql/findDestructive";
import type { RenderOptions } from "../../../migrate/sql/renderScript";
import { type MigrationStatements, statementsOf } from "../../../migrate/sql/statementsOf";
import { createProject, removeProjects } from "../support/project";

afterAll(() => {
  removeProjects();
});

const OPTIONS: RenderOptions = { direction: "up", scripts: "self-contained", shorthands: {} };

async function read(
  files: Record<string, string>,
  options: Partial<RenderOptions> = {},
): Promise<MigrationStatements[]> {
  const folder = join(createProject(files).folder, "migrations");
  const { files: found } = await listFolder({ folder, shownFolder: "migrations" });
  return statementsOf(await loadMigrations(found), { ...OPTIONS, ...options });
}

async function readOne(name: string, content: string): Promise<MigrationStatements> {
  const [only] = await read({ [name]: content });
  return only!;
}

const kindsOf = ({ statements }: MigrationStatements): string[] =>
  statements.map(({ kind }) => kind);

it("reads a .sql file's part for going up alone, with its lines", async () => {
  const text =
    "-- Down Migration\nDROP TABLE a;\n-- Up Migration\n\nCREATE TABLE a ();\nDELETE FROM a;\n";
  const { statements, unknown } = await readOne("1_a.sql", text);
  expect(statements.map(({ kind, line }) => [kind, line])).toEqual([
    ["CreateStmt", 5],
    ["DeleteStmt", 6],
  ]);
  expect(unknown).toBeNull();
});

it("takes everything as up without headings, as node-pg-migrate does", async () => {
  expect(kindsOf(await readOne("1_a.sql", "CREATE TABLE a (); DROP TABLE b;"))).toEqual([
    "CreateStmt",
    "DropStmt",
  ]);
});

it("renders a script, whichever way it is written", async () => {
  const found = await read({
    "1_a.js":
      "exports.shorthands = { code: { type: 'varchar(3)' } };\nexports.up = (pgm) => { pgm.createTable('a', { id: 'id', c: 'code' }); };",
    "2_b.js": "exports.up = async (pgm) => { pgm.noTransaction(); pgm.dropColumn('a', 'c'); };",
    "3_c.js": "exports.up = (pgm, done) => { pgm.addColumn('a', { d: 'code' }); done(); };",
    "4_d.ts":
      "import type { MigrationBuilder } from 'node-pg-migrate';\nexport const up = (pgm: MigrationBuilder): void => { pgm.sql('SELECT 1; DELETE FROM {t}', { t: 'a' }); };",
  });
  expect(found.map(({ unknown }) => unknown)).toEqual([null, null, null, null]);
  expect(found.map(kindsOf)).toEqual([
    ["CreateStmt"],
    ["AlterTableStmt"],
    ["AlterTableStmt"],
    ["SelectStmt", "DeleteStmt"],
  ]);
  expect(JSON.stringify(found[2]?.statements)).toContain("varchar");
  expect(found.map(({ statements }) => findDestructive([statements]).flat().length)).toEqual([
    0, 1, 0, 1,
  ]);
  expect(found[3]?.statements[0]?.line).toBeNull();
});

it("runs a script on a thread of its own, which ends with it", async () => {
  const script = "const left = ['a']; exports.up = (pgm) => { pgm.createTable(left.pop(), {}); };";
  const folder = join(createProject({ "1_a.js": script }).folder, "migrations");
  const { files } = await listFolder({ folder, shownFolder: "migrations" });
  const migrations = await loadMigrations(files);
  const read = async (): Promise<string[]> =>
    kindsOf((await statementsOf(migrations, OPTIONS))[0]!);
  expect([await read(), await read()]).toEqual([["CreateStmt"], ["CreateStmt"]]);
});

it("runs none that reaches out of itself", async () => {
  const folder = createProject().folder;
  const mark = join(folder, "mark");
  const script = `exports.up = () => { require("node:fs").writeFileSync(${JSON.stringify(mark)}, ""); };`;
  const { statements, unknown } = await readOne("1_a.js", script);
  expect([statements, unknown]).toEqual([[], "it mentions require"]);
  expect(existsSync(mark)).toBe(false);
});

it("ends a script that does not end", async () => {
  const { unknown } = await readOne("1_a.js", "exports.up = () => { for (;;); };");
  expect(unknown).toBe("it takes too long without a database");
});

it.each([
  ["a .sql file that does not parse", "1_a.sql", "SELEC 1;", "syntax error in line 1"],
  [
    "a .sql file with a password, of which it says nothing",
    "1_a.sql",
    "SELECT 1;\nCREATE ROLE bob PASSWORD 'canary;\nSELECT 1;",
    "unterminated quoted string in line 2",
  ],
  [
    "a script that asks the database",
    "1_a.js",
    "exports.up = async (pgm) => { const { rows } = await pgm.db.query('SELECT 1'); pgm.sql(rows[0].sql); };",
    "it asks the database",
  ],
  [
    "a script that asks it without waiting",
    "1_a.js",
    "exports.up = (pgm) => { pgm.db.query('DELETE FROM a').then(() => { throw new Error('no'); }); };",
    "it asks the database",
  ],
  [
    "a script that catches what goes wrong",
    "1_a.js",
    "exports.up = async (pgm) => { try { await pgm.db.select('SELECT 1'); } catch { } };",
    "it asks the database",
  ],
  [
    "a script that fails",
    "1_a.js",
    "exports.up = () => { throw new Error('canary'); };",
    "it fails without a database",
  ],
  [
    "a script whose statement does not parse",
    "1_a.js",
    "exports.up = (pgm) => { pgm.sql('DROP'); };",
    "syntax error",
  ],
])("knows nothing of %s", async (_, name, content, reason) => {
  const { statements, unknown } = await readOne(name, content);
  expect([statements, unknown]).toEqual([[], reason]);
});

it("gives each statement's text, without comments before it and without its semicolon", async () => {
  const text = '-- é\nSELECT 1 ; /* x */\n-- y\n  DELETE FROM "ü"\n  WHERE true';
  const { statements } = await readOne("1_a.sql", text);
  expect(statements.map(({ sql, line }) => [sql, line])).toEqual([
    ["SELECT 1", 2],
    ['DELETE FROM "ü"\n  WHERE true', 4],
  ]);
});

it("says whether a script runs outside a transaction, also one that does so by a helper", async () => {
  const found = await read({
    "1_a.js": "exports.up = (pgm) => { pgm.noTransaction(); pgm.sql('SELECT 1'); };",
    "2_b.js": "// noTransaction is not called\nexports.up = (pgm) => { pgm.sql('SELECT 1'); };",
    "3_c.js": "exports.up = (pgm) => { pgm['no' + 'Transaction'](); pgm.sql('SELECT 1'); };",
    "4_d.sql": "SELECT 1;",
  });
  expect(found.map(({ usesTransaction }) => usesTransaction)).toEqual([false, true, false, true]);
});

it("reads the way back: written, reversed from up, or none", async () => {
  const found = await read(
    {
      "1_a.sql": "-- Up Migration\nCREATE TABLE a ();\n-- Down Migration\nDROP TABLE a;",
      "2_b.js": "exports.up = (pgm) => { pgm.createTable('b', { id: 'id' }); };",
      "3_c.js": "exports.up = (pgm) => { pgm.sql('SELECT 1'); }; exports.down = false;",
      "4_d.js": "exports.up = (pgm) => { pgm.sql('SELECT 1'); };",
      "5_e.sql": "CREATE TABLE e ();",
    },
    { direction: "down" },
  );
  expect(found.map(kindsOf)).toEqual([["DropStmt"], ["DropStmt"], [], [], []]);
  expect(found.map(({ unknown }) => unknown !== null)).toEqual([false, false, false, true, false]);
  expect(found[0]!.statements[0]!.line).toBe(4);
});

it("runs a script that reaches out of itself only when any may be run", async () => {
  const files = {
    "1_a.js":
      "const { join } = require('node:path'); exports.up = (pgm) => { pgm.sql(`DROP TABLE ${join('a')}`); };",
  };
  const [held] = await read(files);
  expect(held!.unknown).toBe("it mentions require");
  const [run] = await read(files, { scripts: "any" });
  expect(run!.unknown).toBeNull();
  expect(run!.statements.map(({ sql }) => sql)).toEqual(["DROP TABLE a"]);
});

describe("any script", () => {
  const names = (found: MigrationStatements[]): (string | null)[] =>
    found.map(({ statements, unknown }) => unknown ?? statements[0]?.sql ?? null);

  it("is rendered on one thread with the others", async () => {
    const script =
      "const { threadId } = require('node:worker_threads'); exports.up = (pgm) => { pgm.sql(`SELECT ${threadId}`); };";
    const found = await read({ "1_a.js": script, "2_b.js": script }, { scripts: "any" });
    const [first, second] = names(found);
    expect(first).toMatch(/^SELECT [1-9]/);
    expect(second).toBe(first);
  });

  it("does not fail with the one before it", async () => {
    const found = await read(
      {
        "1_a.js": "exports.up = (pgm) => { pgm.sql('SELECT 1'); };",
        "2_b.js": "exports.up = () => { process.exit(); };",
        "3_c.js": "exports.up = () => { throw new Error('canary'); };",
        "4_d.js": "exports.up = async (pgm) => { await pgm.db.query('SELECT 1'); };",
        "5_e.js": "exports.up = () => new Promise(() => undefined);",
        "6_f.js": "exports.up = (pgm) => { pgm.sql('SELECT 6'); };",
      },
      { scripts: "any" },
    );
    expect(names(found)).toEqual([
      "SELECT 1",
      "it ends without naming its statements",
      "it fails without a database",
      "it asks the database",
      "it ends without naming its statements",
      "SELECT 6",
    ]);
  });

  it("is not blamed for what the one before it has left running", async () => {
    const found = await read(
      {
        "1_a.js":
          "exports.up = (pgm) => { setTimeout(() => { throw new Error('late'); }, 50); pgm.sql('SELECT 1'); };",
        "2_b.js":
          "exports.up = async (pgm) => { await new Promise((end) => setTimeout(end, 500)); pgm.sql('SELECT 2'); };",
      },
      { scripts: "any" },
    );
    expect(names(found)).toEqual(["SELECT 1", "SELECT 2"]);
  });
});
