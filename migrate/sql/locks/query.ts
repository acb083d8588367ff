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
    if (WRITERS.has(name)) locks.push(...lockOn(node.relation, "ROW EXCLUSIVE"));
    if (name === "CopyStmt") locks.push(...lockOn(node.relation, modeOfCopy(node)));
    if (name === "RangeVar") locks.push(...lockOn(node, mode));
    // SELECT … FOR UPDATE marks the rows of what it reads.
    const below = listOf(node.lockingClause).length > 0 ? "ROW SHARE" : mode;
    for (const [key, part] of Object.entries(node)) left.push([key, part, below]);
  }
  return locks.filter(({ relation: { schema, name } }) => schema !== null || !withNames.has(name));
}

const WRITERS = new Set(["InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"]);

function modeOfCopy({ is_from: isFrom }: SqlNode): LockMode {
  return isFrom === true ? "ROW EXCLUSIVE" : "ACCESS SHARE";
}
