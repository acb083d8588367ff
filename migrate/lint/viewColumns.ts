import type { SqlNode } from "../sql/parseSql";
import { lastOf, listOf, stringOf, textOf } from "../sql/scope";

/** Names of a view's columns; null when its text alone does not tell them, as with `*`. */
export function columnsOfView({ query, aliases }: SqlNode): readonly string[] | null {
  const named = listOf(aliases).map(stringOf);
  const selected = columnsOf((query as Record<string, SqlNode | undefined>).SelectStmt);
  return selected === null ? null : [...named, ...selected.slice(named.length)];
}

function columnsOf(select: SqlNode | undefined): string[] | null {
  if (select === undefined) return null;
  // Of a UNION, the first one names them.
  if (select.larg !== undefined) return columnsOf(select.larg as SqlNode);
  const names = listOf(select.targetList).map(({ ResTarget }) => nameOf(ResTarget as SqlNode));
  return names.length === 0 || names.includes("") ? null : names;
}

/** Empty when PostgreSQL makes one up that is not looked into. */
function nameOf({ name, val }: SqlNode): string {
  const { ColumnRef, FuncCall } = val as Record<string, SqlNode | undefined>;
  if (typeof name === "string") return name;
  return textOf(ColumnRef === undefined ? lastOf(FuncCall?.funcname) : lastOf(ColumnRef.fields));
}
