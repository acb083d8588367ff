import { type ClientBase, escapeIdentifier } from "pg";
import type { ForeignKey } from "./model";

/** A foreign key and how many rows there are to refer to. */
export interface Reference {
  key: ForeignKey;
  rows: number;
}

/** How rows get what they refer to. */
export interface References {
  /** Joins to numbered rows of the tables that are referred to. */
  joins: string[];
  /** By column: the value, and the number of the column that says when it is NULL. */
  values: Map<string, { sql: string; together: string }>;
  /** What a row must also satisfy: keys whose columns others had filled already. */
  filters: string[];
}

// Of rows that share a column with the row that refers to them: more would make every join long.
const MOST_OF_A_GROUP = 50;

/**
 * Joins for a table's foreign keys, the longest first. `numberOf` gives an expression of
 * the row's number: which row it refers to. `known` are columns that have their values already.
 */
export function joinReferences(
  references: readonly Reference[],
  numberOf: (key: ForeignKey) => string,
  known: References["values"] = new Map(),
): References {
  const result: References = { joins: [], values: new Map(known), filters: [] };
  for (const [place, { key, rows }] of references.entries()) {
    const free = key.columns.filter((column) => !result.values.has(column));
    if (free.length === 0) {
      if (key.isRequired) result.filters.push(toFilter(key));
      continue;
    }
    const name = escapeIdentifier(`referred ${place}`);
    const shared = key.columns.filter((column) => result.values.has(column));
    const targetOf = (column: string): string =>
      escapeIdentifier(key.targetColumns[key.columns.indexOf(column)] ?? "");
    const number = `(${numberOf(key)})`;
    const group = shared.map(targetOf);
    const size = group.length === 0 ? `${rows}` : `least(${name}."size", ${MOST_OF_A_GROUP})`;
    const conditions = [
      `${name}."number" = ${number} % ${size}`,
      ...shared.map(
        (column) => `${name}.${targetOf(column)} = ${result.values.get(column)?.sql ?? "NULL"}`,
      ),
    ];
    result.joins.push(
      `LEFT JOIN ${numbered(key, group)} AS ${name} ON ${conditions.join(" AND ")}`,
    );
    const [together = ""] = key.columns;
    for (const column of free) {
      result.values.set(column, { sql: `${name}.${targetOf(column)}`, together });
    }
  }
  return result;
}

/** The rows of the table that is referred to, with numbers from 0, within each group of them. */
function numbered(key: ForeignKey, group: readonly string[]): string {
  const columns = [...new Set(key.targetColumns)].map((name) => escapeIdentifier(name));
  const partition = group.length === 0 ? "" : `PARTITION BY ${group.join(", ")} `;
  const size =
    group.length === 0 ? "" : `, count(*) OVER (PARTITION BY ${group.join(", ")}) AS "size"`;
  const known = columns.map((column) => `${column} IS NOT NULL`).join(" AND ");
  return `(SELECT ${columns.join(", ")}, row_number() OVER (${partition}ORDER BY ${columns.join(", ")}) - 1 AS "number"${size}
    FROM ${key.targetName} WHERE ${known})`;
}

function toFilter(key: ForeignKey): string {
  const pairs = key.columns.map(
    (column, at) =>
      `target.${escapeIdentifier(key.targetColumns[at] ?? "")} = candidate.${escapeIdentifier(column)}`,
  );
  const nulls = key.columns.map((column) => `candidate.${escapeIdentifier(column)} IS NULL`);
  return `(${nulls.join(" OR ")} OR EXISTS (SELECT FROM ${key.targetName} AS target WHERE ${pairs.join(" AND ")}))`;
}

export async function countRows(client: ClientBase, table: string): Promise<number> {
  const { rows } = await client.query<{ count: string }>(`SELECT count(*) AS count FROM ${table}`);
  return Number(rows[0]?.count);
}
