import type { ClientBase } from "pg";
import type { Candidate } from "./candidates";
import { type Check, ROW } from "./model";

/** A column and the ways to fill it. */
export interface Choice {
  column: string;
  candidates: Candidate[];
  /** Whether two rows must not have the same value. */
  isDistinct: boolean;
}

/** For each column a candidate; together they satisfy all checks. */
export type Combination = Candidate[];

const MOST_TRIED = 4096;
const MOST_TRIED_ALONE = 200;

/** How many combinations are taken. */
const FEW = 6;
const MANY = 50;

// Rows of whom it must hold, for others to be likely.
const SAMPLE = [1, 2, 7, 1_000_001];

/**
 * Asks the database which combinations satisfy the checks. The best come first: distinct values where
 * they must be, no NULL, the usual value. A few of them are enough, among them one with NULL for each
 * column that takes it.
 */
export async function search(
  client: ClientBase,
  choices: readonly Choice[],
  checks: readonly Check[],
): Promise<Combination[]> {
  const limited = limit(await withoutInvalid(client, choices));
  const picks = await findPicks(client, limited, checks);
  const combinations = picks.map((pick) => pick.map((index, at) => limited[at]?.candidates[index]));
  const known = combinations.filter((one): one is Combination => !one.includes(undefined));
  const ranked = known.map((one) => ({ one, rank: rankOf(one, limited) }));
  ranked.sort((a, b) => compare(a.rank, b.rank));
  const [best] = ranked;
  if (best === undefined) return [];
  // Where no key is another one in each row, several fixed ones must do.
  const isKeyed = best.rank[0] === 0;
  const fit = isKeyed ? ranked.filter(({ one }) => hasKeysOf(one, best.one, limited)) : ranked;
  const chosen = fit.filter(({ rank }) => rank[1] === 0).slice(0, isKeyed ? FEW : MANY);
  for (const [at] of limited.entries()) {
    const withNull = fit.find(({ one }) => one[at]?.isNull === true);
    if (withNull !== undefined && !chosen.includes(withNull)) chosen.push(withNull);
  }
  return chosen.map(({ one }) => one);
}

/** Two ways to make a key would meet. */
function hasKeysOf(one: Combination, best: Combination, choices: readonly Choice[]): boolean {
  return choices.every(
    ({ isDistinct }, at) => !isDistinct || one[at] === best[at] || one[at]?.isNull === true,
  );
}

function rankOf(combination: Combination, choices: readonly Choice[]): number[] {
  const same = combination.filter((one, at) => choices[at]?.isDistinct === true && !one.isDistinct);
  const nulls = combination.filter(({ isNull }) => isNull);
  const places = combination.map((one, at) => choices[at]?.candidates.indexOf(one) ?? 0);
  return [same.length, nulls.length, places.reduce((sum, place) => sum + place, 0)];
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((rank, index) => rank !== b[index]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}

/** Shortens the longest lists until there are few enough combinations; NULL, the last one, stays. */
function limit(choices: readonly Choice[]): Choice[] {
  const lists = choices.map((choice) => ({ ...choice, candidates: [...choice.candidates] }));
  const product = (): number =>
    lists.reduce((count, { candidates }) => count * candidates.length, 1);
  while (product() > MOST_TRIED) {
    const longest = lists.reduce((a, b) => (b.candidates.length > a.candidates.length ? b : a));
    if (longest.candidates.length <= 1) break;
    const isNullLast = longest.candidates.at(-1)?.isNull === true && longest.candidates.length > 2;
    longest.candidates.splice(isNullLast ? -2 : -1, 1);
  }
  return lists;
}

/** Candidates are guesses: a text of one column is no time of another. */
async function withoutInvalid(client: ClientBase, choices: readonly Choice[]): Promise<Choice[]> {
  const read = (candidates: readonly Candidate[]): string =>
    `SELECT ${candidates.map(({ sql }) => sql("i")).join(", ")} FROM (VALUES ${SAMPLE.map((n) => `(${n}::bigint)`).join(", ")}) AS sample (i)`;
  const kept: Choice[] = [];
  for (const choice of choices) {
    const { candidates } = choice;
    if ((await attempt(client, read(candidates))) !== null) {
      kept.push(choice);
      continue;
    }
    const valid: Candidate[] = [];
    for (const candidate of candidates) {
      if ((await attempt(client, read([candidate]))) !== null) valid.push(candidate);
    }
    kept.push({ ...choice, candidates: valid });
  }
  return kept;
}

async function findPicks(
  client: ClientBase,
  choices: readonly Choice[],
  checks: readonly Check[],
): Promise<number[][]> {
  const all = await attempt<{ pick: number[] }>(client, searchSql(choices, checks));
  if (all !== null) return all.map(({ pick }) => pick);
  // A check fails on some values instead of saying no: each combination is tried by itself.
  const found: number[][] = [];
  for (const pick of combinationsOf(choices).slice(0, MOST_TRIED_ALONE)) {
    const one = choices.map((choice, at) => ({
      ...choice,
      candidates: choice.candidates.slice(pick[at] ?? 0, (pick[at] ?? 0) + 1),
    }));
    const rows = await attempt(client, searchSql(one, checks));
    if (rows !== null && rows.length > 0) found.push(pick);
  }
  return found;
}

function combinationsOf(choices: readonly Choice[]): number[][] {
  const all = choices.reduce<number[][]>(
    (picks, { candidates }) => picks.flatMap((pick) => candidates.map((_, at) => [...pick, at])),
    [[]],
  );
  const sum = (pick: number[]): number => pick.reduce((total, at) => total + at, 0);
  return all.sort((a, b) => sum(a) - sum(b));
}

function searchSql(choices: readonly Choice[], checks: readonly Check[]): string {
  const series = choices.map(
    ({ candidates }, at) => `generate_series(0, ${candidates.length - 1}) AS "pick ${at}"`,
  );
  const columns = choices.map(({ column, candidates }, at) => {
    const cases = candidates.map(({ sql }, index) => `WHEN ${index} THEN ${sql(ROW)}`);
    return `CASE "pick ${at}" ${cases.join(" ")} END AS ${column}`;
  });
  return `SELECT ARRAY[${choices.map((_, at) => `"pick ${at}"`).join(", ")}]::int[] AS pick
FROM ${series.join(", ")}
WHERE NOT EXISTS (
  SELECT FROM (VALUES ${SAMPLE.map((row) => `(${row}::bigint)`).join(", ")}) AS sample (${ROW}),
  LATERAL (SELECT ${columns.join(", ")}) AS candidate
  WHERE ${checks.map(({ sql }) => `(${sql}) IS FALSE`).join(" OR ")})`;
}

/** Rows of a query in a transaction that goes on; null when it fails. */
async function attempt<T>(client: ClientBase, sql: string): Promise<T[] | null> {
  await client.query("SAVEPOINT attempt");
  try {
    const { rows } = await client.query(sql);
    return rows as T[];
  } catch {
    await client.query("ROLLBACK TO SAVEPOINT attempt");
    return null;
  }
}
