import * as pulumi from "@pulumi/pulumi";

import type { Rule } from "../core/rules";
import { quote, type Violation } from "../core/violations";
import { defined } from "../defined";
import { nearest } from "../core/nearest";
import { applyThrowing } from "../resourceError";
import { throwIfInvalid } from "./throwIfInvalid";

/** Where checks leave what they find. */
export interface Findings {
  /** Blamed for values that only become known during the deployment. */
  component: pulumi.Resource;
  violations: Violation[];
}

/**
 * Reports what is wrong with a value. Gives the value back, an output with its own check in it, or
 * `undefined` for one of the wrong type, so that what comes after need not look again.
 */
export type Check = (value: unknown, path: string, findings: Findings) => unknown;

/** The members of a group; all of `T`'s, so that a new argument cannot go unchecked. */
export type Members<T> = { [K in keyof Required<T>]: Check | RequiredMember };

export interface RequiredMember {
  required: Check;
}

/** A value without members. */
export function leaf(
  expected: string,
  accepts: (value: unknown) => boolean,
  rule: Rule,
  show: (value: unknown) => string = describe,
): Check {
  return (value, path, { violations }) => {
    if (accepts(value)) return value;
    violations.push(isLate(value) ? early(path) : { rule, path, expected, got: show(value) });
    return undefined;
  };
}

/** A text; a pattern of its own is a rule of its own. */
export function text(
  expected = "a text",
  pattern = /^/,
  rule: Rule = "not-a-text",
  show: (value: unknown) => string = describe,
): Check {
  return leaf(expected, (value) => typeof value === "string" && pattern.test(value), rule, show);
}

/** For `show`, where a secret may stand in the wrong place. */
export function hidden(): string {
  return "[secret]";
}

/** Leaves a value to another check. */
export const unchecked: Check = (value) => value;

export function flag(show: (value: unknown) => string = describe): Check {
  return leaf("true or false", (value) => typeof value === "boolean", "not-a-flag", show);
}

export function integer(least: number, most: number): Check {
  return leaf(
    `a whole number from ${least} to ${most}`,
    (value) => Number.isInteger(value) && (value as number) >= least && (value as number) <= most,
    "whole-number",
  );
}

export function choice(allowed: Record<string, string> | string[]): Check {
  const values = Object.values(allowed);
  return leaf(values.join(" or "), (value) => values.includes(value as string), "unknown-choice");
}

/**
 * An argument that may be an output: checked now, or as soon as it is known. A preview-time unknown
 * is never checked.
 */
export function input(check: Check): Check {
  return (value, path, findings) => {
    if (!isLate(value)) return check(value, path, findings);
    const late = pulumi.output(value) as pulumi.Output<unknown>;
    return applyThrowing(late, (known) => {
      const violations: Violation[] = [];
      check(known, path, { ...findings, violations });
      if (violations.length === 0) return known;
      return pulumi.isSecret(late).then((hide) => {
        throwIfInvalid(
          findings.component,
          hide ? violations.map((violation) => ({ ...violation, got: "[secret]" })) : violations,
        );
      });
    });
  };
}

export function required(check: Check): RequiredMember {
  return { required: check };
}

/**
 * One of the pure checks, which let outputs pass; so an output is refused here, unless `input`
 * takes it.
 */
export function by(check: (path: string, value: unknown) => Violation[]): Check {
  return (value, path, { violations }) => {
    const found = isLate(value) ? [early(path)] : check(path, value);
    violations.push(...found);
    return found.length === 0 ? value : undefined;
  };
}

/** Checks an output as soon as it is known, and leaves what is known now to another check. */
export function late(check: Check): Check {
  const whenKnown = input(check);
  return (value, path, findings) => (isLate(value) ? whenKnown(value, path, findings) : value);
}

/**
 * An input that is mostly another resource's output. Where a test's mocks leave that out, there is
 * nothing to check.
 */
