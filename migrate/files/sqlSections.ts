/** One half of a `.sql` migration. */
export interface SqlSection {
  text: string;
  /** Where it begins in the file, in UTF-16 units. */
  start: number;
}

export interface SqlSections {
  up: SqlSection;
  /** Null when the file has no part for going down. */
  down: SqlSection | null;
  /** Whether a line `-- Up Migration` is there. */
  hasUpHeading: boolean;
}

/**
 * Splits a `.sql` file as node-pg-migrate does: by the lines `-- Up Migration` and `-- Down Migration`,
 * in any order. Without the first of them everything, a part for going down included, runs as up.
 */
export function splitSql(content: string): SqlSections {
  const up = content.search(/^\s*--[\s-]*up\s+migration/im);
  const down = content.search(/^\s*--[\s-]*down\s+migration/im);
  return {
    up: up < 0 ? { text: content, start: 0 } : cut(content, up, down),
    down: down < 0 ? null : cut(content, down, up),
    hasUpHeading: up >= 0,
  };
}

function cut(content: string, start: number, other: number): SqlSection {
  return { text: content.slice(start, other < start ? undefined : other), start };
}

/** Line and column, from 1, of an offset in a text. */
export function locate(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  return { line, column: offset - before.lastIndexOf("\n") };
}

/** UTF-16 offset of a position that PostgreSQL gives: characters, from 1. */
export function toOffset(text: string, position: number): number {
  let offset = 0;
  let characters = 1;
  for (const character of text) {
    if (characters >= position) break;
    characters += 1;
    offset += character.length;
  }
  return offset;
}
