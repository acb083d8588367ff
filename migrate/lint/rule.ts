import type { Finding, Level } from "../findings/finding";
import type { SqlNode, Statement } from "../sql/parseSql";
import { listOf, textOf } from "../sql/scope";
import type { MigrationStatements } from "../sql/statementsOf";
import type { Held } from "./held";
import { type Model, type Origin, type Table, objectKey } from "./model";
import { type Key, isTemporary, relationKey } from "./names";

/** What a rule says of itself; `explain` shows it. */
export interface Rule {
  /** Stable: comments that accept it, and dashboards, name it. */
  id: string;
  level: Level;
  /** What is found, in a few words. */
  title: string;
  why: string;
  /** What to write in its stead. */
  instead: string;
  url: string;
}

/** One thing that a rule has found. */
export interface Problem {
  message: string;
  /** @default - the rule's own `instead` */
  remedy?: string;
  /** @default - the rule's own level */
  level?: Level;
}

/** What is known where a statement stands. */
export interface LintContext {
  statement: Statement;
  file: MigrationStatements;
  /** All before this statement, of history too. */
  model: Model;
  /** What runs before it in the same transaction, which then still holds its locks; none outside of one. */
  before: readonly Earlier[];
  /** Where it keeps others waiting itself. */
  here: Held;
  /** What the same file runs before it, in whatever transaction. */
  earlier: readonly Statement[];
  /** What this release runs after it: with several files, theirs too. */
  later: () => readonly Later[];
  /** Whether it cannot have a transaction of its own: the file's, a DO block's, or that of a query of several statements. */
  isInTransaction: boolean;
  /** Whether only this release knows what this file has made: nobody uses it yet. */
  isNew: (madeBy: Origin) => boolean;
}

export interface Later {
  statement: Statement;
  file: MigrationStatements;
}

/** With the locks that it took when it ran. */
export interface Earlier extends Later, Held {}

/** A rule about single statements, of these kinds. */
export interface StatementRule extends Rule {
  kinds: readonly string[];
  find: (context: LintContext, node: SqlNode) => readonly Problem[];
}

/** A table that may be in use: its key, and what the files tell of it. */
export interface ExistingTable {
  key: Key;
  /** Null when no file has made it: then all that is known is that it must be there. */
  table: Table | null;
}

/** Rules of a topic, as they are written. */
export function defineRules(rules: readonly StatementRule[]): readonly StatementRule[] {
  return rules;
}

/** The table that a statement names, unless this release has made it. */
export function existingTable(
  { model, isNew }: LintContext,
  relation: unknown,
): ExistingTable | null {
  const key = relationKey(relation);
  const table = model.tables.get(key) ?? null;
  if (isTemporary(relation) || table?.isTemporary === true) return null;
  const madeBy = table?.madeBy ?? model.objects.get(objectKey("OBJECT_VIEW", key));
  return madeBy !== undefined && isNew(madeBy) ? null : { key, table };
}

/** A part of ALTER TABLE. */
export interface Alteration {
  subtype: string;
  /** Of the column or constraint that it is about. */
  name: string;
  command: SqlNode;
  column: SqlNode | null;
  constraint: SqlNode | null;
}

export function alterationsOf({ cmds }: SqlNode): Alteration[] {
  return listOf(cmds).map(({ AlterTableCmd }) => {
    const command = AlterTableCmd as SqlNode;
    const { ColumnDef, Constraint } = (command.def ?? {}) as Record<string, SqlNode | undefined>;
    return {
      subtype: String(command.subtype),
      name: textOf(command.name ?? ColumnDef?.colname ?? Constraint?.conname),
      command,
      column: ColumnDef ?? null,
      constraint: Constraint ?? null,
    };
  });
}

/** Constraints at a column's definition, as the parser calls them. */
export function constraintsAt(column: SqlNode | null): SqlNode[] {
  return listOf(column?.constraints).map(({ Constraint }) => Constraint as SqlNode);
}

/** Alterations of a table that may be in use. */
export function alterationsOfExisting(
  context: LintContext,
  node: SqlNode,
): { target: ExistingTable; alterations: Alteration[] } | null {
  if (node.objtype !== "OBJECT_TABLE") return null;
  const target = existingTable(context, node.relation);
  return target === null ? null : { target, alterations: alterationsOf(node) };
}

type Find = (alteration: Alteration, target: ExistingTable, context: LintContext) => Problem[];

/** A rule about each alteration of a table that may be in use. */
export function onAlteration(find: Find): Pick<StatementRule, "kinds" | "find"> {
  return {
    kinds: ["AlterTableStmt"],
    find: (context, node) => {
      const found = alterationsOfExisting(context, node);
      return (found?.alterations ?? []).flatMap((alteration) =>
        found === null ? [] : find(alteration, found.target, context),
      );
    },
  };
}

/** A finding of a rule at a line of a file. */
export function toFinding(
  rule: Rule,
  { message, remedy, level }: Problem,
  { migration }: MigrationStatements,
  line: number | null,
): Finding {
  return {
    rule: rule.id,
    level: level ?? rule.level,
    file: migration.file.shownPath,
    line,
    message,
    remedy: remedy ?? rule.instead,
    url: rule.url,
  };
}
