import { locate } from "../files/sqlSections";
import { SqlSyntaxError, type SqlNode, type Statement, parseSql } from "../sql/parseSql";
import { listOf } from "../sql/scope";
import type { DesiredFile } from "./readDesired";

/** A statement of the desired schema. */
export interface DesiredStatement {
  sql: string;
  /** `schema.sql:12` */
  place: string;
  /** Settings that its file makes before it, and that it may lean on. */
  settings: readonly string[];
}

/** The desired schema cannot be made. */
export class SchemaError extends Error {
  constructor(
    lines: readonly string[],
    readonly remedy: string,
  ) {
    super(["the desired schema cannot be read", ...lines].join("\n  "));
    this.name = "SchemaError";
  }
}

/** The statements of the files that make a schema: without owners, transactions and psql's own commands. */
export async function parseDesired(files: readonly DesiredFile[]): Promise<DesiredStatement[]> {
  const statements: DesiredStatement[] = [];
  const faults: string[] = [];
  for (const { shownPath, text } of files) {
    const sql = withoutCommands(text);
    const settings: string[] = [];
    try {
      for (const statement of await parseSql(sql)) {
        if (!isOfSchema(statement.kind, statement.node)) continue;
        const place = `${shownPath}:${locate(sql, startOf(sql, statement.start)).line}`;
        if (isSetting(statement.kind, statement.node)) settings.push(statement.sql);
        const own = unlessThere(statement);
        statements.push({ sql: own, place, settings: [...settings] });
      }
    } catch (error) {
      const offset = error instanceof SqlSyntaxError ? error.offset : null;
      const line = offset === null ? "" : `:${locate(sql, offset).line}`;
      faults.push(`${shownPath}${line}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (faults.length > 0) {
    throw new SchemaError(faults, "it must be SQL; of a dump take --schema-only");
  }
  if (statements.length === 0) {
    const paths = files.map(({ shownPath }) => shownPath).join(", ");
    throw new SchemaError([`${paths}: no statement makes anything`], EMPTY_REMEDY);
  }
  return statements;
}

const EMPTY_REMEDY = "an empty schema would drop everything: name the SQL that is meant";

/** Extensions and schemas may be there by flags. */
function unlessThere({ kind, node, sql }: Statement): string {
  const isPlain = kind === "CreateSchemaStmt" && node.schemaElts === undefined;
  return kind === "CreateExtensionStmt" || isPlain
    ? sql.replace(/\bCREATE\s+(EXTENSION|SCHEMA)\s+(?!IF\b)/i, "$&IF NOT EXISTS ")
    : sql;
}

/** `\restrict` and its like, of a dump. Line numbers stay. */
function withoutCommands(text: string): string {
  return text.replace(/^\uFEFF/, "").replace(/^\\\w.*$/gm, "");
}

/** A statement's place begins behind the comments before it. */
function startOf(sql: string, start: number): number {
  const [lead = ""] = /^(?:\s+|--[^\n]*\n|\/\*[^]*?\*\/)*/.exec(sql.slice(start)) ?? [];
  return start + lead.length;
}

function isOfSchema(kind: string, node: SqlNode): boolean {
  if (kind === "TransactionStmt" || kind === "AlterOwnerStmt") return false;
  // An extension brings its comment.
  if (kind === "CommentStmt") return node.objtype !== "OBJECT_EXTENSION";
  if (kind === "CreateSchemaStmt") return node.schemaname !== "public";
  if (kind !== "AlterTableStmt") return true;
  const commands = listOf(node.cmds).map(({ AlterTableCmd }) => AlterTableCmd as SqlNode);
  return commands.some(({ subtype }) => subtype !== "AT_ChangeOwner");
}

function isSetting(kind: string, node: SqlNode): boolean {
  if (kind === "VariableSetStmt") return true;
  return kind === "SelectStmt" && JSON.stringify(node).includes('"set_config"');
}
