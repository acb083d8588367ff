import { type Column, type Expression, type Table, type Types, resolve } from "./model";
import type { Reference } from "./references";

// Of which there are enough for a million rows.
const MANY = new Set(
  `int4 int8 float8 oid text citext name bytea uuid date timestamp timestamptz interval json jsonb inet cidr
  macaddr macaddr8 point lseg box path polygon circle tsvector pg_lsn hstore ltree`.split(/\s+/),
);

/** The columns whose values must differ from row to row, so that every unique index is content. */
export function findDistinct(table: Table, types: Types): Set<string> {
  const references = new Set(table.foreignKeys.flatMap(({ columns }) => columns));
  const distinct = new Set(table.columns.filter(isNumbered).map(({ name }) => name));
  for (const unique of table.uniques) {
    if (unique.some((name) => distinct.has(name))) continue;
    const [carrier] = table.columns.filter(
      ({ name, type }) => unique.includes(name) && !references.has(name) && hasMany(types, type),
    );
    for (const name of carrier === undefined ? unique : [carrier.name]) distinct.add(name);
  }
  return distinct;
}

/** Whether the database would give each row a number or an id of its own. */
export function isNumbered({ isIdentity, default: value }: Column): boolean {
  return isIdentity || /\bnextval\(|uuid\w*\(/i.test(value ?? "");
}

function hasMany(types: Types, use: Column["type"]): boolean {
  const below = resolve(types, use).use;
  const type = types.get(below.oid);
  if (type === undefined) return false;
  if (type.kind === "array" || type.kind === "range" || type.kind === "multirange") {
    return type.element !== null && hasMany(types, { oid: type.element, modifier: -1 });
  }
  // With a header of four bytes: eight characters, or nine digits.
  if (["varchar", "bpchar"].includes(type.plainName))
    return below.modifier < 0 || below.modifier >= 12;
  if (type.plainName === "numeric") return below.modifier < 0 || below.modifier >> 16 >= 9;
  return type.kind === "base" && MANY.has(type.plainName);
}

/** By column of a key that has few values: the number, from 0, of the value that a row takes. */
export type Turns = Map<string, Expression>;

/**
 * Lets columns that are a key only together, each with few values, take turns so that every combination
 * comes up once before any comes again.
 */
export function takeTurns(
  table: Table,
  types: Types,
  distinct: ReadonlySet<string>,
  references: readonly Reference[],
): Turns {
  const turns: Turns = new Map();
  let combinations = 1;
  const add = (columns: readonly string[], values: number): void => {
    const before = combinations;
    const turn: Expression = (row) => `((${row} - 1) % ${before} + (${row} - 1) / ${before})`;
    for (const column of columns) turns.set(column, turn);
    combinations = Math.min(before * values, Number.MAX_SAFE_INTEGER);
  };
  for (const { key, rows } of references) {
    const isNew = key.columns.every((name) => !turns.has(name));
    if (isNew && key.columns.some((name) => distinct.has(name))) add(key.columns, rows);
  }
  for (const { name, type } of table.columns) {
    if (!distinct.has(name) || turns.has(name) || hasMany(types, type)) continue;
    const found = types.get(resolve(types, type).use.oid);
    const values = found?.kind === "enum" ? found.labels.length : 2;
    if (found?.kind === "enum" || found?.plainName === "bool") add([name], values);
  }
  return turns;
}
