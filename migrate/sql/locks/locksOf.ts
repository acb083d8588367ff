import { isDeepStrictEqual } from "node:util";
import type { SqlNode, Statement } from "../parseSql";
import { listOf, stringOf, textOf } from "../scope";
import { locksOfAlterTable } from "./alterTable";
import { type LockedRelation, type TableLock, lockOn, lockOnIndex, referencesOf } from "./lock";
import { LOCK_MODES, strengthOf } from "./modes";
import { locksOfQuery } from "./query";

/**
 * The locks on tables that a statement takes, the strongest for each table, in the order in which they
 * are taken. It tells what the statement names: tables that hang on those by foreign keys, partitions
 * and views are known to the catalogue alone. `isNew` tells tables that nobody else sees yet.
 */
export function locksOf(
  statement: Statement,
  isNew: (relation: LockedRelation) => boolean = () => false,
): TableLock[] {
  return strongest(allLocks(statement)).filter(({ relation }) => !isNew(relation));
}

function allLocks({ kind, node, body }: Statement): TableLock[] {
  if (kind === "DoStmt" && body !== undefined && "statements" in body) {
    return body.statements.flatMap(allLocks);
  }
  return LOCKS[kind]?.(node) ?? locksOfQuery({ [kind]: node });
}

function strongest(locks: readonly TableLock[]): TableLock[] {
  const found = new Map<string, TableLock>();
  for (const lock of locks) {
    const key = JSON.stringify(lock.relation);
    const known = found.get(key);
    found.set(key, known === undefined ? lock : merge(known, lock));
  }
  return [...found.values()];
}

function merge(a: TableLock, b: TableLock): TableLock {
  return {
    relation: a.relation,
    mode: strengthOf(b.mode) > strengthOf(a.mode) ? b.mode : a.mode,
    rewrites: either(a.rewrites, b.rewrites),
    scans: either(a.scans, b.scans),
  };
}

function either(a: boolean | null, b: boolean | null): boolean | null {
  if (a === true || b === true) return true;
  return a === null || b === null ? null : false;
}

const LOCKS: Readonly<Record<string, (node: SqlNode) => TableLock[]>> = {
  AlterTableStmt: locksOfAlterTable,
  CreateStmt: ofCreateTable,
  IndexStmt: ofCreateIndex,
  DropStmt: ofDrop,
  RenameStmt: ofRename,
  AlterObjectSchemaStmt: ({ relation }) => lockOn(relation, "ACCESS EXCLUSIVE"),
  ReindexStmt: ofReindex,
  VacuumStmt: ofVacuum,
  ClusterStmt: ({ relation }) => lockOn(relation, "ACCESS EXCLUSIVE", REWRITE),
  RefreshMatViewStmt: ({ relation, concurrent, skipData }) => {
    const isFilled = skipData !== true;
    return lockOn(relation, concurrent === true ? "EXCLUSIVE" : "ACCESS EXCLUSIVE", {
      rewrites: concurrent !== true && isFilled,
      scans: isFilled ? null : false,
    });
  },
  TruncateStmt: ({ relations }) =>
    listOf(relations).flatMap(({ RangeVar }) => lockOn(RangeVar, "ACCESS EXCLUSIVE")),
  LockStmt: ({ relations, mode }) =>
    listOf(relations).flatMap(({ RangeVar }) =>
      lockOn(RangeVar, LOCK_MODES[Number(mode) - 1] ?? "ACCESS EXCLUSIVE"),
    ),
  CreateTrigStmt: ({ relation, constrrel }) => [
    ...lockOn(relation, "SHARE ROW EXCLUSIVE"),
    ...lockOn(constrrel, "ACCESS SHARE"),
  ],
  RuleStmt: ({ relation, ...parts }) => withQuery(lockOn(relation, "ACCESS EXCLUSIVE"), parts),
  CreatePolicyStmt: ofPolicy,
  AlterPolicyStmt: ofPolicy,
  // One that is new has no readers.
  ViewStmt: ({ view, replace, query }) =>
    withQuery(replace === true ? lockOn(view, "ACCESS EXCLUSIVE") : [], { query }),
  CreateStatsStmt: ({ relations }) =>
    listOf(relations).flatMap(({ RangeVar }) => lockOn(RangeVar, "SHARE UPDATE EXCLUSIVE")),
  CreatePublicationStmt: ofPublication,
  AlterPublicationStmt: ofPublication,
  CommentStmt: ofComment,
};

const REWRITE = { rewrites: true, scans: true } as const;

function ofCreateTable({ relation, inhRelations, partbound, tableElts }: SqlNode): TableLock[] {
  const parentMode = partbound === undefined ? "SHARE UPDATE EXCLUSIVE" : "ACCESS EXCLUSIVE";
  const [own] = lockOn(relation, "ACCESS EXCLUSIVE");
  return [
    ...listOf(inhRelations).flatMap(({ RangeVar }) => lockOn(RangeVar, parentMode)),
    ...listOf(tableElts).flatMap(({ TableLikeClause, ColumnDef, Constraint }) => [
      ...lockOn((TableLikeClause as SqlNode | undefined)?.relation, "ACCESS SHARE"),
      ...[ColumnDef, { constraints: [{ Constraint }] }].flatMap((holder) => referencesOf(holder)),
    ]),
    // A table that refers to itself is not there yet.
  ].filter((lock) => !isDeepStrictEqual(lock.relation, own?.relation));
}

