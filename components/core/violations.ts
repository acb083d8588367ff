/** One input that does not fit, in the words that the user reads. */
export interface Violation {
  /** Where: the argument's path, `database.tier`, or a flag, `--auth`. */
  path: string;
  /** What is allowed there. */
  expected: string;
  /** What was given. Never a secret: write `[secret]`. */
  got: string;
  /** What to do, when that does not follow from `expected`. */
  remedy?: string;
}

/** `<path>: expected <allowed>, got <value>; <what to do>` */
export function formatViolation({ path, expected, got, remedy }: Violation): string {
  const line = `${path}: expected ${expected}, got ${got}`;
  return remedy === undefined ? line : `${line}; ${remedy}`;
}

/** The whole message: `invalid args`, then one indented line per violation. */
export function formatViolations(violations: readonly Violation[]): string {
  return ["invalid args", ...violations.map((violation) => `  ${formatViolation(violation)}`)].join(
    "\n",
  );
}

/** A value as an error shows it: JSON, shortened. */
export function quote(value: unknown): string {
  const text = value === undefined ? "nothing" : textOf(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

/** JSON cannot say everything: a symbol, a `BigInt`, an object that contains itself. */
function textOf(value: unknown): string {
  let json: string | undefined;
  try {
    json = JSON.stringify(value);
  } catch {
    json = undefined;
  }
  return json ?? String(value);
}
