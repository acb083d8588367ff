import { toOffset } from "../files/sqlSections";
import { type DoBody, readDo } from "./readDo";

/** One statement, as PostgreSQL's own parser reads it. */
export interface Statement {
  /** What the parser calls it: `DropStmt`. */
  kind: string;
  /** Its parts, in the parser's own names. */
  node: SqlNode;
  /** Where it begins in the text, in UTF-16 units. */
  start: number;
  /** Its text as it runs, without the semicolon. */
  sql: string;
  /** Of a DO block: what it runs. */
  body?: DoBody;
}

/** A part of a statement. */
export type SqlNode = Readonly<Record<string, unknown>>;

/** What PostgreSQL's grammar does not know. Its message holds no piece of the text: a password can stand there. */
export class SqlSyntaxError extends Error {
  /** Where, in UTF-16 units; null when the parser does not say it. */
  readonly offset: number | null;

  constructor(reason: string, offset: number | null) {
    super(reason);
    this.name = "SqlSyntaxError";
    this.offset = offset;
  }
}

/** Major version of the PostgreSQL whose parser this is. */
export const PARSER_MAJOR = 18;

// A parsed text takes fifty times its own memory, and a job has little.
const LONGEST = 1_000_000;

/**
 * The statements of a text. Fails when one of them is none: then nothing is known about the others
 * either. It is PostgreSQL 18's parser; older servers understand less, not other things.
 */
export async function parseSql(sql: string): Promise<Statement[]> {
  // The parser takes a text without a statement for a mistake.
  if (sql.trim() === "") return [];
  if (sql.length > LONGEST) throw new Error("it is longer than a million characters");
  // Imported here: a run with nothing to look at does not pay for it.
  const parser = await import("libpg-query");
  await parser.loadModule();
  return parseWith(parser, sql);
}

/** The parser, once it is loaded. */
export type Parser = Pick<typeof import("libpg-query"), "parseSync" | "parsePlPgSQLSync">;

/** As `parseSql`, with a parser at hand. */
export function parseWith(parser: Parser, sql: string): Statement[] {
  const bytes = Buffer.from(sql);
  return parse(parser, sql).map(({ stmt, stmt_location = 0, stmt_len }) => {
    const [kind = "", value = {}] = Object.entries(stmt ?? {})[0] ?? [];
    const node = value as SqlNode;
    // The parser counts bytes.
    const start = bytes.subarray(0, stmt_location).toString().length;
    // The last one has no length when no semicolon ends it.
    const end = stmt_len === undefined ? bytes.length : stmt_location + stmt_len;
    const text = bytes.subarray(stmt_location, end).toString().trim();
    const body = kind === "DoStmt" ? { body: readDo(parser, node) } : null;
    return { kind, node, start, sql: text, ...body };
  });
}

function parse(parser: Parser, sql: string): NonNullable<ReturnType<Parser["parseSync"]>["stmts"]> {
  try {
    return parser.parseSync(sql).stmts ?? [];
  } catch (error) {
    const { message, sqlDetails } = error as Error & { sqlDetails?: { cursorPosition: number } };
    const [fault] =
      /^(syntax error|unterminated [a-z/*-]+( [a-z-]+)*?)(?= at |$)/.exec(message) ?? [];
    // Memory, nesting, and what the server may decide otherwise.
    if (fault === undefined)
      throw new Error("PostgreSQL's parser does not read it", { cause: error });
    const position = sqlDetails?.cursorPosition ?? -1;
    throw new SqlSyntaxError(fault, position < 0 ? null : toOffset(sql, position + 1));
  }
}
