import { type ClientBase, escapeIdentifier } from "pg";
import { type Check, type Column, ROW, type Table, type Types } from "./model";
import { findDistinct, takeTurns } from "./distinct";
import { type PlannedTable, canBeNull } from "./planOrder";
import { NotFillableError, type TablePlan, isNullIn, planTable } from "./planTable";
import { type Reference, type References, countRows, joinReferences } from "./references";

export interface TableFill {
  /** How many rows were made. */
  rows: number;
  /** What was left out. */
  notes: string[];
}

/** Rows are tried again with other numbers when conditions have refused some; not for ever. */
const ROUNDS = 6;

/**
 * Makes rows in one table, in one statement on the server. Values, and which rows have them, are the same each time.
 * Needs a transaction.
 */
export async function fillTable(
  client: ClientBase,
  planned: PlannedTable,
  types: Types,
  wishes: readonly Check[],
  wanted: number,
  offset: number,
): Promise<TableFill> {
  const { table } = planned;
  const references = await countReferences(client, planned);
  const referring = new Set(references.flatMap(({ key }) => key.columns));
  const distinct = findDistinct(table, types);
  const turns = takeTurns(table, types, distinct, references);
  const waiting = findWaiting(planned, referring);
  const plan = await planTable(client, {
    ...{ table, types, referring, waiting, distinct, turns, wishes },
  });
  const joined = joinReferences(references, ({ columns: [name = ""] }) =>
    // Three rows to each that is referred to, unless each must be another one.
    (turns.get(name) ?? ((row) => `(${row} - 1) / 3`))(ROW),
  );
  const own = ownReferences(planned, referring);
  let rows = 0;
  let next = offset + 1;
  for (let round = 1; round <= ROUNDS && rows < wanted; round++) {
    const missing = wanted - rows;
    const tried = round === 1 ? missing : missing * 8;
    const sql = insertSql(table, plan, joined, own, [next, next + tried - 1], missing);
    const made = (await client.query(sql)).rowCount ?? 0;
    rows += made;
    next += tried;
    if (made === 0 && round > 1) break;
  }
  const notes = [...plan.notes];
  if (rows === 0) throw new NotFillableError("every row would have broken a constraint");
  if (rows < wanted) notes.push(`its constraints leave room for ${rows} rows only`);
  return { rows, notes };
}

async function countReferences(
  client: ClientBase,
  { table, later }: PlannedTable,
): Promise<Reference[]> {
  const references: Reference[] = [];
  for (const key of table.foreignKeys.filter((one) => !later.includes(one))) {
    const count = await countRows(client, key.targetName);
    if (count > 0) references.push({ key, rows: count });
    else if (!canBeNull(table, key)) {
      throw new NotFillableError(`it refers to ${key.targetName}, which has no rows`);
    }
  }
  return references;
}

/** Columns that refer to rows that are not there yet, and can be NULL until they are. */
function findWaiting({ table, later }: PlannedTable, referring: ReadonlySet<string>): Set<string> {
  const names = new Set(later.flatMap(({ columns }) => columns));
  const waiting = table.columns.filter(
    ({ name, isNullable }) => isNullable && names.has(name) && !referring.has(name),
  );
  return new Set(waiting.map(({ name }) => name));
}

/** Columns that refer to a row of their own table and cannot wait: to which column of the same row. */
function ownReferences(
  { table, later }: PlannedTable,
  referring: ReadonlySet<string>,
): Map<string, string> {
  const own = new Map<string, string>();
  for (const key of later) {
    if (canBeNull(table, key) || key.target !== table.oid) continue;
    for (const [at, column] of key.columns.entries()) {
      const target = key.targetColumns[at] ?? "";
      if (!referring.has(column) && target !== column) own.set(column, target);
    }
  }
  return own;
}

function insertSql(
  table: Table,
  plan: TablePlan,
  { joins, values, filters }: References,
  own: ReadonlyMap<string, string>,
  [from, to]: [number, number],
  most: number,
): string {
  const filled = table.columns.filter(({ generated }) => generated === null);
  const names = filled.map(({ name }) => escapeIdentifier(name)).join(", ");
  const expressionOf = (column: Column): string => {
    const target = own.get(column.name);
    if (target !== undefined) return plan.values.get(target)?.(ROW) ?? "NULL";
    const reference = values.get(column.name);
    if (reference === undefined) return plan.values.get(column.name)?.(ROW) ?? "NULL";
    return referenceSql(table, column, reference, plan);
  };
  const columns = filled.map(
    (column) => `${expressionOf(column)} AS ${escapeIdentifier(column.name)}`,
  );
  const generated = table.columns.flatMap(({ name, generated: sql }) =>
    sql === null ? [] : [`, (${sql}) AS ${escapeIdentifier(name)}`],
  );
  const conditions = [
    ...plan.checks.map(({ sql }) => `((${sql}) IS NOT FALSE)`),
    ...filled
      .filter(({ isNullable, name }) => !isNullable && values.has(name))
      .map(({ name }) => `candidate.${escapeIdentifier(name)} IS NOT NULL`),
    ...filters,
  ];
  return `INSERT INTO ${table.name} (${names}) OVERRIDING SYSTEM VALUE
SELECT ${names} FROM (SELECT raw.*${generated.join("")} FROM (
  SELECT ${columns.join(",\n    ")}
  FROM generate_series(${from}::bigint, ${to}::bigint) AS series (${ROW})
  ${joins.join("\n  ")}
) AS raw) AS candidate
${conditions.length === 0 ? "" : `WHERE ${conditions.join("\n  AND ")}`}
LIMIT ${most} ON CONFLICT DO NOTHING`;
}

/** The columns of one reference are NULL in the same rows. */
function referenceSql(
  table: Table,
  column: Column,
  { sql, together }: { sql: string; together: string },
  { hasReference }: TablePlan,
): string {
  const chosen = hasReference.get(column.name)?.(ROW) ?? "true";
  const place = table.columns.find(({ name }) => name === together)?.number ?? column.number;
  const isNull = [
    ...(chosen === "true" ? [] : [`NOT (${chosen})`]),
    // A check that decides about NULL has decided.
    ...(chosen === "true" && column.isNullable ? [isNullIn(ROW, place)] : []),
  ];
  return isNull.length === 0 ? sql : `CASE WHEN ${isNull.join(" OR ")} THEN NULL ELSE ${sql} END`;
}
