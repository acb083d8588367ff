import { type Violation, quote } from "../violations";
import { DURATION_FORM, DURATION_REMEDY, parseDuration } from "./duration";

/** Flags as yargs gives them: nothing about them is sure. */
export type UntrustedFlags = Readonly<Record<string, unknown>>;

/** Reads flags one by one and collects what does not fit, so that all of it is reported at once. */
export interface FlagReader {
  violations: Violation[];
  text(flag: string): string | null;
  list(flag: string): string[];
  flag(flag: string): boolean;
  duration(flag: string, fallbackMs: number): number;
  count(flag: string, fallback: number): number;
  identifier(flag: string, value: string, longest?: number): string;
}

// PostgreSQL cuts a longer name off without an error.
const LONGEST_IDENTIFIER = 63;

export function createFlagReader(flags: UntrustedFlags): FlagReader {
  const violations: Violation[] = [];
  const report = (flag: string, expected: string, got: unknown, remedy: string): void => {
    violations.push({ path: `--${flag}`, expected, got: quote(got), remedy });
  };
  const text = (flag: string): string | null => {
    const value = flags[flag];
    if (value === undefined) return null;
    if (typeof value === "string" && value !== "") return value;
    report(
      flag,
      Array.isArray(value) ? "one value" : "a value",
      value,
      `write --${flag} VALUE once`,
    );
    return null;
  };
  return {
    violations,
    text,
    list(flag) {
      const value = flags[flag];
      if (Array.isArray(value) && value.length === 0)
        report(flag, "a value", "", `write --${flag} VALUE`);
      const items: unknown[] = Array.isArray(value) ? value : value === undefined ? [] : [value];
      const names = items.flatMap((item) => String(item).split(",")).map((name) => name.trim());
      if (names.includes(""))
        report(flag, "names that are not empty", items, "take the surplus comma out");
      return [...new Set(names)];
    },
    flag(flag) {
      const value = flags[flag];
      if (value === undefined || typeof value === "boolean") return value ?? false;
      report(flag, "no value", value, `write --${flag} alone, once`);
      return false;
    },
    duration(flag, fallbackMs) {
      const value = text(flag);
      if (value === null) return fallbackMs;
      const ms = parseDuration(value);
      if (ms === null) report(flag, DURATION_FORM, value, DURATION_REMEDY);
      return ms ?? fallbackMs;
    },
    count(flag, fallback) {
      const value = text(flag);
      if (value === null || /^\d{1,3}$/.test(value))
        return value === null ? fallback : Number(value);
      report(flag, "a whole number from 0 to 999", value, "write it in digits");
      return fallback;
    },
    identifier(flag, value, longest = LONGEST_IDENTIFIER) {
      if (!isIdentifier(value, longest)) {
        const expected = `a name of 1 to ${longest} bytes without quotes or backslash`;
        report(flag, expected, value, "give the name as the catalogue lists it, without quoting");
      }
      return value;
    },
  };
}

// node-pg-migrate puts schema and table names between quotes without doubling those inside.
function isIdentifier(value: string, longest: number): boolean {
  const bytes = Buffer.byteLength(value);
  return bytes > 0 && bytes <= longest && !/["'\\\0]/.test(value);
}
