import type { Rule } from "../core/rules";
import { quote, type Violation } from "../core/violations";

/** What a text must look like, in the words of its violation. */
export interface TextRule {
  pattern: RegExp;
  expected: string;
  rule: Rule;
  remedy?: string;
}

/** Checks a text against a rule. */
export function fits(path: string, value: string, { pattern, ...rest }: TextRule): Violation[] {
  return pattern.test(value) ? [] : [{ path, got: quote(value), ...rest }];
}

/** Checks a program with its arguments. */
export function checkProgram(path: string, command: readonly string[]): Violation[] {
  if ((command[0] ?? "") !== "") return [];
  return [
    {
      path,
      expected: "a program and its arguments",
      got: quote(command),
      rule: "release-program",
    },
  ];
}

export const REGION: TextRule = {
  pattern: /^[a-z]+(?:-[a-z]+)+\d+$/,
  expected: "a region, `europe-west1`",
  rule: "release-region",
};

export const SERVICE_NAME: TextRule = {
  pattern: /^[a-z](?:[a-z0-9-]{0,47}[a-z0-9])?$/,
  expected: "1-49 lower-case letters, digits or hyphens",
  rule: "release-service-name",
};

export const IMAGE_PATH: TextRule = {
  pattern: /^[a-z0-9.-]+(?::\d+)?(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)+$/,
  expected: "a lower-case image path without tag",
  rule: "release-image-path",
};

export const BUILD_ACCOUNT: TextRule = {
  pattern: /^projects\/[^/\s]+\/serviceAccounts\/[^/\s@]+@[^/\s@]+$/,
  expected: "projects/{project}/serviceAccounts/{email}",
  rule: "release-build-account",
};

/** Not like a flag, and not outside of what it is relative to. */
export const RELATIVE_PATH: TextRule = {
  pattern: /^(?![-/])[^\p{Cc}]+$/u,
  expected: "a relative path",
  rule: "release-relative-path",
};

export const ABSOLUTE_PATH: TextRule = {
  pattern: /^\/[^\p{Cc}]*$/u,
  expected: "an absolute path",
  rule: "release-absolute-path",
};

export const SECRET_VERSION: TextRule = {
  pattern: /^projects\/[^/\s]+\/secrets\/[A-Za-z0-9_-]{1,255}\/versions\/[1-9]\d*$/,
  expected: "projects/{project}/secrets/{id}/versions/{number}",
  rule: "release-secret-version",
  remedy: "`latest` gives a retried build other values",
};

/** Name of an environment variable. */
export const VARIABLE = /^[A-Za-z_]\w*$/;
