import { escapeLiteral } from "pg";
import { matchPattern } from "./matchPattern";
import type { Check, Column, Expression, PgType } from "./model";

/** A way to fill a column. */
export interface Candidate {
  sql: Expression;
  /** Whether it is another value in every row. */
  isDistinct: boolean;
  isNull: boolean;
}

const MOST = 48;

/**
 * Values that a column with CHECKs may be content with: its type's own, its default, what the checks
 * name, the forms that people check texts for. Most of them are wrong; the database is asked.
 */
export function listCandidates(
  column: Column,
  type: PgType,
  usual: Expression | null,
  checks: readonly Check[],
): Candidate[] {
  const { strings, numbers } = readLiterals(checks.map(({ sql }) => sql).join("\n"));
  const kind = kindOf(type);
  const found: Candidate[] = [
    ...(usual === null ? [] : [{ ...distinct(usual), isDistinct: kind !== "few" }]),
    ...(column.default === null || isVolatile(column.default) ? [] : [fixed(column.default)]),
    ...LISTS[kind]({ type, strings, numbers }),
  ];
  const cast = found.map((one) => ({ ...one, sql: castTo(type.name, one.sql) }));
  const none = { sql: () => `NULL::${type.name}`, isDistinct: true, isNull: true };
  return [...cast.slice(0, MOST), ...(column.isNullable ? [none] : [])];
}

