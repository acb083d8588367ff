import { KNOWN_FUNCTIONS } from "./knownFunctions";
import type { SqlNode } from "./parseSql";
import { POSTGRES_OPERATORS } from "./postgresNames";
import { type Scope, forgetRelations, listOf, nameOf, stringOf } from "./scope";

/**
 * What a query can lose, or null. Looks at every part: a CTE can modify as well, and an expression
 * can call what does.
 */
export function judgeQuery(scope: Scope, query: unknown): string | null {
  // Not by recursion: a long chain of operators is as deep as it is long.
  const left: unknown[] = [query];
  while (left.length > 0) {
    const part = left.pop();
    if (typeof part !== "object" || part === null) continue;
    for (const [name, value] of Object.entries(part)) {
      const reason = ofPart(scope, name, value, part as SqlNode);
      if (reason !== null) return reason;
      left.push(value);
    }
  }
  return null;
}

function ofPart(scope: Scope, name: string, value: unknown, whole: SqlNode): string | null {
  const node = value as SqlNode;
  switch (name) {
    case "DeleteStmt":
      return isOwn(scope, node) ? null : "deletes rows";
    case "UpdateStmt":
      return isOwn(scope, node) || setsOwnColumns(scope, node) ? null : "overwrites values";
    case "mergeWhenClauses":
      return isOwn(scope, whole) || !listOf(value).some(isLossyWhen)
        ? null
        : "merges, with DELETE or UPDATE";
    case "onConflictClause":
      return node.action === "ONCONFLICT_UPDATE" && !isOwn(scope, whole)
        ? "overwrites values with ON CONFLICT"
        : null;
    case "ExecuteStmt":
      return "runs ExecuteStmt, and nobody knows what it does";
    case "FuncCall":
      return ofCall(scope, node);
    case "A_Expr":
      // BETWEEN and its like are written with words.
      return /^AEXPR_(OP|IN|LIKE|ILIKE|SIMILAR|DISTINCT|NOT_DISTINCT|NULLIF)/.test(
        String(node.kind),
      )
        ? ofOperator(scope, node.name)
        : null;
    case "operName":
    case "useOp":
      return ofOperator(scope, value);
    default:
      return null;
  }
}

function isOwn(scope: Scope, { relation }: SqlNode): boolean {
  return scope.relations.has(nameOf(relation));
}

function setsOwnColumns(scope: Scope, { relation, targetList }: SqlNode): boolean {
  const columns = scope.columns.get(nameOf(relation));
  return listOf(targetList).every(({ ResTarget }) =>
    columns?.has(String((ResTarget as SqlNode).name)),
  );
}

function isLossyWhen({ MergeWhenClause }: SqlNode): boolean {
  const { commandType } = MergeWhenClause as SqlNode;
  return commandType === "CMD_DELETE" || commandType === "CMD_UPDATE";
}

function ofCall(scope: Scope, { funcname, args }: SqlNode): string | null {
  const names = listOf(funcname).map(stringOf);
  const name = names.at(-1) ?? "";
  const isPostgres = names.length > 1 && names.at(-2) === "pg_catalog";
  const isKnown =
    KNOWN_FUNCTIONS.has(name) && (isPostgres || (names.length === 1 && !scope.functions.has(name)));
  if (!isKnown) return `calls ${names.join(".")}(), and nobody knows what it does`;
  // It may set where names are looked up.
  if (name === "set_config") forgetRelations(scope);
  if (name === "setval" && !countsOwn(scope, listOf(args)[0]))
    return "sets how far a sequence has counted";
  return null;
}

/** Whether a sequence, given as a text, is one of ours, or of a table of ours. */
function countsOwn(scope: Scope, sequence: SqlNode | undefined): boolean {
  const { A_Const, TypeCast, FuncCall } = (sequence ?? {}) as Record<string, SqlNode | undefined>;
  if (TypeCast !== undefined) return countsOwn(scope, TypeCast.arg as SqlNode);
  if (
    FuncCall !== undefined &&
    stringOf(listOf(FuncCall.funcname).at(-1) ?? {}) === "pg_get_serial_sequence"
  ) {
    const table = textOf(listOf(FuncCall.args)[0]);
    return table !== null && scope.relations.has(keyOf(table));
  }
  const name = A_Const === undefined ? null : textOf({ A_Const });
  if (name === null) return false;
  if (scope.relations.has(keyOf(name))) return true;
  // As `serial` and an identity call it.
  const [schema, relation] = JSON.parse(keyOf(name)) as [string | null, string];
  return [...scope.relations.keys()].some((key) => {
    const [ownSchema, own] = JSON.parse(key) as [string | null, string];
    return schema === ownSchema && relation.startsWith(`${own}_`) && relation.endsWith("_seq");
  });
}

function textOf(node: SqlNode | undefined): string | null {
  const { sval } = (node?.A_Const ?? {}) as SqlNode & { sval?: SqlNode };
  return typeof sval?.sval === "string" ? sval.sval : null;
}

/** The key of a name written as a text; one with quotes is nobody's. */
function keyOf(text: string): string {
  const parts = text.toLowerCase().split(".");
  return nameOf({ schemaname: parts.at(-2), relname: parts.at(-1) });
}

function ofOperator(scope: Scope, value: unknown): string | null {
  const names = listOf(value).map(stringOf);
  const name = names.at(-1) ?? "";
  const isPostgres = names.length > 1 && names.at(-2) === "pg_catalog";
  const isKnown =
    POSTGRES_OPERATORS.has(name) &&
    (isPostgres || (names.length === 1 && !scope.operators.has(name)));
  return isKnown ? null : `uses the operator ${names.join(".")}, and nobody knows what it does`;
}
