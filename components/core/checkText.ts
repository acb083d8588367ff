import type { Rule } from "./rules";
import { quote, type Violation } from "./violations";

/**
 * Checks a text that is known now. An output is not (in a preview it may never be), nothing given
 * means the default: both pass. A number where a text belongs does not.
 */
export function checkText(
  path: string,
  value: unknown,
  expected: string,
  isLegal: (text: string) => boolean,
  { rule, remedy }: { rule: Rule; remedy?: string },
): Violation[] {
  if (value === undefined || isUnknown(value)) return [];
  if (typeof value === "string" && isLegal(value)) return [];
  const violation = { rule, path, expected, got: quote(value) };
  return [remedy === undefined ? violation : { ...violation, remedy }];
}

/** Checks a whole number that is known now. */
export function checkInteger(path: string, value: unknown, min: number, max: number): Violation[] {
  if (value === undefined || isUnknown(value)) return [];
  const isLegal = Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
  if (isLegal) return [];
  const expected = `a whole number from ${min} to ${max}`;
  return [{ rule: "whole-number", path, expected, got: quote(value) }];
}

/** Checks that a text is one of a few. */
export function checkOneOf(path: string, value: unknown, allowed: readonly string[]): Violation[] {
  return checkText(path, value, allowed.join(" or "), (text) => allowed.includes(text), {
    rule: "unknown-choice",
  });
}

/** An output or a promise: something whose value this program does not have yet. */
export function isUnknown(value: unknown): boolean {
  if (typeof value === "function") return true;
  if (typeof value !== "object" || value === null) return false;
  return "apply" in value || "then" in value;
}
