import type { SqlNode, Statement } from "../sql/parseSql";
import { listOf, stringOf, textOf } from "../sql/scope";
import { followAlterTable } from "./followAlterTable";
import { addColumn, addConstraint } from "./followTable";
import { type Model, type Origin, type Table, indexKey, objectKey } from "./model";
import { keyOf, objectParts, partsKey, relationKey } from "./names";

/** Takes in what a statement of a file makes, changes and drops. */
export function follow(model: Model, { kind, node, body }: Statement, madeBy: Origin): void {
  if (body !== undefined && "statements" in body) {
    for (const statement of body.statements) follow(model, statement, madeBy);
    return;
  }
  FOLLOWERS[kind]?.(model, node, madeBy);
}

type Follower = (model: Model, node: SqlNode, madeBy: Origin) => void;

const FOLLOWERS: Readonly<Record<string, Follower>> = {
  CreateStmt: followCreate,
  CreateTableAsStmt: (model, { into, objtype, if_not_exists: isLenient }, madeBy) => {
    const { rel } = into as SqlNode;
    if (isLenient === true && model.tables.has(relationKey(rel))) return;
    model.tables.set(relationKey(rel), newTable(rel as SqlNode, madeBy));
    if (objtype === "OBJECT_MATVIEW") addObject(model, "OBJECT_MATVIEW", relationKey(rel), madeBy);
  },
  AlterTableStmt: followAlterTable,
  IndexStmt: followIndex,
  DropStmt: followDrop,
  RenameStmt: followRename,
  AlterObjectSchemaStmt: (model, { relation, newschema }) => {
    const { relname } = (relation ?? {}) as SqlNode;
    move(model.tables, relationKey(relation), keyOf(newschema, relname));
  },
  ViewStmt: (model, { view, replace }, madeBy) => {
    const key = relationKey(view);
    if (replace === true && model.objects.has(objectKey("OBJECT_VIEW", key))) return;
    addObject(model, "OBJECT_VIEW", key, replace === true ? "" : madeBy);
  },
  CreateFunctionStmt: (model, { funcname, is_procedure: isProcedure, replace }, madeBy) => {
    const kind = isProcedure === true ? "OBJECT_PROCEDURE" : "OBJECT_FUNCTION";
    const key = partsKey(listOf(funcname).map(stringOf));
    if (model.objects.has(objectKey(kind, key))) return;
    // One that it replaces may have been there.
    addObject(model, kind, key, replace === true ? "" : madeBy);
  },
  CreateSeqStmt: (model, { sequence }, madeBy) => {
    addObject(model, "OBJECT_SEQUENCE", relationKey(sequence), madeBy);
  },
  CreateEnumStmt: (model, { typeName }, madeBy) => {
    addObject(model, "OBJECT_TYPE", partsKey(listOf(typeName).map(stringOf)), madeBy);
  },
  CompositeTypeStmt: (model, { typevar }, madeBy) => {
    addObject(model, "OBJECT_TYPE", relationKey(typevar), madeBy);
  },
  CreateDomainStmt: (model, { domainname }, madeBy) => {
    addObject(model, "OBJECT_DOMAIN", partsKey(listOf(domainname).map(stringOf)), madeBy);
  },
  CreateSchemaStmt: (model, { schemaname, if_not_exists: isLenient }, madeBy) => {
    if (isLenient !== true) addObject(model, "OBJECT_SCHEMA", String(schemaname), madeBy);
  },
  CreatePolicyStmt: (model, { table }) => {
    const found = model.tables.get(relationKey(table));
    if (found !== undefined) found.hasPolicy = true;
  },
};

function addObject(model: Model, kind: string, key: string, madeBy: Origin): void {
  model.objects.set(objectKey(kind, key), madeBy);
}

function newTable({ relpersistence }: SqlNode, madeBy: Origin): Table {
  return {
    madeBy,
    isTemporary: relpersistence === "t",
    columns: new Map(),
    constraints: new Map(),
    hasPolicy: false,
  };
}

function followCreate(model: Model, node: SqlNode, madeBy: Origin): void {
  const key = relationKey(node.relation);
  // It may be an older one.
  if (node.if_not_exists === true && model.tables.has(key)) return;
  const table = newTable(node.relation as SqlNode, madeBy);
  const elements = listOf(node.tableElts);
  for (const { TableLikeClause } of elements) {
    const source = model.tables.get(
      relationKey((TableLikeClause as SqlNode | undefined)?.relation),
    );
    for (const [name, column] of source?.columns ?? []) {
      table.columns.set(name, { ...column, madeBy });
    }
  }
  for (const { RangeVar } of listOf(node.inhRelations)) {
    for (const [name, column] of model.tables.get(relationKey(RangeVar))?.columns ?? []) {
      table.columns.set(name, { ...column, madeBy });
    }
  }
  for (const { ColumnDef } of elements) {
    if (ColumnDef !== undefined) addColumn([key, table], ColumnDef as SqlNode, madeBy);
  }
  for (const { Constraint } of elements) {
    if (Constraint !== undefined) addConstraint([key, table], Constraint as SqlNode, null, madeBy);
  }
  model.tables.set(key, table);
}

function followIndex(model: Model, node: SqlNode, madeBy: Origin): void {
  const table = relationKey(node.relation);
  const columns = listOf(node.indexParams).map(({ IndexElem }) =>
    textOf((IndexElem as SqlNode | undefined)?.name),
  );
  const automatic = [table.slice(table.indexOf(".") + 1), ...columns, "idx"].join("_");
  const key = indexKey(table, node.idxname ?? automatic);
  if (node.if_not_exists === true && model.indexes.has(key)) return;
  model.indexes.set(key, { table, columns, isUnique: node.unique === true, madeBy });
}

function followDrop(model: Model, node: SqlNode): void {
  const kind = String(node.removeType);
  for (const parts of objectParts(node)) {
    const key = kind === "OBJECT_SCHEMA" ? (parts[0] ?? "") : partsKey(parts);
    if (kind === "OBJECT_TABLE" || kind === "OBJECT_MATVIEW") model.tables.delete(key);
    if (kind === "OBJECT_INDEX") model.indexes.delete(key);
    model.objects.delete(objectKey(kind, key));
  }
}

function followRename(model: Model, node: SqlNode): void {
  const { renameType, relation, subname, newname } = node;
  const key = relationKey(relation);
  const renamed = keyOf((relation as SqlNode | undefined)?.schemaname, newname);
  if (renameType === "OBJECT_TABLE") {
    move(model.tables, key, renamed);
    for (const index of model.indexes.values()) if (index.table === key) index.table = renamed;
  }
  if (renameType === "OBJECT_INDEX") move(model.indexes, key, renamed);
  const table = model.tables.get(key);
  if (renameType === "OBJECT_COLUMN" && table !== undefined) {
    move(table.columns, String(subname), String(newname));
  }
  if (renameType === "OBJECT_TABCONSTRAINT" && table !== undefined) {
    move(table.constraints, String(subname), String(newname));
  }
}

function move<T>(map: Map<string, T>, from: string, to: string): void {
  const value = map.get(from);
  if (value === undefined) return;
  map.delete(from);
  map.set(to, value);
}
