import type { SqlNode, Statement } from "../sql/parseSql";
import { parseSql } from "../sql/parseSql";
import { listOf, textOf } from "../sql/scope";
import type { Change } from "./change";
import { tidyGrants } from "./tidyGrants";

/** A change and what the parser makes of it. */
export interface ParsedChange {
  change: Change;
  statement: Statement;
}

/** The changes that a migration makes: everything belongs to the owner role, so no owner is among them. */
export async function parseChanges(
  changes: readonly Change[],
  owner: string,
): Promise<ParsedChange[]> {
  const parsed: ParsedChange[] = [];
  for (const change of changes) {
    const [statement] = await parseSql(change.sql);
    if (statement === undefined || isAboutOwner(statement, owner)) continue;
    const isExtension = statement.kind === "CreateExtensionStmt";
    const sql = isExtension
      ? change.sql.replace(/^CREATE EXTENSION (?!IF )/, "$&IF NOT EXISTS ")
      : change.sql;
    parsed.push({ change: { ...change, sql }, statement });
  }
  return tidyGrants(parsed);
}

function isAboutOwner({ kind, node }: Statement, owner: string): boolean {
  if (kind === "AlterOwnerStmt") return true;
  // It has them by owning the object.
  if (kind === "GrantStmt" && node.targtype === "ACL_TARGET_OBJECT") {
    return listOf(node.grantees).every(({ RoleSpec }) => roleOf(RoleSpec) === owner);
  }
  // An extension brings its comment.
  if (kind === "CommentStmt") return node.objtype === "OBJECT_EXTENSION";
  if (kind !== "AlterTableStmt") return false;
  const commands = listOf(node.cmds).map(({ AlterTableCmd }) => AlterTableCmd as SqlNode);
  return commands.every(({ subtype }) => subtype === "AT_ChangeOwner");
}

function roleOf(role: unknown): string {
  return textOf((role as SqlNode | undefined)?.rolename);
}
