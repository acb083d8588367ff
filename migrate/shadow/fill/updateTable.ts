import { type ClientBase, escapeIdentifier } from "pg";
import { type Check, type Column, type ForeignKey, ROW, type Table, type Types } from "./model";
import { findDistinct } from "./distinct";
import { isNullIn, planTable } from "./planTable";
import { countRows, joinReferences } from "./references";

/** Lets rows that are there refer to others: in a circle, to their own table, or by a new column. */
export async function fillReference(
  client: ClientBase,
  table: Table,
  key: ForeignKey,
): Promise<void> {
  const free = table.columns.filter(
    ({ name, isNullable }) => isNullable && key.columns.includes(name),
  );
  const rows = await countRows(client, key.targetName);
  const [together] = free;
  if (rows === 0 || together === undefined) return;
  const known = key.columns
    .filter((name) => !free.some((column) => column.name === name))
    .map((name) => [name, { sql: `own.${escapeIdentifier(name)}`, together: name }] as const);
  // Never to itself, but for the first row, which stays alone.
  const numberOf = (): string => `greatest((${ROW} - 2) / 2, 0)`;
  const { joins, values } = joinReferences([{ key, rows }], numberOf, new Map(known));
  await update(
    client,
    table,
    free.map((column) => {
      const sql = values.get(column.name)?.sql ?? "NULL";
      const value = `CASE WHEN ${isNullIn(ROW, together.number)} THEN NULL ELSE ${sql} END`;
      return { column, sql: value };
    }),
    joins,
  );
}

/** Gives rows that are there values in a column that they did not have; says why when it stays NULL. */
export async function fillColumn(
  client: ClientBase,
  table: Table,
  column: Column,
  types: Types,
  wishes: readonly Check[],
): Promise<string | null> {
  const isAlone = ({ columns }: Check): boolean => columns.every((name) => name === column.name);
  // What it must be together with others, the update finds out.
  const plan = await planTable(client, {
    table: { ...table, columns: [column], checks: table.checks.filter(isAlone) },
    types,
    referring: new Set(),
    waiting: new Set(),
    distinct: findDistinct({ ...table, columns: [column] }, types),
    turns: new Map(),
    wishes: wishes.filter(isAlone),
  });
  const [note] = plan.notes;
  if (note !== undefined) return note;
  const sql = plan.values.get(column.name)?.(ROW) ?? "NULL";
  await update(client, table, [{ column, sql }], []);
  return null;
}

async function update(
  client: ClientBase,
  table: Table,
  values: readonly { column: Column; sql: string }[],
  joins: readonly string[],
): Promise<void> {
  const named = values.map(({ column, sql }, at) => ({
    name: escapeIdentifier(column.name),
    at,
    sql,
  }));
  const empty = named.map(({ name }) => `changed.${name} IS NULL`);
  await client.query(`UPDATE ${table.name} AS changed
SET ${named.map(({ name, at }) => `${name} = made."value ${at}"`).join(", ")}
FROM (SELECT own.ctid AS id, ${named.map(({ at, sql }) => `${sql} AS "value ${at}"`).join(", ")}
  FROM (SELECT ctid, *, row_number() OVER (ORDER BY ctid) AS ${ROW} FROM ${table.name}) AS own
  ${joins.join("\n  ")}) AS made
WHERE changed.ctid = made.id AND ${empty.join(" AND ")}`);
}
