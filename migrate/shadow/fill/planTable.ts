import { type ClientBase, escapeIdentifier } from "pg";
import { listCandidates, isVolatile } from "./candidates";
import { type Turns, isNumbered } from "./distinct";
import {
  type Check,
  type Column,
  type Expression,
  type PgType,
  type Table,
  type Types,
  resolve,
} from "./model";
import { type Choice, search } from "./search";
import { valueOf } from "./value";

/** What is known of a table's columns before their values are chosen. */
export interface PlanInput {
  table: Table;
  types: Types;
  /** Columns that get the key of a row that is there. */
  referring: ReadonlySet<string>;
  /** Columns that get it later, and are NULL until then. */
  waiting: ReadonlySet<string>;
  distinct: ReadonlySet<string>;
  turns: Turns;
  /** What a later migration will ask for: not needed yet. */
  wishes: readonly Check[];
}

/** How each column of a table is filled. */
export interface TablePlan {
  /** By column. A reference's value is put in where it says `null`: here it is only known whether. */
  values: Map<string, Expression>;
  /** By column that refers to a row: whether a row has one. */
  hasReference: Map<string, Expression>;
  /** All that a row must satisfy. */
  checks: Check[];
  /** Columns that stay NULL, and why. */
  notes: string[];
}

/** Why a table, or a column, stays empty. */
export class NotFillableError extends Error {}

/** Plans the columns of a table. What CHECKs speak of is asked of the database. */
export async function planTable(client: ClientBase, input: PlanInput): Promise<TablePlan> {
  const { table, types, referring, wishes } = input;
  const columns = table.columns.filter(({ generated }) => generated === null);
  const checks = [...table.checks, ...domainChecks(columns, types)];
  const plan: TablePlan = { values: new Map(), hasReference: new Map(), checks, notes: [] };
  for (const column of columns) {
    const { name } = column;
    if (referring.has(name)) plan.hasReference.set(name, () => "true");
    else plan.values.set(name, usualValue(column, input, plan.notes));
  }
  const known = new Set(columns.map(({ name }) => name));
  const searchable = checks.filter((check) => check.columns.every((name) => known.has(name)));
  for (const group of groupChecks([...searchable, ...wishes])) {
    const asked = group.filter((check) => searchable.includes(check));
    const choices = columns
      .filter(({ name }) => group.some((check) => check.columns.includes(name)))
      .map((column) => toChoice(column, input, group));
    await decide(client, plan, choices, group, asked);
  }
  return plan;
}

async function decide(
  client: ClientBase,
  plan: TablePlan,
  choices: readonly Choice[],
  group: readonly Check[],
  asked: readonly Check[],
): Promise<void> {
  let found = await search(client, choices, group);
  if (found.length === 0 && asked.length === 0) return;
  if (found.length === 0) found = await search(client, choices, asked);
  const fault = `no values were found that satisfy ${asked.map(({ name }) => name).join(", ")}`;
  if (found.length === 0) throw new NotFillableError(fault);
  for (const [at, { column }] of choices.entries()) {
    const name = unquote(column);
    const ways = found.map((combination) => combination[at]);
    const hasOthers = (choices[at]?.candidates.length ?? 0) > 1;
    if (hasOthers && ways.every((way) => way?.isNull === true)) {
      plan.notes.push(`${name} stays NULL: ${fault}`);
    }
    const pick = (valueAt: (n: number, row: string) => string): Expression => {
      return (row) => {
        const cases = ways.map((_, n) => `WHEN ${n} THEN ${valueAt(n, row)}`).join(" ");
        return `CASE ${row} % ${ways.length} ${cases} END`;
      };
    };
    if (plan.hasReference.has(name)) {
      plan.hasReference.set(
        name,
        pick((n) => String(ways[n]?.isNull === false)),
      );
    } else {
      plan.values.set(
        name,
        pick((n, row) => ways[n]?.sql(row) ?? "NULL"),
      );
    }
  }
}

function toChoice(
  column: Column,
  { types, referring, waiting, distinct, turns }: PlanInput,
  checks: readonly Check[],
): Choice {
  const { name } = column;
  const usual = rawValue(column, types, true, turns.get(name));
  const about = checks.filter((check) => check.columns.includes(name));
  const all = listCandidates(column, typeOf(column, types), usual, about);
  // Which value a reference has, its target decides.
  const ofReference = all.filter((one, at) => at === 0 || one.isNull);
  const nulls = all.filter(({ isNull }) => isNull);
  return {
    column: escapeIdentifier(name),
    candidates: waiting.has(name) ? nulls : referring.has(name) ? ofReference : all,
    isDistinct: distinct.has(name) && !referring.has(name),
  };
}

