// The tool stands alone in a service's image, so this repeats what the components' errors look like.

/** One input that does not fit, in the words that the user reads. */
export interface Violation {
  /** Where: a flag, `--lock-wait`, or a variable, `DATABASE_URL`. */
  path: string;
  /** What is allowed there. */
  expected: string;
  /** What was given. Never a secret: write `[secret]`. */
  got: string;
  /** What to do, when that does not follow from `expected`. */
  remedy?: string;
}

/** Arguments or environment that cannot be used; its message holds every violation. */
export class InvalidArgsError extends Error {
  readonly violations: readonly Violation[];

  constructor(violations: readonly Violation[]) {
    super(formatViolations(violations));
    this.name = "InvalidArgsError";
    this.violations = violations;
  }
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
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
