import type { SqlNode } from "../sql/parseSql";
import { listOf, stringOf, textOf } from "../sql/scope";
import { type Model, type Table, objectKey } from "./model";
import { type Key, keyOf, objectParts, partsKey, relationKey } from "./names";

/** Takes in DROP, with what goes along. */
export function followDrop(model: Model, node: SqlNode): void {
  const kind = String(node.removeType);
  for (const parts of objectParts(node)) {
    const key = kind === "OBJECT_SCHEMA" ? (parts[0] ?? "") : partsKey(parts);
    if (TABLES.has(kind)) {
      model.tables.delete(key);
      for (const [name, { table }] of model.indexes) if (table === key) model.indexes.delete(name);
    }
    if (kind === "OBJECT_INDEX") model.indexes.delete(key);
    if (kind === "OBJECT_VIEW") model.views.delete(key);
    model.objects.delete(objectKey(kind, key));
  }
}

const TABLES = new Set(["OBJECT_TABLE", "OBJECT_MATVIEW", "OBJECT_FOREIGN_TABLE"]);

/** Takes in DROP COLUMN: indexes and constraints that name it go with it. */
export function dropColumn(model: Model, [key, table]: readonly [Key, Table], name: string): void {
  table.columns.delete(name);
  for (const [constraint, { columns }] of table.constraints) {
    if (columns.includes(name)) table.constraints.delete(constraint);
  }
  for (const [index, { table: indexed, columns, computedFrom }] of model.indexes) {
    if (indexed === key && [...columns, ...computedFrom].includes(name))
      model.indexes.delete(index);
  }
}

/** Takes in ALTER … RENAME. */
export function followRename(model: Model, node: SqlNode): void {
  const { renameType, relation, object, subname, newname } = node;
  const type = String(renameType);
  const key = relationKey(relation);
  const renamed = keyOf((relation as SqlNode | undefined)?.schemaname, newname);
  if (type === "OBJECT_TABLE" || RELATIONS.has(type)) moveRelation(model, key, renamed);
  if (type === "OBJECT_INDEX") move(model.indexes, key, renamed);
  if (object !== undefined) {
    const parts = namedBy(object);
    const to = keyOf(parts.at(-2), newname);
    move(model.objects, objectKey(type, partsKey(parts)), objectKey(type, to));
  }
  const table = model.tables.get(key);
  if (type === "OBJECT_TABCONSTRAINT" && table !== undefined) {
    move(table.constraints, String(subname), String(newname));
  }
  if (type !== "OBJECT_COLUMN") return;
  if (table !== undefined) renameColumn(model, [key, table], String(subname), String(newname));
  const shown = model.views.get(key)?.map((name) => (name === subname ? String(newname) : name));
  if (shown !== undefined) model.views.set(key, shown);
}

/** Takes in ALTER … SET SCHEMA. */
export function followMove(
  model: Model,
  { relation, object, objectType, newschema }: SqlNode,
): void {
  if (object !== undefined) {
    const type = String(objectType);
    const parts = namedBy(object);
    const to = keyOf(newschema, parts.at(-1));
    move(model.objects, objectKey(type, partsKey(parts)), objectKey(type, to));
    return;
  }
  const { relname } = (relation ?? {}) as SqlNode;
  moveRelation(model, relationKey(relation), keyOf(newschema, relname));
}

/** The parts of the name of a type, function and their like. */
export function namedBy(object: unknown): string[] {
  const { List, TypeName, ObjectWithArgs, String: text } = object as Record<string, SqlNode>;
  if (text !== undefined) return [textOf(text.sval)];
  return listOf(List?.items ?? TypeName?.names ?? ObjectWithArgs?.objname).map(stringOf);
}

const RELATIONS = new Set(["OBJECT_VIEW", "OBJECT_MATVIEW", "OBJECT_SEQUENCE"]);

function moveRelation(model: Model, from: Key, to: Key): void {
  move(model.tables, from, to);
  move(model.views, from, to);
  for (const kind of RELATIONS) move(model.objects, objectKey(kind, from), objectKey(kind, to));
  const schema = (key: Key): string => key.slice(0, key.indexOf("."));
  for (const [name, index] of [...model.indexes]) {
    if (index.table !== from) continue;
    index.table = to;
    // It goes to another schema with its table.
    move(model.indexes, name, keyOf(schema(to), name.slice(name.indexOf(".") + 1)));
  }
  for (const { constraints } of model.tables.values()) {
    for (const constraint of constraints.values()) {
      if (constraint.references === from) constraint.references = to;
    }
  }
}

function renameColumn(
  model: Model,
  [key, table]: readonly [Key, Table],
  from: string,
  to: string,
): void {
  const renamed = (columns: readonly string[]): string[] =>
    columns.map((column) => (column === from ? to : column));
  move(table.columns, from, to);
  for (const constraint of table.constraints.values()) {
    constraint.columns = renamed(constraint.columns);
    constraint.notNull = renamed(constraint.notNull);
  }
  for (const index of model.indexes.values()) {
    if (index.table !== key) continue;
    index.columns = renamed(index.columns);
    index.computedFrom = renamed(index.computedFrom);
  }
}

function move<T>(map: Map<string, T>, from: string, to: string): void {
  const value = map.get(from);
  if (value === undefined || from === to) return;
  map.delete(from);
  map.set(to, value);
}
