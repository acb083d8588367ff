import type { SqlNode } from "../parseSql";
import { listOf } from "../scope";
import { type TableLock, lockOn } from "./lock";
import type { LockMode } from "./modes";

/**
 * Tables that a query reads or writes, wherever they stand in it: a CTE can write as well. Names of CTEs
 * look like tables and are left out.
 */
export function locksOfQuery(query: SqlNode): TableLock[] {
  const locks: TableLock[] = [];
  const withNames = new Set<string>();
  const left: [name: string, value: unknown, mode: LockMode][] = [["", query, "ACCESS SHARE"]];
  while (left.length > 0) {
    const [name, value, mode] = left.pop() ?? ["", null, "ACCESS SHARE"];
    if (typeof value !== "object" || value === null) continue;
    const node = value as SqlNode;
    if (name === "CommonTableExpr") withNames.add(String(node.ctename));
    // How much of a table a query reads is the planner's choice; what only gets rows is not read.
    const isOnlyFilled = name === "InsertStmt" || node.is_from === true;
    const lock = (relation: unknown, as: LockMode): void => {
      locks.push(...lockOn(relation, as, { scans: isOnlyFilled ? false : null }));
    };
    if (WRITERS.has(name)) lock(node.relation, "ROW EXCLUSIVE");
    if (name === "CopyStmt") lock(node.relation, isOnlyFilled ? "ROW EXCLUSIVE" : "ACCESS SHARE");
    if (name === "RangeVar") lock(node, mode);
    // SELECT … FOR UPDATE marks the rows of what it reads; OF names some of it, by their aliases.
    const below = listOf(node.lockingClause).length > 0 ? "ROW SHARE" : mode;
    for (const [key, part] of Object.entries(node)) {
      if (key !== "lockingClause") left.push([key, part, below]);
    }
  }
  return locks.filter(({ relation: { schema, name } }) => schema !== null || !withNames.has(name));
}

const WRITERS = new Set(["InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"]);
