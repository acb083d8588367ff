import type { SqlNode, Statement } from "./parseSql";

/** What the database has besides PostgreSQL's own. */
export interface OwnNames {
  /** Functions and operators that somebody made, by name. */
  functions: ReadonlySet<string>;
  operators: ReadonlySet<string>;
}

/** What the statements so far have made: nothing that anybody needs can be in it. */
export interface Scope {
  functions: Set<string>;
  operators: Set<string>;
  /** Relations, as they were named; whether they end with the session. */
  relations: Map<string, { isTemporary: boolean }>;
  /** Columns of older tables, by the table's name. */
  columns: Map<string, Set<string>>;
}

export function createScope(own: OwnNames): Scope {
  return {
    functions: new Set(own.functions),
    operators: new Set(own.operators),
    relations: new Map(),
    columns: new Map(),
  };
}

/** A relation as it is named, with or without its schema: `a` and `public.a` are not taken for one. */
export function nameOf(relation: unknown): string {
  const { schemaname, relname } = (relation ?? {}) as SqlNode;
  return JSON.stringify([schemaname ?? null, relname]);
}

/** From here on a name may mean something else. */
export function forgetRelations(scope: Scope): void {
  scope.relations.clear();
  scope.columns.clear();
}

/** A temporary table need not outlive its file's transaction. */
export function endFile(scope: Scope): void {
  for (const [name, { isTemporary }] of scope.relations) {
    if (isTemporary) scope.relations.delete(name);
  }
}

/** Takes in what a statement makes, renames or moves; called after it was judged. */
export function follow(scope: Scope, { kind, node }: Statement): void {
  switch (kind) {
    case "CreateStmt":
    case "CreateSeqStmt":
      if (node.if_not_exists !== true) add(scope, node.relation ?? node.sequence);
      return;
    case "CreateTableAsStmt":
      if (node.if_not_exists !== true) add(scope, (node.into as SqlNode).rel);
      return;
    case "SelectStmt":
      if (node.intoClause !== undefined) add(scope, (node.intoClause as SqlNode).rel);
      return;
    case "CreateFunctionStmt":
      scope.functions.add(lastOf(node.funcname));
      return;
    case "DefineStmt":
      (node.kind === "OBJECT_OPERATOR" ? scope.operators : scope.functions).add(
        lastOf(node.defnames),
      );
      return;
    case "AlterTableStmt":
      followAlterations(scope, node);
      return;
    case "RenameStmt":
    case "AlterObjectSchemaStmt":
    case "CreateTrigStmt":
    case "RuleStmt":
      // Another name, or more than a change of its own rows.
      forget(scope, nameOf(node.relation));
      return;
    case "DropStmt":
      for (const name of droppedBy(node)) forget(scope, name);
      return;
    case "CreateStatsStmt":
      return;
    case "VariableSetStmt":
      if (/^(search_path|role|session_authorization)$|^$/.test(textOf(node.name))) {
        forgetRelations(scope);
      }
      return;
    case "DiscardStmt":
    case "DoStmt":
    case "CallStmt":
    case "ExecuteStmt":
      forgetRelations(scope);
  }
}

function add(scope: Scope, relation: unknown): void {
  const isTemporary = (relation as SqlNode).relpersistence === "t";
  scope.relations.set(nameOf(relation), { isTemporary });
}

function forget(scope: Scope, name: string): void {
  scope.relations.delete(name);
  scope.columns.delete(name);
}

function followAlterations(scope: Scope, { relation, cmds }: SqlNode): void {
  const name = nameOf(relation);
  const isOwn = scope.relations.has(name);
  for (const { AlterTableCmd } of listOf(cmds)) {
    const { subtype, missing_ok: isLenient, def } = (AlterTableCmd ?? {}) as SqlNode;
    const { ColumnDef, RangeVar } = (def ?? {}) as { ColumnDef?: SqlNode; RangeVar?: SqlNode };
    // Rows that were there before come to be its own, or hang on its own.
    if (subtype === "AT_AttachPartition") forget(scope, name);
    if (subtype === "AT_AddInherit") forget(scope, nameOf(RangeVar));
    if (!isOwn) for (const key of referencesOf(def)) forget(scope, key);
    if (subtype !== "AT_AddColumn" || isLenient === true || isOwn) continue;
    const columns = scope.columns.get(name) ?? new Set();
    scope.columns.set(name, columns.add(textOf(ColumnDef?.colname)));
  }
}

/** Tables that a foreign key in it refers to: with CASCADE, rows go with theirs. */
function referencesOf(definition: unknown): string[] {
  const { Constraint, ColumnDef } = (definition ?? {}) as Record<string, SqlNode | undefined>;
  const constraints = [
    ...(Constraint === undefined ? [] : [Constraint]),
    ...listOf(ColumnDef?.constraints).map((item) => item.Constraint as SqlNode),
  ];
  return constraints.flatMap(({ pktable }) => (pktable === undefined ? [] : [nameOf(pktable)]));
}

/** Names of the relations that a DROP names. */
export function droppedBy({ objects }: SqlNode): string[] {
  return listOf(objects).map(({ List }) => {
    const parts = listOf((List as SqlNode | undefined)?.items).map(stringOf);
    return nameOf({ schemaname: parts.at(-2), relname: parts.at(-1) });
  });
}

/** The last part of a qualified name. */
export function lastOf(names: unknown): string {
  return stringOf(listOf(names).at(-1) ?? {});
}

export function stringOf({ String: text }: SqlNode): string {
  return textOf((text as SqlNode | undefined)?.sval);
}

export function listOf(value: unknown): SqlNode[] {
  return Array.isArray(value) ? (value as SqlNode[]) : [];
}

/** A text among a statement's parts; empty where there is none. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
