import { DURATION_FORM, DURATION_REMEDY, parseDuration } from "../settings/duration";
import { type Violation, quote } from "../violations";

/** What one file asks for; null where the command's own value holds. */
export interface FileSettings {
  statementTimeoutMs: number | null;
  lockTimeoutMs: number | null;
}

export const NO_SETTINGS: FileSettings = { statementTimeoutMs: null, lockTimeoutMs: null };

const FIELDS: Readonly<Record<string, keyof FileSettings>> = {
  statement_timeout: "statementTimeoutMs",
  lock_timeout: "lockTimeoutMs",
};

/**
 * Reads `-- cloud-run-migrations: statement_timeout=2h lock_timeout=10s` from the comments at the top
 * of a file (`//` in a script). Returns what is wrong in it too.
 */
export function parseSettingsComment(
  text: string,
  path: string,
): { settings: FileSettings; violations: Violation[] } {
  const comment = findComment(text);
  if (comment === null) return { settings: NO_SETTINGS, violations: [] };
  const pairs = comment
    .split(/\s+/)
    .filter((part) => part !== "")
    .map((part): [string, unknown] => {
      const [key = "", ...value] = part.split("=");
      return [key, value.join("=")];
    });
  return readPairs(pairs, path);
}

/** Reads what a script exports as `settings`. */
export function parseSettingsExport(
  exported: unknown,
  path: string,
): { settings: FileSettings; violations: Violation[] } {
  if (exported === undefined) return { settings: NO_SETTINGS, violations: [] };
  if (typeof exported === "object" && exported !== null) {
    return readPairs(Object.entries(exported), path);
  }
  const expected = 'an object such as { statement_timeout: "2h" }';
  const violation = { path: `${path} settings`, expected, got: quote(exported) };
  return { settings: NO_SETTINGS, violations: [violation] };
}

function readPairs(
  pairs: [string, unknown][],
  path: string,
): { settings: FileSettings; violations: Violation[] } {
  const settings = { ...NO_SETTINGS };
  const violations: Violation[] = [];
  for (const [key, value] of pairs) {
    const field = FIELDS[key];
    const ms = typeof value === "string" ? parseDuration(value) : null;
    if (field === undefined) {
      const expected = Object.keys(FIELDS).join(" or ");
      violations.push({ path: `${path} settings`, expected, got: quote(key) });
    } else if (ms === null) {
      const expected = DURATION_FORM;
      const remedy = DURATION_REMEDY;
      violations.push({ path: `${path} ${key}`, expected, got: quote(value), remedy });
    } else {
      settings[field] = ms;
    }
  }
  return { settings, violations };
}

function findComment(text: string): string | null {
  for (const line of text.split("\n").map((item) => item.trim())) {
    if (line === "" || line.startsWith("#!")) continue;
    if (!line.startsWith("--") && !line.startsWith("//")) return null;
    // One that accepts a finding is read by the lint.
    const match = /^(?:--|\/\/)\s*cloud-run-migrations:(?!\s*accept\b)(.*)$/.exec(line);
    if (match !== null) return match[1] ?? "";
  }
  return null;
}