/** The value of a column that no check speaks of, NULL in some rows where it may be. */
function usualValue(
  column: Column,
  { types, distinct, turns, waiting }: PlanInput,
  notes: string[],
): Expression {
  const { name } = column;
  const value = rawValue(column, types, distinct.has(name), turns.get(name));
  const nothing: Expression = () => `NULL::${types.get(column.type.oid)?.name ?? "text"}`;
  if (waiting.has(name)) return nothing;
  const unknown = `nothing is known of the type of ${name}`;
  if (value === null) {
    if (!column.isNullable) throw new NotFillableError(unknown);
    notes.push(`${unknown}, which stays NULL`);
    return nothing;
  }
  if (!column.isNullable) return value;
  return (row) => `CASE WHEN ${isNullIn(row, column.number)} THEN NULL ELSE ${value(row)} END`;
}

/** The first row has no more than it must have; of the others a fifth, each time in other columns. */
export function isNullIn(row: string, place: number): string {
  return `${row} = 1 OR (${row} + ${place}) % 5 = 0`;
}

const KEY_OFFSET = 1_000_000;

function rawValue(
  column: Column,
  types: Types,
  isDistinct: boolean,
  turn?: Expression,
): Expression | null {
  const { default: fallback } = column;
  if (!isDistinct && fallback !== null && !isVolatile(fallback)) return () => fallback;
  const value = valueOf(types, column.type);
  if (value === null) return null;
  if (turn !== undefined) return (row) => value(turn(row));
  const { plainName } = typeOf(column, types);
  if (isDistinct || isNumbered(column)) {
    // Far from the numbers that migrations write, and that sequences give.
    if (/^(int[48]|float[48]|numeric|oid)$/.test(plainName)) {
      return (row) => value(`(${KEY_OFFSET} + ${row})`);
    }
    return plainName === "int2" ? (row) => value(`(10000 + ${row} % 20000)`) : value;
  }
  // Two rows of one value each; a long text now and then.
  const doubled = (row: string): string => value(`((${row} + 1) / 2)`);
  if (!/^(text|varchar|citext)$/.test(plainName)) return doubled;
  const length = lengthOf(column, types);
  if (length < 15) return doubled;
  return (row) =>
    `CASE WHEN (${row} + 1) / 2 % 3 = 0 THEN rpad(${doubled(row)} || ' ', ${length}, 'lorem ipsum ') ELSE ${doubled(row)} END`;
}

function lengthOf(column: Column, types: Types): number {
  const { modifier } = resolve(types, column.type).use;
  return modifier < 0 ? 200 : Math.min(modifier - 4, 200);
}

function typeOf({ name, type }: Column, types: Types): PgType {
  const found = types.get(resolve(types, type).use.oid);
  if (found === undefined) throw new NotFillableError(`nothing is known of the type of ${name}`);
  return found;
}

function domainChecks(columns: readonly Column[], types: Types): Check[] {
  return columns.flatMap(({ name, type }) =>
    resolve(types, type).checks.map((sql) => ({
      name: `the domain of ${name}`,
      // In the check the value is called VALUE.
      sql: `(SELECT (${sql}) FROM (SELECT ${escapeIdentifier(name)} AS value) AS domain)`,
      columns: [name],
    })),
  );
}

/** Checks that speak, directly or through others, of the same columns belong together. */
function groupChecks(checks: readonly Check[]): Check[][] {
  const groups: { checks: Check[]; columns: Set<string> }[] = [];
  for (const check of checks) {
    const touched = groups.filter(({ columns }) => check.columns.some((name) => columns.has(name)));
    for (const group of touched) groups.splice(groups.indexOf(group), 1);
    groups.push({
      checks: [...touched.flatMap((group) => group.checks), check],
      columns: new Set([...touched.flatMap(({ columns }) => [...columns]), ...check.columns]),
    });
  }
  // One without columns is the same for every row.
  return groups.filter(({ columns }) => columns.size > 0).map((group) => group.checks);
}

function unquote(name: string): string {
  return name.slice(1, -1).replaceAll('""', '"');
}
