import type { Finding } from "../findings/finding";
import type { MigrationStatement, MigrationStatements } from "../sql/statementsOf";
import { findUnindexedKeys } from "./unindexedKeys";
import { follow } from "./follow";
import { createModel } from "./model";
import { type Earlier, type LintContext, type StatementRule, toFinding } from "./rule";
import { NOT_RENDERED, SQL_SYNTAX } from "./rules/files";
import { STATEMENT_RULES } from "./rules/index";
import { runSquawk, squawkRules } from "./squawk";

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
    const isSubject = subjects.includes(file);
    if (!options.isOneRelease || !file.usesTransaction || !isSubject) before = [];
    if (isSubject) findings.push(...findUnread(file));
    const { name } = file.migration.file;
    const isNew = (madeBy: string): boolean =>
      options.isOneRelease ? options.subjects.has(madeBy) : madeBy === name;
    for (const statement of file.statements) {
      if (isSubject) {
        for (const each of statementsIn(statement)) {
          const context = { statement: each, file, model, before, isNew };
          findings.push(...judge(rules, context, statement.line));
        }
        if (file.usesTransaction) before = [...before, { statement, file }];
      }
      follow(model, statement, name);
    }
    if (!file.usesTransaction) before = [];
    if (isSubject && !options.isOneRelease) findings.push(...findUnindexedKeys(model, [file]));
  }
  return options.isOneRelease ? [...findings, ...findUnindexedKeys(model, subjects)] : findings;
}

/** A DO block runs what is in it. */
function statementsIn(statement: MigrationStatement): MigrationStatement[] {
  const { body, line } = statement;
  if (body === undefined || !("statements" in body)) return [statement];
  return body.statements.map((each) => ({ ...each, line }));
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
  if (unknown === null) return [];
  const problem = { message: `PostgreSQL cannot read it: ${unknown}` };
  if (syntaxError !== null) return [toFinding(SQL_SYNTAX, problem, file, syntaxError.line)];
  const reason = `its statements are not known before it runs: ${unknown}`;
  return [toFinding(NOT_RENDERED, { message: reason }, file, null)];
}
