/** A table as far as filling it needs to know. */
export interface Table {
  oid: number;
  /** Qualified and quoted. */
  name: string;
  kind: "table" | "foreign";
  /** Of a partition: the topmost partitioned table. */
  root: number | null;
  columns: Column[];
  /** Columns of each unique index, the primary key's included. */
  uniques: string[][];
  checks: Check[];
  foreignKeys: ForeignKey[];
}

export interface Column {
  name: string;
  number: number;
  type: TypeUse;
  isNullable: boolean;
  /** Expression of its default; null without one. */
  default: string | null;
  isIdentity: boolean;
  /** Expression of a generated column, which nobody can fill; null for any other. */
  generated: string | null;
}

/** What a row must satisfy, as an expression over the columns: of a CHECK, or of a partition's bounds. */
export interface Check {
  name: string;
  sql: string;
  columns: string[];
}

export interface ForeignKey {
  name: string;
  columns: string[];
  target: number;
  targetName: string;
  targetColumns: string[];
  /** False for one that only a later migration adds: nice to satisfy. */
  isRequired: boolean;
}

/** A type, and what is in parentheses behind it. */
export interface TypeUse {
  oid: number;
  modifier: number;
}

export interface PgType {
  /** Qualified and quoted, as a cast takes it. */
  name: string;
  /** Its name alone, as the catalogue has it: `int4`. */
  plainName: string;
  kind: "base" | "enum" | "domain" | "array" | "range" | "multirange" | "composite" | "other";
  labels: string[];
  /** Of a domain. */
  base: TypeUse | null;
  /** Of an array its element, of a range its subtype, of a multirange its range. */
  element: number | null;
  /** Of a composite type. */
  fields: TypeUse[];
  /** Of a domain: expressions over `VALUE`. */
  checks: string[];
}

export type Types = ReadonlyMap<number, PgType>;

/** How the number of a row, from 1, is called where rows are made. */
export const ROW = '"the row"';

/** An SQL expression that depends on the number of a row. */
export type Expression = (row: string) => string;

/** A column's own type, or what lies below its domain; with the domain's checks. */
export function resolve(types: Types, use: TypeUse): { use: TypeUse; checks: string[] } {
  const type = types.get(use.oid);
  if (type?.kind !== "domain" || type.base === null) return { use, checks: [] };
  const below = resolve(types, type.base);
  return { use: below.use, checks: [...below.checks, ...type.checks] };
}
