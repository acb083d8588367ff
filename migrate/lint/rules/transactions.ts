import { locksOf } from "../../sql/locks/locksOf";
import { type LockedRelation } from "../../sql/locks/lock";
import { blockedBy } from "../../sql/locks/modes";
import type { SqlNode, Statement } from "../../sql/parseSql";
import { keyOf, partsOf, shown } from "../names";
import { type LintContext, defineRules } from "../rule";
import { isDroppedBefore } from "./indexes";

const LOCKING = "https://www.postgresql.org/docs/18/explicit-locking.html";

export const TRANSACTION_RULES = defineRules([
  {
    id: "several-tables-locked",
    level: "warning",
    title: "one transaction keeps several tables",
    why: "It holds the first lock while it waits for the next, so every reader or writer of all of them waits; and a service that takes them in another order deadlocks with it.",
    instead:
      "put each table into a migration of its own; between two of them a script outside a transaction ends the first one's",
    url: LOCKING,
    kinds: [
      "AlterTableStmt",
      "IndexStmt",
      "DropStmt",
      "RenameStmt",
      "CreateTrigStmt",
      "TruncateStmt",
      "LockStmt",
    ],
    find: (context) => {
      const { statement, before, file } = context;
      const here = heldBy(context, statement)[0];
      if (here === undefined) return [];
      const earlier = before
        .filter((one) => one.file === file)
        .flatMap((one) => heldBy(context, one.statement).slice(0, 1));
      const others = [...new Set(earlier)].filter((key) => key !== here);
      return others.length === 0 || earlier.includes(here)
        ? []
        : [
            {
              message: `locks ${shown(here)} while it still holds ${others.map(shown).join(", ")}`,
            },
          ];
    },
  },
  {
    id: "slow-after-exclusive-lock",
    level: "warning",
    title: "slow work under an ACCESS EXCLUSIVE lock",
    why: "A lock is held until its transaction ends: readers and writers of the table wait for all that comes after it.",
    instead: "do the slow part in a migration of its own, outside a transaction, in batches",
    url: LOCKING,
    kinds: [
      "UpdateStmt",
      "DeleteStmt",
      "InsertStmt",
      "MergeStmt",
      "IndexStmt",
      "CreateTableAsStmt",
      "RefreshMatViewStmt",
    ],
    find: (context, node) => {
      if (!isSlow(context, node)) return [];
      const held = context.before.flatMap(({ statement }) => exclusiveOf(context, statement));
      const [first] = held;
      return first === undefined
        ? []
        : [{ message: `works through rows while readers and writers of ${shown(first)} wait` }];
    },
  },
  {
    id: "enum-value-used-too-early",
    level: "error",
    title: "a new enum value is used in the transaction that adds it",
    why: "PostgreSQL refuses it: unsafe use of new value (55P04). Consecutive files run in one transaction, so a file of its own does not help.",
    instead: "use the value in a later release, or in a script that calls pgm.noTransaction()",
    url: "https://www.postgresql.org/docs/18/sql-altertype.html#SQL-ALTERTYPE-NOTES",
    kinds: [
      "UpdateStmt",
      "InsertStmt",
      "DeleteStmt",
      "SelectStmt",
      "MergeStmt",
      "AlterTableStmt",
      "CreateStmt",
      "IndexStmt",
      "ViewStmt",
      "CreateTableAsStmt",
    ],
    find: ({ before, statement, isNew, model }) => {
      const added = before.flatMap(({ statement: { kind, node } }) => {
        if (kind !== "AlterEnumStmt" || node.oldVal !== undefined) return [];
        // One that is made in the same transaction takes values at once.
        const type = partsOfType(node);
        const madeBy = model.objects.get(`OBJECT_TYPE ${type}`);
        return madeBy !== undefined && isNew(madeBy) ? [] : [String(node.newVal)];
      });
      const used = added.find((value) => mentions(statement, value));
      return used === undefined
        ? []
        : [{ message: "uses a value that its own transaction adds to an enum" }];
    },
  },
  {
    id: "prefer-robust-stmts",
    level: "warning",
    title: "a step outside a transaction cannot be run again",
    why: "Nothing of it is rolled back: when a later step fails, the file counts as not applied, and the next run fails at this one, which is there already.",
    instead:
      "one such statement a file; or IF NOT EXISTS and IF EXISTS, and DROP INDEX CONCURRENTLY IF EXISTS before a CREATE INDEX CONCURRENTLY",
    url: "https://squawkhq.com/docs/prefer-robust-stmts",
    kinds: [
      "CreateStmt",
      "IndexStmt",
      "AlterTableStmt",
      "DropStmt",
      "CreateSeqStmt",
      "CreateEnumStmt",
      "AlterEnumStmt",
      "ViewStmt",
      "CreateTrigStmt",
    ],
    find: (context, node) => {
      const { file, statement } = context;
      if (file.usesTransaction || file.statements.length < 2) return [];
      return isRepeatable(context, statement, node)
        ? []
        : [{ message: "fails when the file is run again after a later step of it has failed" }];
    },
  },
]);

