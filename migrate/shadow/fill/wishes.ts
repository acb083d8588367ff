import { escapeIdentifier, escapeLiteral } from "pg";
import { type Check, type Column, type ForeignKey, type Table, type Types, resolve } from "./model";

/**
 * The schema as it will be. Rows that a service has written fit the CHECKs and references that a later migration
 * adds, for it had them in its code; that they hold no NULL and no value twice is another matter.
 */
export interface Wishes {
  tables: readonly Table[];
  types: Types;
}

/** The checks that a later schema makes of the columns that a table has already. */
export function checksFor(table: Table, types: Types, wishes: Wishes | null): Check[] {
  const later = wishes?.tables.find(({ name }) => name === table.name);
  if (wishes === null || later === undefined) return [];
  const has = new Set(table.columns.map(({ name }) => name));
  const own = new Set(table.checks.map(({ sql }) => sql));
  return [
    ...later.checks.filter(
      ({ sql, columns }) => !own.has(sql) && columns.every((name) => has.has(name)),
    ),
    ...later.columns.flatMap((column) => enumCheck(table, types, column, wishes.types)),
  ];
}

/** Texts of a column that becomes an enum are labels of it. */
function enumCheck(table: Table, types: Types, later: Column, laterTypes: Types): Check[] {
  const column = table.columns.find(({ name }) => name === later.name);
  const target = laterTypes.get(resolve(laterTypes, later.type).use.oid);
  if (column === undefined || target?.kind !== "enum") return [];
  const type = types.get(resolve(types, column.type).use.oid);
  if (!/^(text|varchar|bpchar|citext)$/.test(type?.plainName ?? "")) return [];
  const labels = target.labels.map((label) => escapeLiteral(label)).join(", ");
  const sql = `${escapeIdentifier(column.name)}::text = ANY (ARRAY[${labels}])`;
  return [{ name: `the labels of ${target.name}`, sql, columns: [column.name] }];
}

/** The tables with the foreign keys that a later schema has, as far as both ends are there. */
export function withWishedKeys(tables: readonly Table[], wishes: Wishes | null): Table[] {
  return tables.map((table) => {
    const later = wishes?.tables.find(({ name }) => name === table.name);
    const added = (later?.foreignKeys ?? []).flatMap((key) => wishedKey(table, key, tables));
    return added.length === 0 ? table : { ...table, foreignKeys: [...table.foreignKeys, ...added] };
  });
}

function wishedKey(table: Table, key: ForeignKey, tables: readonly Table[]): ForeignKey[] {
  const target = tables.find(({ name }) => name === key.targetName);
  const isThere = table.foreignKeys.some(
    ({ columns, targetName }) =>
      targetName === key.targetName && columns.join() === key.columns.join(),
  );
  if (target === undefined || isThere) return [];
  const typesOf = ({ columns }: Table, names: readonly string[]): (number | undefined)[] =>
    names.map((name) => columns.find((column) => column.name === name)?.type.oid);
  const own = typesOf(table, key.columns);
  const other = typesOf(target, key.targetColumns);
  if (own.some((type, at) => type === undefined || type !== other[at])) return [];
  return [{ ...key, target: target.oid, isRequired: false }];
}