export function fromResource(check: Check): Check {
  const whenKnown = input((value, path, findings) =>
    value === undefined ? value : check(value, path, findings),
  );
  return (value, path, findings) => (isLate(value) ? whenKnown : check)(value, path, findings);
}

function early(path: string): Violation {
  const expected = "a value that is known before the deployment";
  return { rule: "known-too-late", path, expected, got: "an output" };
}

/**
 * A group of arguments; keys that it does not have are refused. `show` says what else was given in
 * its place.
 */
export function group<T>(members: Members<T>, show: (value: unknown) => string = describe): Check {
  const known = Object.keys(members);
  return (value, path, findings) => {
    if (!isRecord(value)) {
      const at = path === "" ? "args" : path;
      const expected = "a group of arguments";
      findings.violations.push({ rule: "not-a-group", path: at, expected, got: show(value) });
      return undefined;
    }
    for (const key of Object.keys(value).filter((key) => !known.includes(key))) {
      findings.violations.push(unknownKey(join(path, key), key, known));
    }
    const checked = Object.entries<Check | RequiredMember>(members).flatMap(([key, member]) => {
      const isRequired = typeof member !== "function";
      if (value[key] === undefined && !isRequired) return [];
      const check = isRequired ? member.required : member;
      const at = join(path, key);
      const item = value[key];
      return [
        [key, item === undefined ? checkMissing(check, at, findings) : check(item, at, findings)],
      ];
    });
    return defined(Object.fromEntries(checked));
  };
}

/** The check of a required argument says what is expected where nothing was given. */
function checkMissing(check: Check, path: string, findings: Findings): unknown {
  const violations: Violation[] = [];
  check(undefined, path, { ...findings, violations });
  for (const violation of violations) {
    findings.violations.push({ ...violation, rule: "missing-argument", got: "nothing" });
  }
  return undefined;
}

/** Values by names that the user chooses. */
export function record(
  check: Check,
  checkName: (path: string, name: unknown) => Violation[] = () => [],
  show: (value: unknown) => string = describe,
): Check {
  return (value, path, findings) => {
    if (!isRecord(value)) {
      const expected = "values by name";
      findings.violations.push({ rule: "not-by-name", path, expected, got: show(value) });
      return undefined;
    }
    const checked = Object.entries(value).map(([key, item]) => {
      findings.violations.push(...checkName(join(path, key), key));
      return [key, check(item, join(path, key), findings)] as const;
    });
    return defined(Object.fromEntries(checked));
  };
}

export function list(check: Check, least = 0): Check {
  return (value, path, findings) => {
    if (!Array.isArray(value) || value.length < least) {
      const expected = least > 0 ? "a list that is not empty" : "a list";
      const rule = Array.isArray(value) ? "empty-list" : "not-a-list";
      findings.violations.push({ rule, path, expected, got: describe(value) });
      return undefined;
    }
    const found = findings.violations.length;
    const items = value.map((item, index) => check(item, `${path}[${index}]`, findings));
    return findings.violations.length === found ? items : undefined;
  };
}

function isLate(value: unknown): boolean {
  return pulumi.Output.isInstance(value) || value instanceof Promise;
}

/** A plain object: a `Map` or a `Date` has no members, and would pass for an empty group. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || isLate(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function join(path: string, key: string): string {
  const name = /^[\w-]+$/.test(key) ? key : JSON.stringify(key);
  return path === "" ? name : `${path}.${name}`;
}

/** A value as an error shows it; an output's is not known yet. */
function describe(value: unknown): string {
  if (isLate(value)) return "an output";
  if (typeof value === "function") return "a function";
  return quote(value);
}

function unknownKey(path: string, key: string, known: string[]): Violation {
  const near = nearest(key, known);
  return {
    rule: "unknown-argument",
    path,
    expected: "a known argument",
    got: "an unknown one",
    remedy: near === undefined ? `known are ${known.join(", ")}` : `did you mean ${near}?`,
  };
}