/** Tables that a statement keeps somebody waiting at, but those that this release has made. */
function heldBy({ model, isNew }: LintContext, statement: Statement): string[] {
  const isOwn = (relation: LockedRelation): boolean => {
    const table = model.tables.get(tableOf(model, relation) ?? "");
    return table !== undefined && (table.isTemporary || isNew(table.madeBy));
  };
  return locksOf(statement, isOwn)
    .filter(({ mode }) => blockedBy(mode) !== "nobody")
    .flatMap(({ relation }) => tableOf(model, relation) ?? []);
}

function exclusiveOf(context: LintContext, statement: Statement): string[] {
  const exclusive = locksOf(statement).filter(({ mode }) => mode === "ACCESS EXCLUSIVE");
  const keys = exclusive.flatMap(({ relation }) => tableOf(context.model, relation) ?? []);
  return heldBy(context, statement).filter((key) => keys.includes(key));
}

function tableOf({ indexes }: LintContext["model"], relation: LockedRelation): string | null {
  const key = keyOf(relation.schema, relation.name);
  return relation.isIndex ? (indexes.get(key)?.table ?? null) : key;
}

function isSlow(context: LintContext, node: SqlNode): boolean {
  const { kind } = context.statement;
  if (kind === "InsertStmt")
    return (
      (node.selectStmt as { SelectStmt?: SqlNode } | undefined)?.SelectStmt?.fromClause !==
      undefined
    );
  if (kind === "IndexStmt") return heldBy(context, context.statement).length > 0;
  if (kind === "CreateTableAsStmt" || kind === "RefreshMatViewStmt") return true;
  const [lock] = locksOf(context.statement);
  const table = context.model.tables.get(keyOf(lock?.relation.schema, lock?.relation.name));
  return !(table !== undefined && (table.isTemporary || context.isNew(table.madeBy)));
}

function partsOfType(node: SqlNode): string {
  const names = (node.typeName as { String: { sval: string } }[]).map(
    ({ String: text }) => text.sval,
  );
  return keyOf(names.at(-2), names.at(-1));
}

function mentions({ node }: Statement, value: string): boolean {
  for (const [name, part] of partsOf(node)) {
    if (name === "sval" && part.sval === value) return true;
  }
  return false;
}

function isRepeatable(context: LintContext, { kind }: Statement, node: SqlNode): boolean {
  switch (kind) {
    case "IndexStmt":
      return (
        isDroppedBefore(context, node) || (node.concurrent !== true && node.if_not_exists === true)
      );
    case "DropStmt":
      return node.missing_ok === true;
    case "AlterEnumStmt":
      return node.skipIfNewValExists === true;
    case "ViewStmt":
    case "CreateTrigStmt":
      return node.replace === true;
    case "AlterTableStmt":
      return isRepeatableAlteration(node);
    default:
      return node.if_not_exists === true;
  }
}

const REPEATABLE = new Set(
  `AT_ValidateConstraint AT_SetNotNull AT_DropNotNull AT_ColumnDefault AT_SetStatistics AT_SetRelOptions AT_ResetRelOptions
  AT_AlterColumnType AT_ChangeOwner AT_EnableRowSecurity AT_DisableRowSecurity AT_SetStorage`.split(
    /\s+/,
  ),
);

function isRepeatableAlteration({ cmds }: SqlNode): boolean {
  return (cmds as { AlterTableCmd: SqlNode }[]).every(
    ({ AlterTableCmd: { subtype, missing_ok: isLenient } }) =>
      isLenient === true || REPEATABLE.has(String(subtype)),
  );
}
