import type { SqlNode } from "../sql/parseSql";
import { listOf } from "../sql/scope";
import { addColumn, addConstraint, setNotNull } from "./followTable";
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
  AT_DropColumn: ([, table], { name }) => {
    table.columns.delete(String(name));
  },
  AT_AlterColumnType: ([, table], { name, def }) => {
    const column = table.columns.get(String(name));
    const { ColumnDef } = def as { ColumnDef: SqlNode };
    if (column !== undefined) column.type = typeText(ColumnDef.typeName);
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
    addConstraint([key, table], Constraint, null, madeBy);
    const index = model.indexes.get(indexKey(key, Constraint.indexname));
    const added = table.constraints.get(String(Constraint.conname));
    if (index !== undefined && added !== undefined) added.columns = index.columns;
  },
  AT_ValidateConstraint: ([, table], { name }) => {
    const constraint = table.constraints.get(String(name));
    if (constraint === undefined) return;
    constraint.isValid = true;
    if (constraint.kind !== "not null") return;
    for (const column of constraint.columns) setNotNull(table, column, true);
  },
  AT_DropConstraint: ([, table], { name }) => {
    table.constraints.delete(String(name));
  },
};
