import { judgeQuery } from "./judgeQuery";
import type { SqlNode, Statement } from "./parseSql";
import {
  type OwnNames,
  type Scope,
  createScope,
  droppedBy,
  endFile,
  follow,
  forgetRelations,
  listOf,
  nameOf,
} from "./scope";
import {
  COMPUTING,
  HARMLESS,
  LOSSY_ALTERATIONS,
  LOSSY_DROPS,
  PLAIN_DROPS,
  QUERIES,
} from "./statementKinds";

/** A statement that can lose data, and how. */
export interface Destructive<T extends Statement> {
  statement: T;
  /** `drops a table` */
  reason: string;
}

const NOBODY: OwnNames = { functions: new Set(), operators: new Set() };

/**
 * The statements after which something is gone or different that the migration's way back cannot give
 * back, and those of which nobody knows: of each file, in the order in which they run. What only adds,
 * renames, moves or locks is not among them, nor what is done to a table or column that an earlier one
 * has made. A file of which nothing is known is null.
 */
export function findDestructive<T extends Statement>(
  files: readonly (readonly T[] | null)[],
  own: OwnNames = NOBODY,
): Destructive<T>[][] {
  const scope = createScope(own);
  return files.map((statements) => {
    if (statements === null) forgetRelations(scope);
    const found = (statements ?? []).flatMap((statement) => {
      const reason = judge(scope, statement);
      follow(scope, statement);
      return reason === null ? [] : [{ statement, reason }];
    });
    endFile(scope);
    return found;
  });
}

type Rule = (scope: Scope, node: SqlNode) => string | null;

const RULES: Readonly<Record<string, Rule>> = {
  DropStmt: ofDrop,
  AlterTableStmt: ofAlterTable,
  AlterSeqStmt: (scope, { sequence, options }) =>
    restarts(options) && !scope.relations.has(nameOf(sequence)) ? COUNTER : null,
  TruncateStmt: (scope, { relations }) =>
    listOf(relations).every(({ RangeVar }) => scope.relations.has(nameOf(RangeVar)))
      ? null
      : "empties a table",
  DropOwnedStmt: () => "drops all that a role owns",
  DropdbStmt: () => "drops a database",
  CallStmt: () => "calls a procedure, and nobody knows what it does",
};

const COUNTER = "sets how far a sequence has counted";

function judge(scope: Scope, { kind, node, body }: Statement): string | null {
  if (kind === "DoStmt") return ofDo(scope, body);
  const rule = RULES[kind];
  if (rule !== undefined) return rule(scope, node);
  if (QUERIES.has(kind)) return judgeQuery(scope, { [kind]: node });
  if (COMPUTING.has(kind)) return judgeQuery(scope, node);
  return HARMLESS.has(kind) ? null : `runs ${kind}, and nobody knows what it does`;
}

/** A block runs what it runs, or not, as often as it likes: what it makes is nobody's own. */
function ofDo(scope: Scope, body: Statement["body"]): string | null {
  if (body === undefined || "unknown" in body) {
    return `runs a DO block that ${body?.unknown ?? "is not read"}, and nobody knows what it does`;
  }
  for (const statement of body.statements) {
    const reason = judge(scope, statement);
    if (reason !== null) return reason;
    const { functions, operators } = scope;
    // Names it defines are somebody's from here on; relations that it makes may have been there.
    follow({ functions, operators, relations: new Map(), columns: new Map() }, statement);
    if (!QUERIES.has(statement.kind)) forgetRelations(scope);
  }
  return null;
}

function ofDrop(scope: Scope, node: SqlNode): string | null {
  const type = String(node.removeType);
  if (RELATIONS.has(type) && droppedBy(node).every((name) => scope.relations.has(name)))
    return null;
  const lost = LOSSY_DROPS[type];
  if (lost !== undefined) return lost;
  // A generated column goes with its function, a column of a view's row type with the view.
  const takesAlong = node.behavior === "DROP_CASCADE" && !PLAIN_DROPS.has(type);
  return takesAlong ? "drops with CASCADE whatever depends on it" : null;
}

const RELATIONS = new Set(["OBJECT_TABLE", "OBJECT_SEQUENCE", "OBJECT_MATVIEW"]);

function ofAlterTable(scope: Scope, { relation, cmds }: SqlNode): string | null {
  const name = nameOf(relation);
  const isOwn = scope.relations.has(name);
  for (const { AlterTableCmd } of listOf(cmds)) {
    const command = (AlterTableCmd ?? {}) as SqlNode;
    const subtype = String(command.subtype);
    const isOwnColumn = scope.columns.get(name)?.has(String(command.name)) === true;
    const lost = restarts(command.def) ? COUNTER : LOSSY_ALTERATIONS[subtype];
    if (lost !== undefined && !isOwn && !(isOwnColumn && !ON_TABLE.has(subtype))) return lost;
    // The default of later rows is not computed now.
    const reason = subtype === "AT_ColumnDefault" ? null : judgeQuery(scope, command);
    if (reason !== null) return reason;
  }
  return null;
}

const ON_TABLE = new Set(["AT_SetUnLogged"]);

/** RESTART among the options of a sequence or an identity. */
function restarts(options: unknown): boolean {
  const list = Array.isArray(options)
    ? options
    : ((options as { List?: SqlNode } | undefined)?.List?.items ?? []);
  return listOf(list).some(
    ({ DefElem }) => (DefElem as SqlNode | undefined)?.defname === "restart",
  );
}
