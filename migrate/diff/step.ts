import type { Change } from "./change";

/** A statement of the migration. */
export interface Step {
  sql: string;
  /** Whether it is committed with its neighbours, or runs outside a transaction. */
  mode: "transaction" | "alone";
}

/** One change, in steps that keep nobody waiting. */
export interface Steps {
  change: Change;
  /** In this order; each waits for the one before it. */
  steps: Step[];
  /** After which of them, by its place, others may use what the change makes. */
  readyAfter: number;
  /** Tables that get a unique index here, which a foreign key to them may need. */
  uniqueOn: string | null;
  /** The table that a foreign key leads to. */
  refersTo: string | null;
  /** A new value of an enum, as a literal, that another change uses: only when it was committed. */
  value: string | null;
}

/** What is known of the tables that are there before the migration. */
export interface Surroundings {
  /** Keys of the tables, views and the rest that the migration makes: nobody uses them yet. */
  made: ReadonlySet<string>;
  /** Keys of partitioned tables: few of them can do anything without waiting. */
  partitioned: ReadonlySet<string>;
  /** All changes of the migration. */
  changes: readonly Change[];
}

export const inTransaction = (sql: string): Step => ({ sql, mode: "transaction" });
export const alone = (sql: string): Step => ({ sql, mode: "alone" });

/** As the plan has it. */
export function asIs(change: Change): Steps {
  const steps = [inTransaction(change.sql)];
  return { change, steps, readyAfter: 0, uniqueOn: null, refersTo: null, value: null };
}

/** `"public"."users"` by the parser's parts. */
export function quoted(...parts: (string | undefined)[]): string {
  return parts
    .filter((part) => part !== undefined && part !== "")
    .map((part) => `"${(part ?? "").replaceAll('"', '""')}"`)
    .join(".");
}

const LONGEST_NAME = 63;

/** A name for something that is gone at the end, or gets another one. */
export function helperName(...parts: string[]): string {
  const name = parts.join("_");
  return Buffer.byteLength(name) <= LONGEST_NAME ? name : `${name.slice(0, 40)}_${hash(name)}`;
}

/** Short, and the same each time: FNV-1a. */
function hash(text: string): string {
  let value = 0x81_1c_9d_c5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01_00_01_93) >>> 0;
  return value.toString(36);
}
