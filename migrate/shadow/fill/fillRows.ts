import { type ClientBase, escapeIdentifier } from "pg";
import { messageOf } from "../../run/failure";
import { fillTable } from "./fillTable";
import type { Table, Types } from "./model";
import { type PlannedTable, planOrder } from "./planOrder";
import { readTables, readTypes } from "./readTables";
import { fillColumn, fillReference } from "./updateTable";
import { type Wishes, checksFor, withWishedKeys } from "./wishes";

export interface FillOptions {
  /** How many rows each table is to have. */
  rows: number;
  /** Tables that are left alone, as SQL names them. */
  except: readonly string[];
  /** Where functions of the user's look for what they name. */
  schemas: readonly string[];
  /** What a later state of the schema asks of the rows; null when nobody knows it. */
  wishes: Wishes | null;
  /** What was filled before in this database: given again, only what is new is filled. */
  filled: FilledTables;
  signal: AbortSignal;
}

/** Columns that have rows, by the number of their table. */
export type FilledTables = Map<number, Set<number>>;

/** A table or a column that stayed without rows, or has fewer of them. */
export interface NotFilled {
  table: string;
  reason: string;
}

/**
 * Fills every table with rows that satisfy its constraints: NULL in part of them wherever it may be, the same
 * value twice wherever it may be, so that a migration that relies on the contrary fails. Needs a superuser: the
 * triggers of the user, who know better, are left out. The same rows come out each time.
 */
export async function fillRows(client: ClientBase, options: FillOptions): Promise<NotFilled[]> {
  // Definitions then name every schema but the system's.
  await client.query("SET search_path = pg_catalog");
  const types = await readTypes(client);
  const tables = withWishedKeys(await readTables(client, options.except), options.wishes);
  const path = options.schemas.map((name) => escapeIdentifier(name)).join(", ");
  await client.query(`SET search_path = ${path}`);
  const { order, stuck } = planOrder(tables.filter(({ kind }) => kind === "table"));
  const run = { client, types, options, empty: await findEmpty(client, tables), order };
  const notFilled: NotFilled[] = [
    ...tables
      .filter(({ kind }) => kind === "foreign")
      .map(({ name }) => ({ table: name, reason: "its rows are on another server" })),
    ...stuck.map(({ name }) => ({
      table: name,
      reason: "it refers in a circle to what refers to it, by columns that take no NULL",
    })),
  ];
  for (const planned of order) notFilled.push(...(await insertInto(run, planned)));
  for (const planned of order) notFilled.push(...(await complete(run, planned)));
  return [...notFilled, ...(await refreshViews(client))];
}

interface Run {
  client: ClientBase;
  types: Types;
  options: FillOptions;
  order: readonly PlannedTable[];
  /** Tables without any row, by their number. */
  empty: ReadonlySet<number>;
}

async function findEmpty(client: ClientBase, tables: readonly Table[]): Promise<Set<number>> {
  const local = tables.filter(({ kind }) => kind === "table");
  if (local.length === 0) return new Set();
  const parts = local.map(
    ({ oid, name }) => `SELECT ${oid} AS oid WHERE NOT EXISTS (SELECT FROM ONLY ${name})`,
  );
  const { rows } = await client.query<{ oid: number }>(parts.join(" UNION ALL "));
  return new Set(rows.map(({ oid }) => oid));
}

async function insertInto(run: Run, planned: PlannedTable): Promise<NotFilled[]> {
  const { options, order, types } = run;
  const { table } = planned;
  if (options.filled.has(table.oid) && !run.empty.has(table.oid)) return [];
  // The partitions of a table share its rows.
  const siblings = order.filter(
    (other) => other.table.root !== null && other.table.root === table.root,
  );
  const wanted = Math.ceil(options.rows / Math.max(siblings.length, 1));
  const offset = Math.max(siblings.indexOf(planned), 0) * options.rows;
  const wishes = checksFor(table, types, options.wishes);
  const { value, fault } = await inTransaction(run, async (client) =>
    fillTable(client, planned, types, wishes, wanted, offset),
  );
  if (value !== null) {
    options.filled.set(table.oid, new Set(table.columns.map(({ number }) => number)));
  }
  const reasons = value === null ? [fault] : value.notes;
  return reasons.map((reason) => ({ table: table.name, reason }));
}

/** What had to wait until all tables had rows, and columns that older rows do not have yet. */
async function complete(run: Run, { table, later }: PlannedTable): Promise<NotFilled[]> {
  const { options, types } = run;
  const filled = options.filled.get(table.oid);
  if (filled === undefined) return [];
  const added = table.columns.filter(
    (column) =>
      !filled.has(column.number) &&
      column.isNullable &&
      column.default === null &&
      column.generated === null,
  );
  const isAdded = (name: string): boolean => added.some((column) => column.name === name);
  const keys = table.foreignKeys.filter((key) => later.includes(key) || key.columns.some(isAdded));
  const referring = new Set(keys.flatMap(({ columns }) => columns));
  const wishes = checksFor(table, types, options.wishes);
  const notFilled: NotFilled[] = [];
  const report = (reason: string): void => {
    notFilled.push({ table: table.name, reason });
  };
  for (const key of keys) {
    const { fault } = await inTransaction(run, (client) => fillReference(client, table, key));
    if (fault !== "") report(`${key.columns.join(", ")} stays NULL: ${fault}`);
  }
  for (const column of added.filter(({ name }) => !referring.has(name))) {
    const { value, fault } = await inTransaction(run, (client) =>
      fillColumn(client, table, column, types, wishes),
    );
    if (value !== null) report(value);
    if (fault !== "") report(`${column.name} stays NULL: ${fault}`);
  }
  for (const { number } of table.columns) filled.add(number);
  return notFilled;
}

async function inTransaction<T>(
  { client, options: { signal } }: Run,
  use: (client: ClientBase) => Promise<T>,
): Promise<{ value: T; fault: "" } | { value: null; fault: string }> {
  await client.query("BEGIN");
  try {
    await client.query("SET LOCAL session_replication_role = replica");
    const value = await use(client);
    await client.query("COMMIT");
    return { value, fault: "" };
  } catch (error) {
    await client.query("ROLLBACK");
    // A statement that was cancelled says nothing about its table.
    signal.throwIfAborted();
    return { value: null, fault: messageOf(error) };
  }
}

const VIEWS = `
SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'm' AND c.relispopulated AND n.nspname !~ '^pg_'
  AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = 'pg_class'::regclass AND x.objid = c.oid AND x.deptype = 'e')
ORDER BY c.oid`;

/** Materialized views hold rows too. */
async function refreshViews(client: ClientBase): Promise<NotFilled[]> {
  const { rows } = await client.query<{ name: string }>(VIEWS);
  const notFilled: NotFilled[] = [];
  for (const { name } of rows) {
    await client.query(`REFRESH MATERIALIZED VIEW ${name}`).catch((error: unknown) => {
      notFilled.push({ table: name, reason: messageOf(error) });
    });
  }
  return notFilled;
}
