import type { Finding, Level } from "../findings/finding";
import type { RoleStatement } from "../roles/planRoles";

/** What `doctor` looks for, as `explain` tells it. */
export interface DoctorRule {
  /** Stable. */
  id: string;
  /** Of the worst that it finds. */
  level: Level;
  title: string;
  why: string;
  instead: string;
  url: string;
}

/** What is wrong with one thing of the database. */
export interface Diagnosis {
  rule: DoctorRule;
  level: Level;
  /** Name of the thing: an index, a table, a migration, a role. */
  object: string;
  message: string;
  /** What to do, in words. */
  advice: string;
  /** What mends it, in this order, ready to run; empty when no statement does. */
  statements: string[];
  /** The same as `--fix` runs it; null when a person has to decide. */
  fix: RoleStatement[] | null;
}

/** A finding of `doctor`: `file` is the thing's name. */
export interface DoctorFinding extends Finding {
  statements: string[];
}

/** A diagnosis that a person has to answer. */
export function diagnose(
  rule: DoctorRule,
  object: string,
  message: string,
  advice: string,
  statements: readonly string[] = [],
): Diagnosis {
  const { level } = rule;
  return { rule, level, object, message, advice, statements: [...statements], fix: null };
}

/** The same, which `--fix` mends by its statements, run as this role. */
export function mendable(diagnosis: Diagnosis, as: RoleStatement["as"]): Diagnosis {
  return { ...diagnosis, fix: diagnosis.statements.map((sql) => ({ as, sql })) };
}

export function toFinding(diagnosis: Diagnosis): DoctorFinding {
  const { rule, level, object, message, advice, statements } = diagnosis;
  const remedy = [advice, ...statements].join("; ");
  return {
    ...{ rule: rule.id, level, file: object, line: null, message, remedy, url: rule.url },
    statements,
  };
}

/** Whether somebody has to do something about it. */
export function isFault({ level }: Pick<Finding, "level">): boolean {
  return level !== "note";
}
