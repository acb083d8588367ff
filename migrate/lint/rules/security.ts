import type { SqlNode } from "../../sql/parseSql";
import { listOf, stringOf, textOf } from "../../sql/scope";
import { namedBy } from "../followName";
import { objectKey } from "../model";
import { partsKey, relationKey, shown } from "../names";
import { type LintContext, type Problem, defineRules, existingTable } from "../rule";

export const SECURITY_RULES = defineRules([
  {
    id: "security-definer-search-path",
    level: "warning",
    title: "SECURITY DEFINER without a fixed search_path",
    why: "The function runs with its owner's rights but looks names up where its caller says: whoever can make a table or function in an earlier schema has those rights.",
    instead:
      "add SET search_path = '' (or pg_catalog, pg_temp last) and write names with their schema",
    url: "https://www.postgresql.org/docs/18/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY",
    kinds: ["CreateFunctionStmt", "AlterFunctionStmt"],
    find: ({ later }, node) => {
      // BEGIN ATOMIC has looked its names up by the time that it is called.
      if (!isDefiner(node) || isFixed(node) || node.sql_body !== undefined) return [];
      const name = nameOfFunction(node);
      const isFixedLater = later().some(
        ({ statement }) =>
          statement.kind === "AlterFunctionStmt" &&
          nameOfFunction(statement.node) === name &&
          isFixed(statement.node),
      );
      return isFixedLater
        ? []
        : [{ message: `${name}() runs with its owner's rights and its caller's search_path` }];
    },
  },
  {
    id: "row-security-without-policy",
    level: "error",
    title: "row level security without a policy",
    why: "The service does not own the table, so without a policy it sees no row and can write none.",
    instead: "CREATE POLICY first, in the same migration",
    url: "https://www.postgresql.org/docs/18/ddl-rowsecurity.html",
    kinds: ["AlterTableStmt"],
    find: ({ model, later }, node) => {
      const key = relationKey(node.relation);
      const isOn = JSON.stringify(node.cmds ?? []).includes('"AT_EnableRowSecurity"');
      const isLater = later().some(
        ({ statement }) =>
          statement.kind === "CreatePolicyStmt" && relationKey(statement.node.table) === key,
      );
      return isOn && model.tables.get(key)?.hasPolicy !== true && !isLater
        ? [{ message: `hides every row of ${shown(key)} from all but its owner` }]
        : [];
    },
  },
  {
    id: "revoking-privileges",
    level: "error",
    title: "rights that a service uses are taken away",
    why: "The revision that still serves may need them.",
    instead: "revoke in a later release, with a comment that says why nothing needs them",
    url: "https://www.postgresql.org/docs/18/sql-revoke.html",
    kinds: ["GrantStmt", "GrantRoleStmt"],
    find: (context, node) => {
      if (node.is_grant === true) return [];
      if (context.statement.kind === "GrantRoleStmt") {
        return [{ message: "takes a role away, whose rights the serving revision may need" }];
      }
      if (!takesUsed(node)) return [];
      if (node.targtype === "ACL_TARGET_ALL_IN_SCHEMA") {
        return [{ message: "takes rights on all of a schema away" }];
      }
      return listOf(node.objects).flatMap((object) => revoked(context, node, object));
    },
  },
]);

function optionsOf({ options, actions }: SqlNode): SqlNode[] {
  return listOf(options ?? actions).map(({ DefElem }) => DefElem as SqlNode);
}

function isDefiner(node: SqlNode): boolean {
  return optionsOf(node).some(
    ({ defname, arg }) =>
      defname === "security" && (arg as { Boolean?: SqlNode }).Boolean?.boolval === true,
  );
}

function isFixed(node: SqlNode): boolean {
  return optionsOf(node).some(
    ({ defname, arg }) =>
      defname === "set" &&
      (arg as { VariableSetStmt?: SqlNode }).VariableSetStmt?.name === "search_path",
  );
}

function nameOfFunction({ funcname, func }: SqlNode): string {
  const parts = funcname ?? (func as SqlNode | undefined)?.objname;
  return listOf(parts).map(stringOf).join(".");
}

/** What a service needs of tables, sequences, functions and schemas. */
const USED = new Set(["select", "insert", "update", "delete", "usage", "execute"]);

/** Whether it takes all rights away, or one that a service uses. */
function takesUsed({ privileges }: SqlNode): boolean {
  const names = listOf(privileges).map(({ AccessPriv }) =>
    textOf((AccessPriv as SqlNode | undefined)?.priv_name).toLowerCase(),
  );
  return names.length === 0 || names.some((name) => USED.has(name));
}

const OBJECTS: Readonly<Record<string, string>> = {
  OBJECT_SCHEMA: "the schema",
  OBJECT_FUNCTION: "the function",
  OBJECT_PROCEDURE: "the procedure",
  OBJECT_SEQUENCE: "the sequence",
};

function revoked(context: LintContext, { objtype }: SqlNode, object: SqlNode): Problem[] {
  const type = String(objtype);
  const { RangeVar } = object;
  if (type === "OBJECT_TABLE") {
    const target = existingTable(context, RangeVar);
    if (target === null) return [];
    const message = `takes rights on ${shown(target.key)} away, which the serving revision may need`;
    return [{ message }];
  }
  const word = OBJECTS[type];
  if (word === undefined) return [];
  const named = RangeVar === undefined ? namedBy(object).join(".") : shown(relationKey(RangeVar));
  const key = type === "OBJECT_SCHEMA" ? named : partsKey(named.split("."));
  const madeBy = context.model.objects.get(objectKey(type, key));
  if (madeBy !== undefined && context.isNew(madeBy)) return [];
  return [
    { message: `takes rights on ${word} ${named} away, which the serving revision may need` },
  ];
}