const RELATIONS = new Set([
  ...["OBJECT_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW", "OBJECT_FOREIGN_TABLE", "OBJECT_SEQUENCE"],
]);
/** Named together with their table. */
const PARTS = new Set([
  ...["OBJECT_COLUMN", "OBJECT_TABCONSTRAINT", "OBJECT_TRIGGER", "OBJECT_POLICY", "OBJECT_RULE"],
]);
const ON_TABLES = new Set(["OBJECT_TRIGGER", "OBJECT_POLICY", "OBJECT_RULE"]);

function ofDrop({ objects, removeType, concurrent }: SqlNode): TableLock[] {
  const type = String(removeType);
  return listOf(objects).flatMap(({ List }) => {
    const parts = listOf((List as SqlNode | undefined)?.items).map(stringOf);
    if (type === "OBJECT_INDEX") {
      const mode = concurrent === true ? "SHARE UPDATE EXCLUSIVE" : "ACCESS EXCLUSIVE";
      return lockOnIndex(toRangeVar(parts), mode);
    }
    if (RELATIONS.has(type)) return lockOn(toRangeVar(parts), "ACCESS EXCLUSIVE");
    return ON_TABLES.has(type) ? lockOn(toRangeVar(parts.slice(0, -1)), "ACCESS EXCLUSIVE") : [];
  });
}

function toRangeVar(parts: readonly string[]): SqlNode {
  return { schemaname: parts.at(-2), relname: parts.at(-1) };
}

function ofRename({ renameType, relation }: SqlNode): TableLock[] {
  // Of an index it is itself that is locked, in a mode that no query waits for; a type is no table.
  const isOther = renameType === "OBJECT_INDEX" || renameType === "OBJECT_ATTRIBUTE";
  return isOther ? [] : lockOn(relation, "ACCESS EXCLUSIVE");
}

function ofCreateIndex({ relation, concurrent, if_not_exists: isLenient }: SqlNode): TableLock[] {
  const mode = concurrent === true ? "SHARE UPDATE EXCLUSIVE" : "SHARE";
  // Nothing when it is there already, or ON ONLY a table that has partitions.
  const isSure = isLenient !== true && (relation as SqlNode).inh === true;
  return lockOn(relation, mode, { scans: isSure ? true : null });
}

function ofReindex({ kind, relation, params }: SqlNode): TableLock[] {
  const isConcurrent = hasOption(params, "concurrently");
  const mode = isConcurrent ? "SHARE UPDATE EXCLUSIVE" : "SHARE";
  const lock = kind === "REINDEX_OBJECT_INDEX" ? lockOnIndex : lockOn;
  return lock(relation, mode, { scans: true });
}

function ofVacuum({ rels, options, is_vacuumcmd: isVacuum }: SqlNode): TableLock[] {
  const isFull = hasOption(options, "full");
  return listOf(rels).flatMap(({ VacuumRelation }) => {
    const { relation } = VacuumRelation as SqlNode;
    if (isFull) return lockOn(relation, "ACCESS EXCLUSIVE", REWRITE);
    // VACUUM leaves out pages that it knows to be clean; ANALYZE takes a sample.
    return lockOn(relation, "SHARE UPDATE EXCLUSIVE", { scans: isVacuum === true ? null : false });
  });
}

function hasOption(options: unknown, name: string): boolean {
  return listOf(options).some(({ DefElem }) => {
    const { defname, arg } = DefElem as SqlNode;
    const { String: text, Boolean: truth } = (arg ?? {}) as Record<string, SqlNode | undefined>;
    const isOff = truth?.boolval === false || /^(off|false|0)$/i.test(textOf(text?.sval));
    return defname === name && !(arg !== undefined && (isOff || (truth && !truth.boolval)));
  });
}

function ofPolicy({ table, qual, with_check: check }: SqlNode): TableLock[] {
  return withQuery(lockOn(table, "ACCESS EXCLUSIVE"), { qual, check });
}

/** What a rule, a policy or a view reads and writes is opened when it is made. */
function withQuery(locks: readonly TableLock[], parts: SqlNode): TableLock[] {
  return [...locks, ...locksOfQuery(parts)];
}

function ofPublication({ pubobjects }: SqlNode): TableLock[] {
  return listOf(pubobjects).flatMap(({ PublicationObjSpec }) => {
    const { pubtable } = PublicationObjSpec as SqlNode;
    return lockOn((pubtable as SqlNode | undefined)?.relation, "SHARE UPDATE EXCLUSIVE");
  });
}

function ofComment({ objtype, object }: SqlNode): TableLock[] {
  const parts = listOf(((object as SqlNode).List as SqlNode | undefined)?.items).map(stringOf);
  const type = String(objtype);
  if (RELATIONS.has(type)) return lockOn(toRangeVar(parts), "SHARE UPDATE EXCLUSIVE");
  const mode = type === "OBJECT_COLUMN" ? "SHARE UPDATE EXCLUSIVE" : "ACCESS SHARE";
  return PARTS.has(type) ? lockOn(toRangeVar(parts.slice(0, -1)), mode) : [];
}
