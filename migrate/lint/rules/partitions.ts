import type { SqlNode } from "../../sql/parseSql";
import { listOf } from "../../sql/scope";
import type { Table } from "../model";
import { constantsIn, relationKey, shown } from "../names";
import { type LintContext, alterationsOf, defineRules } from "../rule";

const PARTITIONS =
  "https://www.postgresql.org/docs/18/ddl-partitioning.html#DDL-PARTITIONING-DECLARATIVE-MAINTENANCE";

export const PARTITION_RULES = defineRules([
  {
    id: "attaching-partition-without-check",
    level: "error",
    title: "a partition is attached without a CHECK that says what its bounds say",
    why: "PostgreSQL reads all of it under an ACCESS EXCLUSIVE lock on it.",
    instead:
      "ADD CONSTRAINT … CHECK (key IS NOT NULL AND key >= lower AND key < upper) NOT VALID on the table, VALIDATE it in a later release, then ATTACH: nothing is read, and the CHECK can go",
    url: PARTITIONS,
    kinds: ["AlterTableStmt"],
    find: ({ model, isNew }, node) => {
      const parent = model.tables.get(relationKey(node.relation));
      return attached(node).flatMap(({ name, bound }) => {
        const key = relationKey(name);
        const table = model.tables.get(key);
        const isEmpty = table !== undefined && isNew(table.madeBy);
        return isEmpty || (table !== undefined && saysBounds(table, parent, bound))
          ? []
          : [{ message: `reads all of ${shown(key)} while its readers and writers wait` }];
      });
    },
  },
  {
    id: "partition-beside-default",
    level: "error",
    title: "a partition is added to a table that has a DEFAULT partition",
    why: "PostgreSQL reads all of the DEFAULT partition, to see that no row of it belongs into the new one, under an ACCESS EXCLUSIVE lock on it.",
    instead:
      "add a CHECK to the DEFAULT partition that leaves the new bounds out, NOT VALID, and VALIDATE it in a later release before this; then accept this with a comment",
    url: PARTITIONS,
    kinds: ["CreateStmt", "AlterTableStmt"],
    find: (context, node) => {
      const isNewPartition = node.partbound !== undefined || attached(node).length > 0;
      const { is_default: isDefault } = (node.partbound ?? {}) as SqlNode;
      if (!isNewPartition || isDefault === true) return [];
      const [inherited] = listOf(node.inhRelations);
      const parent = node.partbound === undefined ? node.relation : inherited?.RangeVar;
      const key = context.model.tables.get(relationKey(parent))?.defaultPartition ?? null;
      const table = key === null ? undefined : context.model.tables.get(key);
      return key === null || table === undefined || context.isNew(table.madeBy)
        ? []
        : [
            {
              message: `reads all of ${shown(key)}, the DEFAULT partition, while its readers and writers wait`,
            },
          ];
    },
  },
]);

/** What ALTER TABLE attaches; an index attaches without reading. */
function attached(node: LintContext["statement"]["node"]): { name: unknown; bound: SqlNode }[] {
  if (node.objtype !== "OBJECT_TABLE") return [];
  return alterationsOf(node).flatMap(({ subtype, command }) => {
    if (subtype !== "AT_AttachPartition") return [];
    const { PartitionCmd } = command.def as { PartitionCmd: SqlNode };
    return [{ name: PartitionCmd.name, bound: (PartitionCmd.bound ?? {}) as SqlNode }];
  });
}

/** Whether valid CHECKs name the key's columns, as no nulls where it is a range, and every bound. */
function saysBounds(table: Table, parent: Table | undefined, bound: SqlNode): boolean {
  const checks = [...table.constraints.values()].filter(
    ({ kind, isValid }) => kind === "check" && isValid,
  );
  const key = parent?.partitionKey ?? null;
  const columns = new Set(checks.flatMap((check) => check.columns));
  const isNeverNull = (column: string): boolean =>
    table.columns.get(column)?.isNotNull === true ||
    checks.some(({ notNull }) => notNull.includes(column));
  const wanted = constantsIn([bound.lowerdatums, bound.upperdatums, bound.listdatums]);
  const said = new Set(checks.flatMap(({ constants }) => constants));
  if (checks.length === 0 || (wanted.length === 0 && bound.strategy !== "r")) return false;
  return (
    wanted.every((constant) => said.has(constant)) &&
    (key ?? []).every(
      (column) => columns.has(column) && (bound.strategy !== "r" || isNeverNull(column)),
    )
  );
}
