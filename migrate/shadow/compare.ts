import { hidePasswords } from "../output/passwordLiterals";

/** What two catalogues do not have in common. */
export interface Difference {
  /** Lines of the second one only. */
  added: string[];
  /** Lines of the first one only. */
  removed: string[];
}

/**
 * Compares catalogues. In which order a table has its columns does not count: no migration that
 * adds a dropped column again can put it where it was.
 */
export function compare(before: readonly string[], after: readonly string[]): Difference {
  const [had, has] = [new Set(before), new Set(after)];
  const counts = (line: string): boolean => !line.startsWith("column order ");
  return {
    added: after.filter((line) => counts(line) && !had.has(line)),
    removed: before.filter((line) => counts(line) && !has.has(line)),
  };
}

export function isSame({ added, removed }: Difference): boolean {
  return added.length === 0 && removed.length === 0;
}

const MOST_LINES = 10;
const LONGEST_LINE = 160;

/** The difference in lines with `+` and `-`, not too many of either. */
export function describe({ added, removed }: Difference): string[] {
  const half = MOST_LINES / 2;
  const gained = added.slice(0, Math.max(half, MOST_LINES - removed.length));
  const lost = removed.slice(0, Math.max(half, MOST_LINES - added.length));
  const more = added.length + removed.length - gained.length - lost.length;
  return [
    ...gained.map((line) => `+ ${shorten(line)}`),
    ...lost.map((line) => `- ${shorten(line)}`),
    ...(more === 0 ? [] : [`and ${more} more`]),
  ];
}

function shorten(line: string): string {
  const text = hidePasswords(line, 0).sql.replace(/\s+/g, " ").trim();
  return text.length <= LONGEST_LINE ? text : `${text.slice(0, LONGEST_LINE - 1)}…`;
}
