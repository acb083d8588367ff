// The order is node-pg-migrate's own (its utils/comparators), so that both tools agree on it.

/** What node-pg-migrate loads as a migration. */
export const EXTENSIONS: ReadonlySet<string> = new Set([
  ".sql",
  ".js",
  ".cjs",
  ".mjs",
  ".ts",
  ".cts",
  ".mts",
]);

/** The number that a name begins with; a prefix of 17 digits is a UTC time. Null without a prefix. */
export function numericPrefix(name: string): number | null {
  const prefix = /^\d+/.exec(name)?.[0];
  if (prefix === undefined) return null;
  const time = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})$/.exec(prefix);
  if (time === null) return Number(prefix);
  const [, year, month, day, hour, minute, second, ms] = time;
  return Date.parse(
    [year, month, day].join("-") + "T" + [hour, minute, second].join(":") + `.${ms ?? ""}Z`,
  );
}

/** Order in which migrations are run: by the number, then by name. */
export function compareNames(a: string, b: string): number {
  // A name without a number, which only a table written by hand can hold, goes first.
  const difference = (numericPrefix(a) ?? -1) - (numericPrefix(b) ?? -1);
  if (difference !== 0 && !Number.isNaN(difference)) return difference;
  return a.localeCompare(b, undefined, {
    usage: "sort",
    numeric: true,
    sensitivity: "variant",
    ignorePunctuation: true,
  });
}
