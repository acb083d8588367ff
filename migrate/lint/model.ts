import type { SqlNode } from "../sql/parseSql";
import { type Key, keyOf } from "./names";

/** Which file has made something. */
export type Origin = string;

export interface Column {
  /** As it is stored: `int4` of a serial. */
  type: string;
  collation: string | null;
  isNotNull: boolean;
  hasDefault: boolean;
  madeBy: Origin;
}

export type ConstraintKind = "check" | "foreign" | "unique" | "primary" | "exclude" | "not null";

export interface Constraint {
  kind: ConstraintKind;
  columns: string[];
  isValid: boolean;
  /** Columns of which a valid CHECK says that they are not null. */
  notNull: string[];
  /** Literals in a CHECK. */
  constants: string[];
  /** Of a foreign key. */
  references: Key | null;
  madeBy: Origin;
}

export interface Table {
  madeBy: Origin;
  isTemporary: boolean;
  columns: Map<string, Column>;
  constraints: Map<string, Constraint>;
  hasPolicy: boolean;
  /** A materialized view: nobody writes it but REFRESH. */
  isView: boolean;
  /** Columns by which it is partitioned; null where it is not. */
  partitionKey: string[] | null;
  /** Its partition for what no other one takes. */
  defaultPartition: Key | null;
}

export interface Index {
  table: Key;
  columns: string[];
  /** Columns that an expression or a condition of it mentions. */
  computedFrom: string[];
  /** Its condition leaves rows out, other than those whose columns are null. */
  isPartial: boolean;
  isUnique: boolean;
  madeBy: Origin;
}

/**
 * What the files so far have made, as far as they tell. A table that is not in it may be there all the
 * same: a file whose statements are not known can have made it.
 */
export interface Model {
  tables: Map<Key, Table>;
  indexes: Map<Key, Index>;
  /** Views, functions, types, sequences and schemas, and who made them. */
  objects: Map<string, Origin>;
  /** Columns of views; null when nobody knows them. */
  views: Map<Key, readonly string[] | null>;
  /** Functions by their last name, and whether all of that name are declared to give every row the same. */
  functions: Map<string, { isStable: boolean }>;
  /** Domains that hold their values to a constraint. */
  checkedDomains: Set<Key>;
}

export function createModel(): Model {
  return {
    tables: new Map(),
    indexes: new Map(),
    objects: new Map(),
    views: new Map(),
    functions: new Map(),
    checkedDomains: new Set(),
  };
}

/** Key of an object that is no table: its kind and name. */
export function objectKey(kind: string, key: Key): string {
  return `${kind} ${key}`;
}

/** The index's own key: it lives in its table's schema. */
export function indexKey(table: Key, name: unknown): Key {
  return keyOf(table.slice(0, table.indexOf(".")), name);
}

const KINDS: Readonly<Record<string, ConstraintKind>> = {
  CONSTR_CHECK: "check",
  CONSTR_FOREIGN: "foreign",
  CONSTR_UNIQUE: "unique",
  CONSTR_PRIMARY: "primary",
  CONSTR_EXCLUSION: "exclude",
  CONSTR_NOTNULL: "not null",
};

/** Kind of a constraint as the parser has it; null of a default, an identity and their like. */
export function kindOf({ contype }: SqlNode): ConstraintKind | null {
  return KINDS[String(contype)] ?? null;
}
