import type { Statement } from "../sql/parseSql";
import { listOf } from "../sql/scope";

const KINDS = new Set(["VariableSetStmt", "VacuumStmt", "ReindexStmt", "CommentStmt"]);

const ALTERATIONS = new Set([
  "AT_ValidateConstraint",
  "AT_SetNotNull",
  "AT_DropNotNull",
  "AT_ColumnDefault",
  "AT_SetStatistics",
]);

/** Whether a statement that was run once can be run once more and changes nothing by it. */
export function isRepeatable({ kind, node }: Statement): boolean {
  if (kind !== "AlterTableStmt") return KINDS.has(kind);
  return listOf(node.cmds).every(({ AlterTableCmd }) => {
    const { subtype } = (AlterTableCmd ?? {}) as { subtype?: string };
    return ALTERATIONS.has(subtype ?? "");
  });
}
