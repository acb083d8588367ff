import type { Rule } from "./rules";

/** Something that was given and does not fit, in the words that the user reads. */
export interface Misfit {
  /** Where: the argument's path, `database.tier`, or a flag, `--auth`. */
  path: string;
  /** What is allowed there. */
  expected: string;
  /** What was given. Never a secret: write `[secret]`. */
  got: string;
  /** What to do, when that does not follow from `expected`. */
  remedy?: string;
}

/** An argument that does not fit. */
export interface Violation extends Misfit {
  /** The rule that it breaks, by its ID in `docs/errors.md`. No message shows it. */
  rule: Rule;
}

/** `<path>: expected <allowed>, got <value>; <what to do>` */
export function formatViolation({ path, expected, got, remedy }: Misfit | Violation): string {
  const line = `${path}: expected ${expected}, got ${got}`;
  return remedy === undefined ? line : `${line}; ${remedy}`;
}

/** The whole message: `invalid args`, then one indented line per violation. */
export function formatViolations(violations: readonly (Misfit | Violation)[]): string {
  return ["invalid args", ...violations.map((violation) => `  ${formatViolation(violation)}`)].join(
    "\n",
  );
}

/** A value as an error shows it: JSON, shortened. */
export function quote(value: unknown): string {
  const text = value === undefined ? "nothing" : textOf(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

/** JSON cannot say everything, and says some things wrongly: `NaN` is no null. */
function textOf(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (isInstance(value)) return `a ${value.constructor.name}`;
  try {
    // TypeScript does not say that JSON has nothing for a function or a symbol.
    const json: unknown = JSON.stringify(value);
    return typeof json === "string" ? json : String(value);
  } catch {
    return "an object that contains itself";
  }
}

/** A `Map`, a `Date`: JSON would show it as empty, or as a text. */
function isInstance(value: unknown): value is object {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype !== null && Object.getPrototypeOf(prototype) !== null;
}
