import { checkInteger, checkText, isUnknown } from "./checkText";
import { quote, type Violation } from "./violations";

/** Checks a region; a zone is the usual mistake. */
export function checkRegion(path: string, value: unknown): Violation[] {
  const isRegion = (text: string) => /^[a-z]+-[a-z]+[1-9]\d?$/.test(text);
  return checkText(path, value, "a region such as europe-west1", isRegion, { rule: "region" });
}

/**
 * Checks a project's ID; its number or its name is the usual mistake.
 *
 * @see https://cloud.google.com/resource-manager/docs/creating-managing-projects
 */
export function checkProject(path: string, value: unknown): Violation[] {
  const expected = "a project ID: 6 to 30 lower-case letters, digits or -, beginning with a letter";
  const isProject = (text: string) => /^([a-z0-9.-]+:)?[a-z][-a-z0-9]{4,28}[a-z0-9]$/.test(text);
  return checkText(path, value, expected, isProject, { rule: "project" });
}

const LABEL_EXPECTED = "lower-case letters, digits, _ or -, at most 63";

/**
 * Checks labels.
 *
 * @see https://cloud.google.com/resource-manager/docs/labels-overview#requirements
 */
export function checkLabels(path: string, value: unknown): Violation[] {
  if (value === undefined || isUnknown(value)) return [];
  const labels = Object.entries(value as Record<string, unknown>);
  const tooMany: Violation[] =
    labels.length <= 64
      ? []
      : [{ rule: "label-count", path, expected: "at most 64 labels", got: `${labels.length}` }];
  return [
    ...tooMany,
    ...labels.flatMap(([key, label]) => [
      ...checkText(
        `${path}.${key}`,
        key,
        `a key of ${LABEL_EXPECTED}, beginning with a letter`,
        isLabelKey,
        { rule: "label-key" },
      ),
      ...checkText(`${path}.${key}`, label, `a value of ${LABEL_EXPECTED}`, isLabelValue, {
        rule: "label-value",
      }),
    ]),
  ];
}

function isLabelKey(text: string): boolean {
  return /^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$/u.test(text);
}

function isLabelValue(text: string): boolean {
  return /^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u.test(text);
}

/** Checks a container's port; `taken` are the ports of containers beside it, by what uses them. */
export function checkPort(
  path: string,
  value: unknown,
  taken: Readonly<Record<number, string>> = {},
): Violation[] {
  const violations = checkInteger(path, value, 1, 65535);
  if (violations.length > 0 || typeof value !== "number") return violations;
  const user = taken[value];
  if (user === undefined) return [];
  const expected = `a port that ${user} does not use`;
  return [{ rule: "taken-port", path, expected, got: quote(value) }];
}
