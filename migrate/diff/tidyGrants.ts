import type { SqlNode } from "../sql/parseSql";
import { listOf } from "../sql/scope";
import { type ObjectId, isSameId } from "./change";
import type { ParsedChange } from "./ownStatements";

/**
 * Grants in an order in which none undoes another: those on columns last, for a REVOKE of the whole table
 * takes them too. What revokes from somebody who had nothing is left out.
 */
export function tidyGrants(parsed: readonly ParsedChange[]): ParsedChange[] {
  const made = parsed.flatMap(({ change }) => change.produces);
  const needed = parsed.filter((one) => !isIdle(one, made));
  const isLast = (one: ParsedChange): boolean => isGrant(one) && isOfColumns(one);
  return [...needed.filter((one) => !isLast(one)), ...needed.filter(isLast)];
}

function isGrant({ statement }: ParsedChange): boolean {
  return statement.kind === "GrantStmt";
}

function isOfColumns({ statement }: ParsedChange): boolean {
  return listOf(statement.node.privileges).some(
    ({ AccessPriv }) => (AccessPriv as SqlNode | undefined)?.cols !== undefined,
  );
}

/** A new object may have got something by default privileges; one that is there has not. */
function isIdle(one: ParsedChange, made: readonly ObjectId[]): boolean {
  if (!isGrant(one) || one.statement.node.is_grant === true) return false;
  return one.change.produces.some(
    ({ kind, target }) => kind === "acl" && !made.some((id) => isSameId(id, target as ObjectId)),
  );
}
