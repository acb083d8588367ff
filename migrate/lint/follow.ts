import type { SqlNode, Statement } from "../sql/parseSql";
import { lastOf, listOf, stringOf, textOf } from "../sql/scope";
import { followAlterTable } from "./followAlterTable";
import { addColumn, addConstraint } from "./followTable";
import { followDrop, followMove, followRename } from "./followName";
import { type Model, type Origin, type Table, indexKey, objectKey } from "./model";
import { columnsIn, isTemporary, partsKey, relationKey } from "./names";
import { columnsOfView } from "./viewColumns";

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
    const isView = objtype === "OBJECT_MATVIEW";
    model.tables.set(relationKey(rel), { ...newTable(rel as SqlNode, madeBy), isView });
    if (isView) addObject(model, "OBJECT_MATVIEW", relationKey(rel), madeBy);
  },
  SelectStmt: (model, { intoClause }, madeBy) => {
    const { rel } = (intoClause ?? {}) as SqlNode;
    if (rel !== undefined) model.tables.set(relationKey(rel), newTable(rel as SqlNode, madeBy));
  },
  CreateForeignTableStmt: (model, { base }, madeBy) => {
    followCreate(model, base as SqlNode, madeBy);
  },
  AlterTableStmt: followAlterTable,
  IndexStmt: followIndex,
  DropStmt: followDrop,
  RenameStmt: followRename,
  AlterObjectSchemaStmt: followMove,
  ViewStmt: (model, node, madeBy) => {
    const { view, replace } = node;
    const key = relationKey(view);
    model.views.set(key, columnsOfView(node));
    if (replace === true && model.objects.has(objectKey("OBJECT_VIEW", key))) return;
    addObject(model, "OBJECT_VIEW", key, replace === true ? "" : madeBy);
  },
  CreateFunctionStmt: (model, node, madeBy) => {
    const { funcname, is_procedure: isProcedure, replace } = node;
    const kind = isProcedure === true ? "OBJECT_PROCEDURE" : "OBJECT_FUNCTION";
    const key = partsKey(listOf(funcname).map(stringOf));
    const name = lastOf(funcname);
    const known = model.functions.get(name)?.isStable !== false;
    model.functions.set(name, { isStable: known && isDeclaredStable(node) });
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
  CreateDomainStmt: (model, { domainname, constraints }, madeBy) => {
    const key = partsKey(listOf(domainname).map(stringOf));
    addObject(model, "OBJECT_DOMAIN", key, madeBy);
    const types = listOf(constraints).map(({ Constraint }) => (Constraint as SqlNode).contype);
    if (types.some((type) => type === "CONSTR_CHECK" || type === "CONSTR_NOTNULL")) {
      model.checkedDomains.add(key);
    }
  },
  AlterDomainStmt: (model, { subtype, typeName }) => {
    // ADD CONSTRAINT and SET NOT NULL.
    if (subtype === "C" || subtype === "O") {
      model.checkedDomains.add(partsKey(listOf(typeName).map(stringOf)));
    }
  },
  CreateRangeStmt: (model, { typeName }, madeBy) => {
    addObject(model, "OBJECT_TYPE", partsKey(listOf(typeName).map(stringOf)), madeBy);
  },
  DefineStmt: (model, { kind, defnames }, madeBy) => {
    addObject(model, String(kind), partsKey(listOf(defnames).map(stringOf)), madeBy);
  },
  CreateExtensionStmt: (model, { extname, if_not_exists: isLenient }, madeBy) => {
    if (isLenient !== true) {
      addObject(model, "OBJECT_EXTENSION", partsKey([String(extname)]), madeBy);
    }
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

function isDeclaredStable({ options }: SqlNode): boolean {
  return listOf(options).some(({ DefElem }) => {
    const { defname, arg } = DefElem as SqlNode;
    return defname === "volatility" && /^(immutable|stable)$/.test(stringOf(arg as SqlNode));
  });
}

function newTable(relation: SqlNode, madeBy: Origin): Table {
  return {
    madeBy,
    isTemporary: isTemporary(relation),
    columns: new Map(),
    constraints: new Map(),
    hasPolicy: false,
    isView: false,
    partitionKey: null,
    defaultPartition: null,
  };
}

function followCreate(model: Model, node: SqlNode, madeBy: Origin): void {
  const key = relationKey(node.relation);
  // It may be an older one.
  if (node.if_not_exists === true && model.tables.has(key)) return;
  const { partParams } = (node.partspec ?? {}) as SqlNode;
  const isPartitioned = node.partspec !== undefined;
  const partitionKey = isPartitioned ? listOf(partParams).flatMap(partitionColumns) : null;
  const table = { ...newTable(node.relation as SqlNode, madeBy), partitionKey };
  const elements = listOf(node.tableElts);
  for (const { TableLikeClause } of elements) {
    if (TableLikeClause !== undefined) takeFrom(model, TableLikeClause as SqlNode, table, madeBy);
  }
  for (const { RangeVar } of listOf(node.inhRelations)) {
    const parent = model.tables.get(relationKey(RangeVar));
    copyColumns(parent, table, madeBy);
    const { is_default: isDefault } = (node.partbound ?? {}) as SqlNode;
    if (parent !== undefined && isDefault === true) parent.defaultPartition = key;
  }
  for (const { ColumnDef } of elements) {
    if (ColumnDef !== undefined) addColumn([key, table], ColumnDef as SqlNode, madeBy);
  }
  for (const { Constraint } of elements) {
    if (Constraint !== undefined) addConstraint([key, table], Constraint as SqlNode, null, madeBy);
  }
  model.tables.set(key, table);
}

function partitionColumns({ PartitionElem }: SqlNode): string[] {
  const { name, expr } = PartitionElem as SqlNode;
  return typeof name === "string" ? [name] : columnsIn(expr);
}

function copyColumns(from: Table | undefined, to: Table, madeBy: Origin): void {
  for (const [name, column] of from?.columns ?? []) to.columns.set(name, { ...column, madeBy });
}

// What LIKE … INCLUDING takes along: TableLikeOption in PostgreSQL's parsenodes.h.
const INCLUDING_CONSTRAINTS = 4;
const INCLUDING_INDEXES = 64;

/** `LIKE other INCLUDING …` */
function takeFrom(
  model: Model,
  { relation, options }: SqlNode,
  table: Table,
  madeBy: Origin,
): void {
  const source = model.tables.get(relationKey(relation));
  copyColumns(source, table, madeBy);
  const included = Number(options ?? 0);
  for (const [name, constraint] of source?.constraints ?? []) {
    const isKey = constraint.kind === "primary" || constraint.kind === "unique";
    const option = isKey ? INCLUDING_INDEXES : INCLUDING_CONSTRAINTS;
    if (constraint.kind === "foreign" || (included & option) === 0) continue;
    table.constraints.set(name, { ...constraint, madeBy });
  }
}

function followIndex(model: Model, node: SqlNode, madeBy: Origin): void {
  const table = relationKey(node.relation);
  const elements = listOf(node.indexParams).map(({ IndexElem }) => (IndexElem ?? {}) as SqlNode);
  const columns = elements.map(({ name }) => textOf(name));
  const automatic = [table.slice(table.indexOf(".") + 1), ...columns, "idx"].join("_");
  const key = indexKey(table, node.idxname ?? automatic);
  if (node.if_not_exists === true && model.indexes.has(key)) return;
  model.indexes.set(key, {
    ...{ table, columns, madeBy },
    computedFrom: [
      ...elements.flatMap(({ expr }) => columnsIn(expr)),
      ...columnsIn(node.whereClause),
    ],
    isPartial: node.whereClause !== undefined && !isNotNullTest(node.whereClause, columns),
    isUnique: node.unique === true,
  });
}

/** `WHERE a IS NOT NULL` of an index on `a`. */
function isNotNullTest(condition: unknown, columns: readonly string[]): boolean {
  const { NullTest } = condition as Record<string, SqlNode | undefined>;
  if (NullTest?.nulltesttype !== "IS_NOT_NULL") return false;
  return columnsIn(NullTest.arg).every((column) => columns.includes(column));
}
