import type { SqlNode, Statement } from "../../sql/parseSql";
import { listOf, stringOf } from "../../sql/scope";
import { objectParts, partsKey, relationKey } from "../names";
import { type LintContext, alterationsOf, defineRules } from "../rule";
import { isDroppedBefore } from "./indexes";

export const REPEATABLE_RULES = defineRules([
  {
    id: "prefer-robust-stmts",
    level: "warning",
    title: "a step outside a transaction cannot be run again",
    why: "Nothing of it is rolled back: when a later step fails, the file counts as not applied, and the next run fails at this one, which is there already, or does it twice.",
    instead:
      "one such statement a file; or IF NOT EXISTS and IF EXISTS, ON CONFLICT DO NOTHING, and DROP INDEX CONCURRENTLY IF EXISTS before a CREATE INDEX CONCURRENTLY",
    url: "https://squawkhq.com/docs/prefer-robust-stmts",
    kinds: [
      ...["CreateStmt", "CreateTableAsStmt", "IndexStmt", "AlterTableStmt", "DropStmt", "ViewStmt"],
      ...["CreateSeqStmt", "CreateEnumStmt", "AlterEnumStmt", "CreateDomainStmt", "RuleStmt"],
      ...["CompositeTypeStmt", "CreateTrigStmt", "CreateFunctionStmt", "CreatePolicyStmt"],
      ...["CreateSchemaStmt", "CreateExtensionStmt", "RenameStmt", "InsertStmt"],
    ],
    find: (context, node) => {
      const { file, statement, isInTransaction, earlier, later } = context;
      if (file.usesTransaction) return [];
      const isLast = later().every((one) => one.file !== file);
      if (earlier.length === 0 && isLast) return [];
      // What fails by itself leaves nothing, but for a concurrent build.
      if (isLast && node.concurrent !== true) return [];
      // The last of one transaction is undone with the others, but only by its own failure.
      if (isInTransaction && endsFile(context)) return [];
      return isRepeatable(context, statement, node)
        ? []
        : [{ message: "fails when the file is run again after a later step of it has failed" }];
    },
  },
]);

/** Whether all that follows in the file is in the same transaction. */
function endsFile({ statement, later, file }: LintContext): boolean {
  const stepOf = (one: Statement): unknown => (one as { step?: unknown }).step;
  return later()
    .filter((one) => one.file === file)
    .every((one) => stepOf(one.statement) === stepOf(statement));
}

function isRepeatable(context: LintContext, { kind }: Statement, node: SqlNode): boolean {
  switch (kind) {
    case "IndexStmt":
      return (
        isDroppedBefore(context, node) || (node.concurrent !== true && node.if_not_exists === true)
      );
    case "DropStmt":
      return node.missing_ok === true;
    case "AlterEnumStmt":
      return node.skipIfNewValExists === true;
    case "InsertStmt":
      return node.onConflictClause !== undefined || isNotThere(node);
    case "AlterTableStmt":
      return isRepeatableAlteration(context, node);
    case "RenameStmt":
      return false;
    default:
      return (
        node.replace === true || node.if_not_exists === true || isDropped(context, nameOf(node))
      );
  }
}

/** `INSERT … SELECT … WHERE NOT EXISTS …` */
function isNotThere({ selectStmt }: SqlNode): boolean {
  return JSON.stringify(selectStmt ?? {}).includes('"NOT_EXPR"');
}

function nameOf(node: SqlNode): string {
  const named = node.typeName ?? node.domainname ?? node.funcname;
  if (named !== undefined) return partsKey(listOf(named).map(stringOf));
  const own = node.policy_name ?? node.trigname ?? node.rulename;
  if (typeof own === "string") return own;
  return relationKey(node.relation ?? node.view ?? node.sequence ?? node.typevar);
}

/** Whether the file drops it first, if it is there. */
function isDropped({ earlier }: LintContext, name: string): boolean {
  return earlier.some(
    ({ kind, node }) =>
      kind === "DropStmt" &&
      node.missing_ok === true &&
      objectParts(node).some((parts) => partsKey(parts) === name || parts.at(-1) === name),
  );
}

const REPEATABLE = new Set(
  `AT_ValidateConstraint AT_SetNotNull AT_DropNotNull AT_ColumnDefault AT_SetStatistics AT_SetRelOptions AT_ResetRelOptions
  AT_SetOptions AT_ResetOptions AT_AlterColumnType AT_ChangeOwner AT_EnableRowSecurity AT_DisableRowSecurity AT_ForceRowSecurity
  AT_NoForceRowSecurity AT_SetStorage AT_SetCompression AT_SetIdentity AT_ReplicaIdentity AT_SetTableSpace AT_SetLogged
  AT_SetUnLogged AT_EnableTrig AT_DisableTrig AT_ClusterOn AT_DropCluster`.split(/\s+/),
);

function isRepeatableAlteration({ earlier, statement }: LintContext, node: SqlNode): boolean {
  const key = relationKey(node.relation);
  const dropped = [...earlier, statement]
    .filter(
      ({ kind, node: { relation } }) => kind === "AlterTableStmt" && relationKey(relation) === key,
    )
    .flatMap((one) => alterationsOf(one.node))
    .filter(
      ({ subtype, command }) => subtype === "AT_DropConstraint" && command.missing_ok === true,
    )
    .map(({ name }) => name);
  return alterationsOf(node).every(
    ({ subtype, name, command }) =>
      command.missing_ok === true ||
      REPEATABLE.has(subtype) ||
      (subtype === "AT_AddConstraint" && dropped.includes(name)),
  );
}
