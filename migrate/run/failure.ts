import { DatabaseError } from "pg";
import type { LoadedMigration } from "../files/load";
import { locate, toOffset } from "../files/sqlSections";
import { listStatements } from "../files/sqlStatements";
import { hidePasswords, hidePasswordsOf } from "../output/passwordLiterals";
import { findExtension } from "./extensions";
import type { FailedStatement } from "./trackedClient";

/** What went wrong, where, and what to do: for a person and for a program. */
export interface Failure {
  /** What the database or the file said, without row data. */
  message: string;
  /** SQLSTATE, or null. */
  code: string | null;
  /** Name of the migration, or null. */
  migration: string | null;
  file: string | null;
  line: number | null;
  column: number | null;
  /** The line that failed and a caret below it; empty when there is no place. */
  excerpt: string[];
  remedy: string;
}

const REMEDIES: Readonly<Record<string, string>> = {
  "25001":
    "a statement that runs outside a transaction cannot stand in a .sql file: write this migration as a script that calls pgm.noTransaction()",
  "40P01": "it deadlocked with the service again and again: choose a time with less traffic",
  "42501":
    "the owner role lacks a right: is the object owned by another role? Its owner or an administrator can ALTER … OWNER TO the owner role",
  "53100": "the disk is full: enlarge it",
  "55P03":
    "another session kept a lock on the table: end the long query, or begin the file with -- cloud-run-migrations: lock_timeout=30s",
  "57014":
    "the statement ran for longer than it may: begin the file with -- cloud-run-migrations: statement_timeout=2h",
  "57P01": "the server ended the connection: it restarted, or an administrator did it",
};

/** Describes the failure of one migration, or of something around it (`migration` is null). */
export function describeFailure(
  error: unknown,
  migration: LoadedMigration | null,
  statement: FailedStatement | null,
): Failure {
  const code = error instanceof DatabaseError ? (error.code ?? null) : null;
  return {
    message: hidePasswordsOf(statement?.sql ?? "", messageOf(error)),
    code,
    migration: migration?.file.name ?? null,
    file: migration?.file.shownPath ?? null,
    ...placeOf(error, migration, statement),
    remedy: remedyOf(error) ?? remedyFor(error, migration?.file.shownPath ?? "the migration"),
  };
}

function remedyFor(error: unknown, file: string): string {
  const correct = `correct ${file}`;
  if (!(error instanceof DatabaseError)) return correct;
  const { code = "", message } = error;
  const extension = code === "42704" || code === "42883" ? findExtension(message) : null;
  if (extension !== null) {
    return `it comes with the extension ${extension}: add --extensions ${extension}, or ${correct}`;
  }
  const [, refused] = /^permission denied to create extension "(.*)"$/.exec(message) ?? [];
  if (refused !== undefined) {
    return `the login may make it where the owner role may not: add --extensions ${refused}`;
  }
  if (message === "permission denied to create role") {
    return `logins are made where the instance is provisioned, not by migrations: take it out of ${file}`;
  }
  if (code === "42501" && message.includes("superuser")) {
    return `PostgreSQL leaves this to superusers, and in Cloud SQL no user is one: take it out of ${file}`;
  }
  return REMEDIES[code] ?? correct;
}

/** What an error of our own says to do, or null. */
export function remedyOf(error: unknown): string | null {
  const remedy = error instanceof Error && "remedy" in error ? error.remedy : null;
  return typeof remedy === "string" ? remedy : null;
}

/** The failure as lines of text: place and message, then the excerpt. */
export function formatFailure({ file, line, column, message, code, excerpt }: Failure): string[] {
  const place =
    file === null ? "" : line === null ? `${file}: ` : `${file}:${line}:${column ?? 1}: `;
  return [`${place}${message}${code === null ? "" : ` (${code})`}`, ...excerpt];
}

/** What an error says, without row data. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const isDataError = error instanceof DatabaseError && /^22/.test(error.code ?? "");
  // Class 22 quotes the value that did not fit: row data. `detail` and `where` are never shown.
  return isDataError ? message.replace(/"[^"]*"(?!.*")/s, '"…"') : message;
}

type Place = Pick<Failure, "line" | "column" | "excerpt">;

function placeOf(
  error: unknown,
  migration: LoadedMigration | null,
  statement: FailedStatement | null,
): Place {
  const nowhere: Place = { line: null, column: null, excerpt: [] };
  if (!(error instanceof DatabaseError) || statement === null || migration === null) return nowhere;
  const position = Number(error.position);
  const hasPosition = position >= 1;
  const inStatement = hasPosition ? toOffset(statement.sql, position) : startOfFailed(statement);
  if (inStatement === null) return nowhere;
  const start = startInFile(migration, statement.sql);
  const text = start === null ? statement.sql : migration.text;
  const offset = inStatement + (start ?? 0);
  const place = start === null ? { line: null, column: null } : locate(text, offset);
  return { ...place, excerpt: excerptOf(text, offset) };
}

/** Beginning of the statement that failed, by the number of those that did not. */
function startOfFailed({ sql, completed }: FailedStatement): number | null {
  return listStatements(sql)[completed]?.start ?? null;
}

/** Where the statement stands in the file; a script's statements stand nowhere. */
function startInFile({ sections }: LoadedMigration, sql: string): number | null {
  for (const section of [sections?.up, sections?.down]) {
    // node-pg-migrate adds a semicolon at the end.
    if (section != null && sql.startsWith(section.text)) return section.start;
  }
  return null;
}

const LONGEST_EXCERPT = 120;

function excerptOf(text: string, position: number): string[] {
  const { sql, offset } = hidePasswords(text, position);
  const { line, column } = locate(sql, offset);
  const source = (sql.split("\n")[line - 1] ?? "").replace(/\r$/, "").replaceAll("\t", " ");
  // A long line is shown around the place.
  const from = Math.max(
    0,
    Math.min(column - 1 - LONGEST_EXCERPT / 2, source.length - LONGEST_EXCERPT),
  );
  const gutter = `  ${line} | `;
  return [
    `${gutter}${source.slice(from, from + LONGEST_EXCERPT)}`,
    `${" ".repeat(gutter.length - 2)}| ${" ".repeat(column - 1 - from)}^`,
  ];
}
