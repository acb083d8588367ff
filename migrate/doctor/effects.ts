import { type SqlNode, type Statement } from "../sql/parseSql";
import { lastOf, listOf, stringOf } from "../sql/scope";

/** Something that a statement makes or drops, as the catalogue knows it. */
export interface Thing {
  kind: "relation" | "column" | "constraint" | "type" | "value" | "schema";
  /** Null where the search path decides. */
  schema: string | null;
  /** Relation or type; of a schema its own name. */
  name: string;
  /** Column, constraint or value. */
  part: string | null;
}

/** What a statement does to one thing. */
export interface Effect {
  makes: boolean;
  thing: Thing;
  /** With IF [NOT] EXISTS or OR REPLACE: it does not mind what was there. */
  isTolerant: boolean;
}

/** What a statement makes and drops by name; empty where that is not all in the statement. */
export function effectsOf({ kind, node }: Statement): Effect[] {
  return EFFECTS[kind]?.(node) ?? [];
}

/** Key of the index that a statement makes; null when it makes none, or leaves its name to the server. */
export function nameOfIndex({ kind, node }: Statement, [schema]: readonly string[]): string | null {
  if (kind !== "IndexStmt" || typeof node.idxname !== "string") return null;
  return JSON.stringify([schemaOf(node.relation) ?? schema, node.idxname]);
}

const EFFECTS: Readonly<Record<string, (node: SqlNode) => Effect[]>> = {
  CreateStmt: (node) => [make(relation(node.relation), node.if_not_exists)],
  CreateTableAsStmt: ({ into, if_not_exists }) => [
    make(relation((into as SqlNode).rel), if_not_exists),
  ],
  CreateSeqStmt: (node) => [make(relation(node.sequence), node.if_not_exists)],
  ViewStmt: (node) => [make(relation(node.view), node.replace)],
  IndexStmt: ({ idxname, relation: table, if_not_exists }) =>
    typeof idxname === "string" ? [make({ ...relation(table), name: idxname }, if_not_exists)] : [],
  CreateEnumStmt: ({ typeName }) => [make(type(typeName))],
  CreateDomainStmt: ({ domainname }) => [make(type(domainname))],
  CompositeTypeStmt: ({ typevar }) => [make({ ...relation(typevar), kind: "type" })],
  CreateSchemaStmt: ({ schemaname, if_not_exists }) =>
    typeof schemaname === "string" ? [make(schema(schemaname), if_not_exists)] : [],
  AlterEnumStmt: ({ typeName, oldVal, newVal, skipIfNewValExists }) => [
    ...(oldVal === undefined ? [] : [drop(value(typeName, oldVal))]),
    make(value(typeName, newVal), skipIfNewValExists),
  ],
  AlterTableStmt: ofAlterTable,
  RenameStmt: ofRename,
  DropStmt: ofDrop,
};

function ofAlterTable({ relation: table, cmds, missing_ok: mayMiss }: SqlNode): Effect[] {
  const of = relation(table);
  return listOf(cmds).flatMap(({ AlterTableCmd }): Effect[] => {
    const { subtype, name, def, missing_ok } = (AlterTableCmd ?? {}) as SqlNode;
    const { ColumnDef, Constraint } = (def ?? {}) as Record<string, SqlNode | undefined>;
    const isTolerant = missing_ok === true || mayMiss === true;
    switch (subtype) {
      case "AT_AddColumn":
        return [make({ ...of, kind: "column", part: text(ColumnDef?.colname) }, isTolerant)];
      case "AT_DropColumn":
        return [drop({ ...of, kind: "column", part: text(name) }, isTolerant)];
      case "AT_AddConstraint":
        // Else the server names it.
        return typeof Constraint?.conname === "string"
          ? [make({ ...of, kind: "constraint", part: Constraint.conname }, isTolerant)]
          : [];
      case "AT_DropConstraint":
        return [drop({ ...of, kind: "constraint", part: text(name) }, isTolerant)];
      default:
        return [];
    }
  });
}

const RENAMED = new Set([
  "OBJECT_TABLE",
  "OBJECT_INDEX",
  "OBJECT_VIEW",
  "OBJECT_SEQUENCE",
  "OBJECT_MATVIEW",
]);

function ofRename(node: SqlNode): Effect[] {
  const of = relation(node.relation);
  const newName = text(node.newname);
  const isTolerant = node.missing_ok === true;
  const parts = { OBJECT_COLUMN: "column", OBJECT_TABCONSTRAINT: "constraint" } as const;
  const kind = parts[String(node.renameType) as keyof typeof parts] as
    "column" | "constraint" | undefined;
  if (kind !== undefined) {
    return [
      drop({ ...of, kind, part: text(node.subname) }, isTolerant),
      make({ ...of, kind, part: newName }, isTolerant),
    ];
  }
  if (!RENAMED.has(String(node.renameType))) return [];
  return [drop(of, isTolerant), make({ ...of, name: newName }, isTolerant)];
}

const DROPPED = new Set([...RENAMED, "OBJECT_FOREIGN_TABLE"]);

function ofDrop({ removeType, objects, missing_ok: isTolerant }: SqlNode): Effect[] {
  const kind = String(removeType);
  return listOf(objects).flatMap((object): Effect[] => {
    const { List, TypeName } = object as Record<string, SqlNode | undefined>;
    if (DROPPED.has(kind)) {
      return [drop({ ...type(List?.items), kind: "relation" }, isTolerant)];
    }
    if (kind === "OBJECT_TYPE" || kind === "OBJECT_DOMAIN") {
      return [drop(type(TypeName?.names), isTolerant)];
    }
    return kind === "OBJECT_SCHEMA" ? [drop(schema(stringOf(object)), isTolerant)] : [];
  });
}

function make(thing: Thing, isTolerant: unknown = false): Effect {
  return { makes: true, thing, isTolerant: isTolerant === true };
}

function drop(thing: Thing, isTolerant: unknown = false): Effect {
  return { makes: false, thing, isTolerant: isTolerant === true };
}

function relation(range: unknown): Thing {
  const { relname } = (range ?? {}) as SqlNode;
  return { kind: "relation", schema: schemaOf(range), name: text(relname), part: null };
}

function schemaOf(range: unknown): string | null {
  const { schemaname } = (range ?? {}) as SqlNode;
  return typeof schemaname === "string" ? schemaname : null;
}

/** Of a name in parts, as types have it. */
function type(names: unknown): Thing {
  const parts = listOf(names).map(stringOf);
  return { kind: "type", schema: parts.at(-2) ?? null, name: lastOf(names), part: null };
}

function value(typeName: unknown, label: unknown): Thing {
  return { ...type(typeName), kind: "value", part: text(label) };
}

function schema(name: string): Thing {
  return { kind: "schema", schema: null, name, part: null };
}

function text(part: unknown): string {
  return typeof part === "string" ? part : "";
}
