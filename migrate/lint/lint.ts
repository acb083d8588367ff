import type { Finding } from "../findings/finding";
import type { MigrationStatement, MigrationStatements } from "../sql/statementsOf";
import { follow } from "./follow";
import { heldBy } from "./held";
import { type Model, createModel } from "./model";
import { type Earlier, type Later, type LintContext, type StatementRule, toFinding } from "./rule";
import { NOT_RENDERED, SQL_SYNTAX } from "./rules/files";
import { STATEMENT_RULES } from "./rules/index";
import { runSquawk, squawkRules } from "./squawk";
import { findUnindexedKeys } from "./unindexedKeys";

export interface LintOptions {
  /** Names of the files that are looked at; the others are history. */
  subjects: ReadonlySet<string>;
  /**
   * Whether the subjects are released together, as with `check --base`: what one of them makes is new to
   * all. Else each is a release of its own.
   */
  isOneRelease: boolean;
}

/**
 * What is wrong with the way up of some migrations, in the light of all before them: what would break
 * the revision that still serves, lose data, or keep its readers and writers waiting. `files` are all
 * of the folder, in the order in which they run.
 */
export async function lint(
  files: readonly MigrationStatements[],
  options: LintOptions,
): Promise<Finding[]> {
  const subjects = files.filter(({ migration }) => options.subjects.has(migration.file.name));
  const squawk = await runSquawk(subjects);
  const rules = [...STATEMENT_RULES, ...squawkRules(squawk.found)];
  const model = createModel();
  const findings: Finding[] = squawk.missing === null ? [] : [squawk.missing];
  let before: Earlier[] = [];
  for (const file of files) {
    if (!options.subjects.has(file.migration.file.name)) {
      for (const statement of file.statements) follow(model, statement, file.migration.file.name);
      before = [];
      continue;
    }
    if (!options.isOneRelease || !file.usesTransaction) before = [];
    const later = options.isOneRelease ? subjects.slice(subjects.indexOf(file) + 1) : [];
    findings.push(...findUnread(file), ...lintFile(file, { rules, model, options, before, later }));
    if (!file.usesTransaction) before = [];
  }
  return [...findings, ...findUnindexedKeys(model, subjects)];
}

interface Run {
  rules: readonly StatementRule[];
  model: Model;
  options: LintOptions;
  /** Grows by what the file runs in the same transaction. */
  before: Earlier[];
  /** Files that run after it in the same release. */
  later: readonly MigrationStatements[];
}

/** Looks at each statement, then takes it in. */
function lintFile(file: MigrationStatements, run: Run): Finding[] {
  const { model, options, before } = run;
  const { name } = file.migration.file;
  const isNew = (madeBy: string): boolean =>
    options.isOneRelease ? options.subjects.has(madeBy) : madeBy === name;
  const own = flatten(file);
  const after = run.later.flatMap(flatten);
  const earlier: MigrationStatement[] = [];
  const findings: Finding[] = [];
  for (const [index, { statement, isInBlock }] of own.entries()) {
    const isInTransaction = file.usesTransaction || isInBlock || sharesQuery(own, index);
    if (!isInTransaction || !continues(file, own, index)) before.length = 0;
    const here = heldBy(model, isNew, statement);
    const later = (): Later[] => [...own.slice(index + 1), ...after];
    const context = {
      statement,
      file,
      model,
      before,
      here,
      earlier,
      later,
      isInTransaction,
      isNew,
    };
    findings.push(...judge(run.rules, context, statement.line));
    before.push({ statement, file, ...here });
    earlier.push(statement);
    follow(model, statement, name);
  }
  return findings;
}

interface Place extends Later {
  statement: MigrationStatement;
  /** What runs it: a DO block is one statement, and one transaction. */
  outer: MigrationStatement;
  isInBlock: boolean;
}

/** The statements of a file, those in DO blocks by themselves. */
function flatten(file: MigrationStatements): Place[] {
  return file.statements.flatMap((outer): Place[] => {
    const { body, line, step } = outer;
    if (body === undefined || !("statements" in body)) {
      return [{ statement: outer, outer, file, isInBlock: false }];
    }
    return body.statements.map((each) => ({
      ...{ statement: { ...each, line, step }, outer },
      ...{ file, isInBlock: true },
    }));
  });
}

/** Whether a script's query holds several statements, which PostgreSQL runs as one transaction. */
function sharesQuery(own: readonly Place[], index: number): boolean {
  const step = own[index]?.outer.step ?? null;
  return (
    step !== null &&
    [own[index - 1], own[index + 1]].some(
      (other) => other?.outer.step === step && other.outer !== own[index]?.outer,
    )
  );
}

/** Whether it is in the transaction of the statement before it. */
function continues(file: MigrationStatements, own: readonly Place[], index: number): boolean {
  if (file.usesTransaction) return true;
  const [last, here] = [own[index - 1]?.outer, own[index]?.outer];
  return last === here || (last !== undefined && last.step === here?.step && last.step !== null);
}

function judge(
  rules: readonly StatementRule[],
  context: LintContext,
  line: number | null,
): Finding[] {
  const { kind, node } = context.statement;
  return rules
    .filter(({ kinds }) => kinds.length === 0 || kinds.includes(kind))
    .flatMap((rule) =>
      rule.find(context, node).map((problem) => toFinding(rule, problem, context.file, line)),
    );
}

function findUnread(file: MigrationStatements): Finding[] {
  const { syntaxError, unknown } = file;
  if (unknown !== null) {
    const problem = { message: `PostgreSQL cannot read it: ${unknown}` };
    if (syntaxError !== null) return [toFinding(SQL_SYNTAX, problem, file, syntaxError.line)];
    const reason = `its statements are not known before it runs: ${unknown}`;
    return [toFinding(NOT_RENDERED, { message: reason }, file, null)];
  }
  return file.statements.flatMap(({ body, line }) => {
    if (body === undefined || !("unknown" in body)) return [];
    const message = `the DO block ${body.unknown}, so nothing of it is looked at`;
    return [toFinding(NOT_RENDERED, { message }, file, line)];
  });
}
