import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Finding } from "../findings/finding";
import { locksOf } from "../sql/locks/locksOf";
import type { Statement } from "../sql/parseSql";
import type { MigrationStatements } from "../sql/statementsOf";
import { isTemporary, keyOf } from "./names";
import type { LintContext, Rule, StatementRule } from "./rule";
import { SQUAWK_RULES } from "./rules/squawk";

/** What squawk says of each statement: names of its rules. */
export type SquawkFindings = ReadonlyMap<Statement, ReadonlySet<string>>;

/** Squawk's answer, or the note that it is not there. */
export interface SquawkAnswer {
  found: SquawkFindings;
  missing: Finding | null;
}

export const SQUAWK_MISSING: Rule = {
  id: "squawk-missing",
  level: "note",
  title: "the SQL linter squawk is not installed",
  why: "It looks at what a single statement tells. It is an optional dependency, left out by npm ci --omit=optional and on platforms without a binary.",
  instead: "npm install --save-dev squawk-cli",
  url: "https://squawkhq.com/docs/",
};

/** Runs squawk, once, over what the files send. It reads SQL only, so it is given what scripts render to. */
export async function runSquawk(files: readonly MigrationStatements[]): Promise<SquawkAnswer> {
  if (files.every(({ statements }) => statements.length === 0)) {
    return { found: new Map(), missing: null };
  }
  const program = findProgram();
  if (program === null) return { found: new Map(), missing: reportMissing(files) };
  const folder = await mkdtemp(join(tmpdir(), "cloud-run-migrations-lint-"));
  try {
    // A configuration of the user's, made for files that are not these, would not be meant.
    await writeFile(join(folder, "squawk.toml"), "");
    const texts = files.map(toText);
    const names = texts.map((_, index) => `${index}.sql`);
    await Promise.all(
      texts.map(({ sql }, index) => writeFile(join(folder, names[index] ?? ""), sql)),
    );
    const args = ["--reporter", "json", "--config", "squawk.toml", "--no-assume-in-transaction"];
    const printed = await run(program, [...args, ...names], folder);
    // On another C library, or without the right to run it.
    if (printed === null) return { found: new Map(), missing: reportMissing(files) };
    return { found: assign(files, texts, JSON.parse(printed) as SquawkRow[]), missing: null };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface SquawkRow {
  file: string;
  /** From 0. */
  line: number;
  rule_name: string;
}

interface Text {
  sql: string;
  /** Line, from 0, at which each statement begins. */
  starts: number[];
}

function toText({ statements }: MigrationStatements): Text {
  const starts: number[] = [];
  let line = 0;
  for (const { sql } of statements) {
    starts.push(line);
    line += sql.split("\n").length + 1;
  }
  // A line of its own: a comment at the end would swallow the semicolon.
  return { sql: statements.map(({ sql }) => `${sql}\n;\n`).join(""), starts };
}

function assign(
  files: readonly MigrationStatements[],
  texts: readonly Text[],
  rows: readonly SquawkRow[],
): SquawkFindings {
  const found = new Map<Statement, Set<string>>();
  for (const { file, line, rule_name: rule } of rows) {
    const index = Number(file.replace(/\.sql$/, ""));
    const at = texts[index]?.starts.findLastIndex((start) => start <= line) ?? -1;
    const statement = files[index]?.statements[at];
    if (statement === undefined) continue;
    found.set(statement, (found.get(statement) ?? new Set()).add(rule));
  }
  return found;
}

/** The binary that the package of this platform carries; never one that happens to be on PATH. */
function findProgram(): string | null {
  const here = createRequire(__filename);
  const name = `@squawk-cli/${process.platform}-${process.arch}/package.json`;
  for (const from of [here, viaPackage(here)]) {
    try {
      const manifest = from?.resolve(name);
      const file = process.platform === "win32" ? "squawk.exe" : "squawk";
      if (manifest !== undefined) return join(manifest, "..", "bin", file);
    } catch {
      // Not installed, or seen by its parent only.
    }
  }
  return null;
}

function viaPackage(here: NodeJS.Require): NodeJS.Require | null {
  try {
    return createRequire(here.resolve("squawk-cli/package.json"));
  } catch {
    return null;
  }
}

/** What it prints; null when this machine cannot start it. */
function run(program: string, args: readonly string[], cwd: string): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const options = { cwd, encoding: "utf8", maxBuffer: 256 * 1024 * 1024 } as const;
    execFile(program, args, options, (error, stdout, stderr) => {
      // With findings it ends with 1.
      if (error === null || (error.code === 1 && stdout.startsWith("["))) resolve(stdout);
      else if (typeof error.code === "string") resolve(null);
      else reject(new Error(`squawk: ${stderr.trim() || error.message}`));
    });
  });
}

function reportMissing([file]: readonly MigrationStatements[]): Finding {
  const { id, level, instead, url } = SQUAWK_MISSING;
  const message = `${SQUAWK_RULES.length} rules were not looked at, for squawk is not installed or does not start here`;
  const path = file?.migration.file.shownPath ?? "";
  return { rule: id, level, file: path, line: null, message, remedy: instead, url };
}

/** Squawk's rules as rules of ours, which find what it has found. */
export function squawkRules(found: SquawkFindings): StatementRule[] {
  return SQUAWK_RULES.map(({ squawk, aboutLocks, says, ...rule }) => ({
    ...rule,
    kinds: [],
    find: (context) => {
      if (found.get(context.statement)?.has(squawk) !== true) return [];
      if (isTemporary(context.statement.node.relation)) return [];
      return aboutLocks && !locksExisting(context) ? [] : [{ message: says }];
    },
  }));
}

function locksExisting({ statement, model, isNew }: LintContext): boolean {
  const locks = locksOf(statement);
  // REINDEX of a schema names no table, and means all.
  return (
    locks.length === 0 ||
    locks.some(({ relation: { schema, name, isIndex } }) => {
      const key = keyOf(schema, name);
      const table = model.tables.get(isIndex ? (model.indexes.get(key)?.table ?? "") : key);
      return table === undefined || !(table.isTemporary || isNew(table.madeBy));
    })
  );
}
