import type { Finding } from "../findings/finding";
import { hidePasswords } from "../output/passwordLiterals";
import { planGroups } from "../run/groups";
import { type LockedRelation, type TableLock, lockOn } from "../sql/locks/lock";
import { locksOf } from "../sql/locks/locksOf";
import { type Blocked, type LockMode, blockedBy } from "../sql/locks/modes";
import type { SqlNode, Statement } from "../sql/parseSql";
import type { MigrationStatements } from "../sql/statementsOf";
import type { TableSize } from "./readTables";

/** A lock on a table that is there. */
export interface PlannedLock {
  /** With its schema where a database or the statement says it. */
  table: string;
  mode: LockMode;
  blocks: Blocked;
  /** Whether the table is written anew, or read whole, meanwhile; null when the statement does not say. */
  rewrites: boolean | null;
  scans: boolean | null;
  /** Estimated; null without a database, or before the first ANALYZE. */
  rows: number | null;
  /** With indexes; null without a database. */
  bytes: number | null;
}

export interface PlannedStatement {
  sql: string;
  /** From 1; null in a script, where it stands nowhere. */
  line: number | null;
  locks: PlannedLock[];
}

/** A pending file. */
export interface PlannedFile {
  name: string;
  file: string;
  /** Files of one number are committed together; null for a file that runs outside a transaction. */
  transaction: number | null;
  statements: PlannedStatement[];
  /** Why nobody knows its statements; null when they are known. */
  unknown: string | null;
}

export interface Plan {
  /** Newest applied migration. */
  version: string | null;
  pending: PlannedFile[];
  findings: Finding[];
  /** Why up would refuse to begin; null when it would not. */
  refusal: string | null;
}

/** Sizes of the relations of a list, in its order; null for one that is not there. */
export type ReadSizes = (relations: readonly LockedRelation[]) => Promise<(TableSize | null)[]>;

/** The pending files as they will run. Without a database (`readSizes` null) no size is known. */
export async function planFiles(
  pending: readonly MigrationStatements[],
  firstSchema: string,
  readSizes: ReadSizes | null,
): Promise<PlannedFile[]> {
  const made = new Set<string>();
  const located = pending.map((file) =>
    file.statements.map((statement) => locate(statement, made, firstSchema)),
  );
  const asked = located.flat(2).map(({ relation }) => relation);
  const sizes = readSizes === null ? null : await readSizes(asked);
  const known = new Map(asked.map((relation, index) => [relation, sizes?.[index] ?? null]));
  const transactions = numberTransactions(pending);
  return pending.map(({ migration, statements, unknown }, index) => ({
    name: migration.file.name,
    file: migration.file.shownPath,
    transaction: transactions[index] ?? null,
    statements: statements.map(({ sql, line }, at) => ({
      sql: hidePasswords(sql, 0).sql,
      line,
      locks: (located[index]?.[at] ?? []).flatMap((lock) => {
        const size = known.get(lock.relation) ?? null;
        // What the database does not have, an earlier pending statement makes.
        return sizes !== null && size === null ? [] : [toPlannedLock(lock, size)];
      }),
    })),
    unknown,
  }));
}

/** The statement's locks on tables that no pending statement before it has made; takes in what it makes. */
function locate(statement: Statement, made: Set<string>, firstSchema: string): TableLock[] {
  const keyOf = ({ schema, name }: LockedRelation): string =>
    JSON.stringify([schema ?? firstSchema, name]);
  const locks = locksOf(statement, (relation) => made.has(keyOf(relation)));
  for (const relation of relationsMadeBy(statement)) made.add(keyOf(relation));
  return locks;
}

function numberTransactions(pending: readonly MigrationStatements[]): (number | null)[] {
  let number = 0;
  return planGroups(pending, ({ usesTransaction }) => !usesTransaction).flatMap(
    ({ files, isTransaction }) => {
      if (isTransaction) number += 1;
      return files.map(() => (isTransaction ? number : null));
    },
  );
}

function toPlannedLock(lock: TableLock, size: TableSize | null): PlannedLock {
  const { relation, mode, rewrites, scans } = lock;
  const named = relation.schema === null ? relation.name : `${relation.schema}.${relation.name}`;
  return {
    table: size?.name ?? (relation.isIndex ? `the table of ${named}` : named),
    mode,
    blocks: blockedBy(mode),
    rewrites,
    scans,
    rows: size?.rows ?? null,
    bytes: size?.bytes ?? null,
  };
}

/** Tables that a statement makes, under the name that it gives them. */
function relationsMadeBy({ kind, node, body }: Statement): LockedRelation[] {
  if (body !== undefined && "statements" in body) return body.statements.flatMap(relationsMadeBy);
  const made = {
    CreateStmt: node.relation,
    CreateTableAsStmt: (node.into as SqlNode | undefined)?.rel,
    ViewStmt: node.view,
    RenameStmt:
      node.renameType === "OBJECT_TABLE"
        ? { ...(node.relation as SqlNode), relname: node.newname }
        : null,
  }[kind];
  return lockOn(made, "ACCESS SHARE").map(({ relation }) => relation);
}
