import { RE2JS } from "re2js";
import { isUnknown } from "./checkText";
import { quote, type Violation } from "./violations";

/**
 * Checks a branch filter: Cloud Build reads it as RE2, which knows no look-around and no back reference.
 *
 * @see https://cloud.google.com/build/docs/automating-builds/create-manage-triggers
 */
export function checkBranch(path: string, value: unknown): Violation[] {
  if (value === undefined || isUnknown(value)) return [];
  const expected = "a regular expression in RE2's syntax, such as ^main$";
  if (typeof value !== "string" || value === "") {
    return [{ rule: "branch", path, expected, got: quote(value) }];
  }
  try {
    RE2JS.compile(value);
    return [];
  } catch (error) {
    const reason = error instanceof Error ? error.message : "it does not compile";
    return [{ rule: "branch", path, expected, got: quote(value), remedy: reason }];
  }
}
