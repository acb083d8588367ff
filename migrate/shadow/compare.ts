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

/** The difference in lines with `+` and `-`, not too many of them. */
export function describe({ added, removed }: Difference): string[] {
  const lines = [
    ...added.map((line) => `+ ${shorten(line)}`),
    ...removed.map((line) => `- ${shorten(line)}`),
  ];
  const more = lines.length - MOST_LINES;
  return more <= 1 ? lines : [...lines.slice(0, MOST_LINES), `and ${more} more`];
}

function shorten(line: string): string {
  const text = hidePasswords(line, 0).sql.replace(/\s+/g, " ").trim();
  return text.length <= LONGEST_LINE ? text : `${text.slice(0, LONGEST_LINE - 1)}…`;
}
