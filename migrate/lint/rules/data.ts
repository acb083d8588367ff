import type { SqlNode, Statement } from "../../sql/parseSql";
import { listOf, textOf } from "../../sql/scope";
import { partsOf, shown } from "../names";
import { existingTable, defineRules } from "../rule";

export const DATA_RULES = defineRules([
  {
    id: "unbounded-change",
    level: "warning",
    title: "rows are changed without a bound",
    why: "One statement keeps the locks of all of its rows until it ends, writes each anew, and holds up VACUUM; writers of those rows wait.",
    instead:
      "change them in batches of a few thousand, each committed by itself: a script that calls pgm.noTransaction() and repeats UPDATE … WHERE id IN (SELECT id … LIMIT 5000) until none is left",
    url: "https://docs.gitlab.com/development/database/batched_background_migrations/",
    kinds: ["UpdateStmt", "DeleteStmt", "InsertStmt", "SelectStmt", "MergeStmt"],
    find: (context, node) =>
      changesIn(context.statement).flatMap(([kind, change]) => {
        const target = existingTable(context, change.relation);
        if (target === null || isBoundedChange(change, node)) return [];
        const verb = kind === "UpdateStmt" ? "changes" : "deletes";
        return [
          { message: `${verb} an unknown number of rows of ${shown(target.key)} in one statement` },
        ];
      }),
  },
  {
    id: "ban-duplicate-column-assignments",
    level: "error",
    title: "one column is assigned twice",
    why: "PostgreSQL refuses it: multiple assignments to same column (42601).",
    instead: "leave one of the two",
    url: "https://www.postgresql.org/docs/18/sql-update.html",
    kinds: ["UpdateStmt", "InsertStmt"],
    find: (_, node) => {
      const conflict = (node.onConflictClause ?? {}) as SqlNode;
      const names = listOf(node.targetList ?? conflict.targetList).map(({ ResTarget }) => {
        // Parts of a column, `a[1]` and `a.b`, may be assigned one by one.
        const { name, indirection } = (ResTarget ?? {}) as SqlNode;
        return indirection === undefined ? textOf(name) : "";
      });
      const twice = names.find((name, index) => name !== "" && names.indexOf(name) < index);
      return twice === undefined
        ? []
        : [{ message: `assigns ${twice} twice, which PostgreSQL refuses` }];
    },
  },
]);

/** UPDATE and DELETE of a statement: a query can hold them in WITH, and MERGE is one of each. */
function changesIn({ kind, node }: Statement): [kind: string, change: SqlNode][] {
  const changes: [string, SqlNode][] = [];
  for (const [name, part] of partsOf({ [kind]: node })) {
    if (name === "UpdateStmt" || name === "DeleteStmt") changes.push([name, part]);
    if (name === "MergeStmt") changes.push(...changesOfMerge(part));
  }
  return changes;
}

/** As the UPDATE or DELETE that does the same; one that only inserts changes nothing. */
function changesOfMerge(node: SqlNode): [kind: string, change: SqlNode][] {
  const commands = listOf(node.mergeWhenClauses).map(({ MergeWhenClause }) =>
    textOf((MergeWhenClause as SqlNode | undefined)?.commandType),
  );
  const kind = commands.includes("CMD_UPDATE") ? "UpdateStmt" : "DeleteStmt";
  if (kind === "DeleteStmt" && !commands.includes("CMD_DELETE")) return [];
  const { relation, sourceRelation, joinCondition, withClause } = node;
  const from = { usingClause: [sourceRelation], whereClause: joinCondition };
  return [[kind, { relation, ...from, withClause }]];
}

/** Whether the rows that an UPDATE or DELETE may change are few; `query` is all of the statement. */
export function isBoundedChange(change: SqlNode, query: SqlNode): boolean {
  const others = [...listOf(change.fromClause), ...listOf(change.usingClause)];
  const isListed = others.some(({ RangeSubselect }) => {
    const { SelectStmt } = ((RangeSubselect as SqlNode | undefined)?.subquery ?? {}) as SqlNode;
    return (SelectStmt as SqlNode | undefined)?.valuesLists !== undefined;
  });
  // A join with few rows, by a key.
  const isJoined = isListed || hasLimit([others, change.withClause, query.withClause]);
  return (isJoined && change.whereClause !== undefined) || isBounded(change.whereClause);
}

function hasLimit(tree: unknown): boolean {
  for (const [, part] of partsOf({ tree })) if (part.limitCount !== undefined) return true;
  return false;
}

/** Names rows by value, or takes so many of them. */
function isBounded(where: unknown): boolean {
  if (where === undefined) return false;
  const { A_Expr, BoolExpr } = where as Record<string, SqlNode | undefined>;
  if (BoolExpr?.boolop === "AND_EXPR") {
    const parts = BoolExpr.args as { A_Expr?: SqlNode }[];
    const bounds = parts.map(({ A_Expr: part }) => boundOf(part));
    return parts.some(isBounded) || (bounds.includes("<") && bounds.includes(">"));
  }
  if (hasLimit(where)) return true;
  if (A_Expr === undefined) return false;
  const isByValue = ["AEXPR_OP", "AEXPR_OP_ANY", "AEXPR_IN", "AEXPR_BETWEEN"].includes(
    String(A_Expr.kind),
  );
  const operator = (A_Expr.name as { String: { sval: string } }[])[0]?.String.sval ?? "";
  const isRange = A_Expr.kind !== "AEXPR_OP" || operator === "=";
  // `active = false` names half of the table.
  return isByValue && isRange && isKey(A_Expr.lexpr) && isConstant(A_Expr.rexpr);
}

/** The side on which a comparison bounds a key: a batch has both. */
function boundOf(comparison: SqlNode | undefined): string | undefined {
  if (comparison === undefined || !isKey(comparison.lexpr)) return undefined;
  return (comparison.name as { String: { sval: string } }[])[0]?.String.sval.charAt(0);
}

function isKey(expression: unknown): boolean {
  const { ColumnRef } = (expression ?? {}) as Record<string, SqlNode | undefined>;
  const fields = (ColumnRef?.fields ?? []) as { String?: { sval: string } }[];
  return /(^|_)(id|key|code|name|slug|uuid|email)$/.test(fields.at(-1)?.String?.sval ?? "");
}

function isConstant(expression: unknown): boolean {
  for (const [name] of partsOf({ expression })) {
    if (name === "ColumnRef" || name === "SubLink") return false;
  }
  return true;
}