/** Whether a default differs from one moment to the next: such a row could not be made again. */
export function isVolatile(expression: string): boolean {
  return /\w\(|\bCURRENT_|\bLOCALTIME/i.test(expression.replace(/'(?:[^']|'')*'/g, ""));
}

interface Hints {
  type: PgType;
  strings: string[];
  numbers: number[];
}

type Kind = "number" | "text" | "time" | "few" | "json" | "array" | "else";

function kindOf({ kind, plainName }: PgType): Kind {
  if (kind === "array") return "array";
  if (kind === "enum" || plainName === "bool") return "few";
  if (/^(int[248]|float[48]|numeric|money|oid)$/.test(plainName)) return "number";
  if (/^(text|varchar|bpchar|citext|name|char)$/.test(plainName)) return "text";
  if (/^(date|time|timetz|timestamp|timestamptz|interval)$/.test(plainName)) return "time";
  return /^jsonb?$/.test(plainName) ? "json" : "else";
}

const LISTS: Readonly<Record<Kind, (hints: Hints) => Candidate[]>> = {
  number: ({ numbers }) => [
    ...numbers.flatMap((n) => [
      fixed(`${n}`),
      fixed(`${n + 1}`),
      fixed(`${n - 1}`),
      fixed(`${n / 2}`),
    ]),
    ...numbers.flatMap((n) => [distinct((i) => `${n} + ${i}`), distinct((i) => `${n} - ${i}`)]),
    ...["0", "1", "-1", "0.5", "100"].map(fixed),
  ],
  text: ({ strings, numbers }) => [
    ...strings.map((text) => fixed(escapeLiteral(text))),
    ...strings.map((text) => distinct((i) => `${escapeLiteral(text)} || ${i}`)),
    ...strings.flatMap((text) => matchPattern(text) ?? []).map(distinct),
    ...numbers.filter((n) => Number.isInteger(n) && n > 0 && n <= 1000).flatMap(ofLength),
    ...FORMS.map(distinct),
    ...["''", "'US'", "'EUR'", "'en'", "'en-US'", "'UTC'", "'0'", "'https://example.com'"].map(
      fixed,
    ),
  ],
  time: ({ strings, type: { plainName } }) => [
    ...strings.map((text) => fixed(escapeLiteral(text))),
    ...(plainName === "interval"
      ? [fixed("interval '1 hour'")]
      : strings
          .flatMap((text) =>
            ["+", "-"].map(
              (sign) => (i: string) =>
                `${escapeLiteral(text)}::${plainName} ${sign} ${steps(plainName, i)}`,
            ),
          )
          .map(distinct)),
    ...["2000-01-01", "2019-12-31", "2030-01-01"].map((text) => fixed(`'${text}'`)),
    ...(["date", "timestamp", "timestamptz"].includes(plainName)
      ? ["1 day", "-1 day"].map((span) =>
          distinct(
            (i) =>
              `timestamptz '2020-01-01 00:00+00' + ${i} * interval '1 minute' + interval '${span}'`,
          ),
        )
      : []),
  ],
  few: ({ type: { labels } }) =>
    (labels.length > 0 ? labels : ["true", "false"])
      .slice(0, 20)
      .map((label) => fixed(escapeLiteral(label))),
  json: ({ strings }) => [
    ...["{}", "[]", "[1]", "null", "1", "true", '"text"'].map((text) => fixed(`'${text}'`)),
    distinct((i) => `'[' || ${i} || ']'`),
    ...strings.flatMap((key) => [
      distinct((i) => `json_build_object(${escapeLiteral(key)}, ${i})`),
      distinct((i) => `json_build_object(${escapeLiteral(key)}, 'text ' || ${i})`),
    ]),
    // All of the keys that the checks look for.
    ...(strings.length < 2
      ? []
      : [
          distinct(
            (i) =>
              `json_build_object(${strings
                .slice(0, 20)
                .map((key) => `${escapeLiteral(key)}, ${i}`)
                .join(", ")})`,
          ),
        ]),
  ],
  array: ({ strings }) => [
    fixed("'{}'"),
    ...strings.map((text) => fixed(`ARRAY[${escapeLiteral(text)}]`)),
  ],
  else: ({ strings }) => strings.map((text) => fixed(escapeLiteral(text))),
};

/** Forms of texts that CHECKs ask for. */
const FORMS: readonly Expression[] = [
  (i) => `'user' || ${i} || '@example.com'`,
  (i) => `'item-' || ${i}`,
  (i) => `'item_' || ${i}`,
  (i) => `'https://example.com/' || ${i}`,
  (i) => `${i}::text`,
  (i) => letters(`${i}::text`),
  (i) => `upper(${letters(`${i}::text`)})`,
  (i) => `initcap(${letters(`${i}::text`)})`,
  (i) => `'A' || ${i}`,
  (i) => `'a' || ${i}`,
  (i) => `'+1555' || lpad(${i}::text, 7, '0')`,
  (i) => `'#' || right(lpad(to_hex(${i}), 6, '0'), 6)`,
  (i) => `lpad(to_hex(${i}), 32, '0')::uuid::text`,
  (i) => `lpad(to_hex(${i}), 64, '0')`,
  (i) => `host(inet '10.0.0.0' + ${i} % 16777216)`,
  (i) => `to_char(date '2020-01-01' + (${i} % 1000000)::int, 'YYYY-MM-DD')`,
  (i) => `'1.0.' || ${i}`,
  (i) => `'/path/' || ${i}`,
  (i) => `'host' || ${i} || '.example.com'`,
  (i) => `'a.b.' || ${i}`,
];

function ofLength(length: number): Candidate[] {
  const digits = (i: string): string => `right(lpad(${i}::text, ${length}, '0'), ${length})`;
  return [
    distinct(digits),
    distinct((i) => letters(digits(i))),
    distinct((i) => `upper(${letters(digits(i))})`),
  ];
}

function letters(digits: string): string {
  return `translate(${digits}, '0123456789', 'abcdefghij')`;
}

function steps(plainName: string, row: string): string {
  return plainName === "date" ? `(${row} % 100000)::int` : `${row} * interval '1 minute'`;
}

function castTo(name: string, sql: Expression): Expression {
  return (row) => `(${sql(row)})::${name}`;
}

function distinct(sql: Expression): Candidate {
  return { sql, isDistinct: true, isNull: false };
}

function fixed(sql: string): Candidate {
  return { sql: () => sql, isDistinct: false, isNull: false };
}

/** What an expression, as PostgreSQL prints it, compares with. */
export function readLiterals(sql: string): { strings: string[]; numbers: number[] } {
  const strings = [...sql.matchAll(/'((?:[^']|'')*)'/g)].map(([, text = ""]) =>
    text.replaceAll("''", "'"),
  );
  const rest = sql.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"/g, " ");
  const inRest = [...rest.matchAll(/(?<![\w.])-?\d+(?:\.\d+)?/g)].map(([text]) => Number(text));
  // Of a regular expression its counts: `^[A-Z]{3}$`.
  const counts = strings.flatMap((text) =>
    [...text.matchAll(/\{(\d+)(?:,(\d+))?\}/g)].flatMap(([, a, b]) => [a, b]),
  );
  const numbers = [...inRest, ...counts.filter((count) => count !== undefined).map(Number)];
  return {
    strings: [...new Set(strings)].slice(0, 20),
    numbers: [...new Set(numbers)].slice(0, 8),
  };
}
