import { GENERATED } from "../files/checkRelease";
import type { Segment } from "./arrange";

/** One file of the migration. */
export interface Draft extends Segment {
  /** Its way back. */
  down: readonly string[];
  /** What the user has called the change. */
  message: string;
  /** Whether others of the same change come before it. */
  isLater: boolean;
}

/** The file's text: SQL where a transaction holds it, else a script. */
export function render(draft: Draft): { extension: "sql" | "js"; text: string } {
  const isSql = draft.mode === "transaction" && !hasHeading([...draft.statements, ...draft.down]);
  return isSql
    ? { extension: "sql", text: renderSql(draft) }
    : { extension: "js", text: renderScript(draft) };
}

/** In a routine's body, for example: node-pg-migrate would split the file there. */
function hasHeading(statements: readonly string[]): boolean {
  return statements.some((sql) => /^\s*--[\s-]*(up|down)\s+migration/im.test(sql));
}

function renderSql(draft: Draft): string {
  const statements = (list: readonly string[]): string[] => list.map((sql) => `${sql};`);
  return [
    ...headOf(draft).map((line) => `-- ${line}`),
    "",
    "-- Up Migration",
    ...statements([...bodiesLater(draft.statements), ...draft.statements]),
    "",
    "-- Down Migration",
    ...statements([...bodiesLater(draft.down), ...draft.down]),
    "",
  ].join("\n");
}

function renderScript(draft: Draft): string {
  const isAlone = draft.mode === "alone";
  const calls = (list: readonly string[]): string[] => [
    ...(isAlone && list.length > 0 ? ["  pgm.noTransaction();"] : []),
    ...(isAlone ? list : [...bodiesLater(list), ...list]).map(
      (sql) => `  pgm.sql(${literal(sql)});`,
    ),
  ];
  const type = '/** @param pgm {import("node-pg-migrate").MigrationBuilder} */';
  return [
    ...headOf(draft).map((line) => `// ${line}`),
    // Each file before it is whole, and this one can be run again.
    ...(draft.isLater && isAlone ? [`// ${ACCEPT_MIXED}`] : []),
    "",
    type,
    "export const up = (pgm) => {",
    ...calls(draft.statements),
    "};",
    "",
    type,
    "export const down = (pgm) => {",
    ...calls(draft.down),
    "};",
    "",
  ].join("\n");
}

/** A routine's body may name what comes after it, which PostgreSQL would look for. */
function bodiesLater(statements: readonly string[]): string[] {
  const isRoutine = (sql: string): boolean =>
    /^CREATE (OR REPLACE )?(FUNCTION|PROCEDURE)/.test(sql);
  return statements.length > 1 && statements.some(isRoutine)
    ? ["SET LOCAL check_function_bodies = off"]
    : [];
}

const ACCEPT_MIXED =
  "cloud-run-migrations: accept mixed-no-transaction: the files before it stand by themselves, and this one can be run again";

function headOf({ message, losses }: Draft): string[] {
  return [
    `${GENERATED}: ${message.replace(/\s+/g, " ")}`,
    "Always review it: say below who has, and when.",
    "reviewed:",
    ...losses.map((sql) => `DATA LOSS: ${sql.replace(/\s+/g, " ")}`),
  ];
}

function literal(text: string): string {
  return `\`${text.replace(/[\\`]|\$\{/g, "\\$&")}\``;
}
