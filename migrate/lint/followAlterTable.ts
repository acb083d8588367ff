import type { SqlNode } from "../sql/parseSql";
import { listOf } from "../sql/scope";
import { dropColumn } from "./followName";
import { addColumn, addConstraint, collationOf, setNotNull } from "./followTable";
import type { Model, Origin, Table } from "./model";
import { indexKey } from "./model";
import { type Key, relationKey, typeText } from "./names";

/** Takes in ALTER TABLE. */
export function followAlterTable(model: Model, { relation, cmds }: SqlNode, madeBy: Origin): void {
  const key = relationKey(relation);
  const table = model.tables.get(key);
  if (table === undefined) return;
  for (const { AlterTableCmd } of listOf(cmds)) {
    const command = AlterTableCmd as SqlNode;
    FOLLOWERS[String(command.subtype)]?.([key, table], command, madeBy, model);
  }
}

type Follower = (
  target: readonly [Key, Table],
  command: SqlNode,
  madeBy: Origin,
  model: Model,
) => void;

const FOLLOWERS: Readonly<Record<string, Follower>> = {
  AT_AddColumn: ([key, table], { def, missing_ok: isLenient }, madeBy) => {
    const { ColumnDef } = def as { ColumnDef: SqlNode };
    if (isLenient === true && table.columns.has(String(ColumnDef.colname))) return;
    addColumn([key, table], ColumnDef, madeBy);
  },
  AT_DropColumn: (target, { name }, _, model) => {
    dropColumn(model, target, String(name));
  },
  AT_AlterColumnType: ([, table], { name, def }) => {
    const column = table.columns.get(String(name));
    const { ColumnDef } = def as { ColumnDef: SqlNode };
    if (column === undefined) return;
    column.type = typeText(ColumnDef.typeName);
    column.collation = collationOf(ColumnDef);
  },
  AT_SetNotNull: ([, table], { name }) => {
    setNotNull(table, String(name), true);
  },
  AT_DropNotNull: ([, table], { name }) => {
    setNotNull(table, String(name), false);
  },
  AT_ColumnDefault: ([, table], { name, def }) => {
    const column = table.columns.get(String(name));
    if (column !== undefined) column.hasDefault = def !== undefined;
  },
  AT_AddConstraint: ([key, table], { def }, madeBy, model) => {
    const { Constraint } = def as { Constraint: SqlNode };
    const index = model.indexes.get(indexKey(key, Constraint.indexname));
    // It is called as its index where it has no name of its own.
    const node = { ...Constraint, conname: Constraint.conname ?? Constraint.indexname };
    const keys = index?.columns.map((sval) => ({ String: { sval } }));
    addConstraint([key, table], keys === undefined ? node : { ...node, keys }, null, madeBy);
  },
  AT_ValidateConstraint: ([, table], { name }) => {
    const constraint = table.constraints.get(String(name));
    if (constraint === undefined) return;
    constraint.isValid = true;
    if (constraint.kind !== "not null") return;
    for (const column of constraint.columns) setNotNull(table, column, true);
  },
  AT_AttachPartition: ([, table], { def }) => {
    const { PartitionCmd } = def as { PartitionCmd: SqlNode };
    const { is_default: isDefault } = (PartitionCmd.bound ?? {}) as SqlNode;
    if (isDefault === true) table.defaultPartition = relationKey(PartitionCmd.name);
  },
  AT_DropConstraint: ([, table], { name }) => {
    const constraint = table.constraints.get(String(name));
    if (constraint?.kind === "not null") {
      for (const column of constraint.columns) setNotNull(table, column, false);
    }
    table.constraints.delete(String(name));
  },
};
