import type { SqlNode } from "../../sql/parseSql";
import { listOf, stringOf } from "../../sql/scope";
import { relationKey, shown } from "../names";
import { existingTable, defineRules } from "../rule";

export const SECURITY_RULES = defineRules([
  {
    id: "security-definer-search-path",
    level: "warning",
    title: "SECURITY DEFINER without a fixed search_path",
    why: "The function runs with its owner's rights but looks names up where its caller says: whoever can make a table or function in an earlier schema has those rights.",
    instead:
      "add SET search_path = '' (or pg_catalog, pg_temp last) and write names with their schema",
    url: "https://www.postgresql.org/docs/18/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY",
    kinds: ["CreateFunctionStmt"],
    find: (_, { options, funcname }) => {
      const all = listOf(options).map(({ DefElem }) => DefElem as SqlNode);
      const isDefiner = all.some(
        ({ defname, arg }) =>
          defname === "security" && (arg as { Boolean?: SqlNode }).Boolean?.boolval === true,
      );
      const isFixed = all.some(
        ({ defname, arg }) =>
          defname === "set" &&
          (arg as { VariableSetStmt?: SqlNode }).VariableSetStmt?.name === "search_path",
      );
      const name = listOf(funcname).map(stringOf).join(".");
      return isDefiner && !isFixed
        ? [{ message: `${name}() runs with its owner's rights and its caller's search_path` }]
        : [];
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
    find: ({ model, file }, node) => {
      const key = relationKey(node.relation);
      const isOn = JSON.stringify(node.cmds ?? []).includes('"AT_EnableRowSecurity"');
      const later = file.statements.some(
        ({ kind, node: policy }) =>
          kind === "CreatePolicyStmt" && relationKey(policy.table) === key,
      );
      return isOn && model.tables.get(key)?.hasPolicy !== true && !later
        ? [{ message: `hides every row of ${shown(key)} from all but its owner` }]
        : [];
    },
  },
  {
    id: "revoking-privileges",
    level: "error",
    title: "rights on a table are taken away",
    why: "The revision that still serves may need them.",
    instead: "revoke in a later release, with a comment that says why nothing needs them",
    url: "https://www.postgresql.org/docs/18/sql-revoke.html",
    kinds: ["GrantStmt"],
    find: (context, { is_grant: isGrant, objtype, objects }) =>
      isGrant === true || objtype !== "OBJECT_TABLE"
        ? []
        : listOf(objects).flatMap(({ RangeVar }) => {
            const target = existingTable(context, RangeVar);
            return target === null
              ? []
              : [
                  {
                    message: `takes rights on ${shown(target.key)} away, which the serving revision may need`,
                  },
                ];
          }),
  },
]);
