import type { SqlNode } from "../parseSql";
import { listOf } from "../scope";
import type { LockMode } from "./modes";

/** A table, or an index in whose stead its table is locked, as a statement names it. */
export interface LockedRelation {
  schema: string | null;
  name: string;
  isIndex: boolean;
}

/** What a statement does to a table that is there. */
export interface TableLock {
  relation: LockedRelation;
  mode: LockMode;
  /** Whether it writes the whole table anew meanwhile; null when the statement alone does not say. */
  rewrites: boolean | null;
  /** Whether it reads every row meanwhile, or builds an index; null as above. */
  scans: boolean | null;
}

export type Effects = Partial<Pick<TableLock, "rewrites" | "scans">>;

/** One lock; without `effects` it is held for a moment of its own. */
export function lockOn(relation: unknown, mode: LockMode, effects: Effects = {}): TableLock[] {
  const { schemaname, relname } = (relation ?? {}) as SqlNode;
  if (typeof relname !== "string") return [];
  const schema = typeof schemaname === "string" ? schemaname : null;
  const target = { schema, name: relname, isIndex: false };
  return [{ relation: target, mode, rewrites: false, scans: false, ...effects }];
}

/** The same on the table of an index. */
export function lockOnIndex(relation: unknown, mode: LockMode, effects: Effects = {}): TableLock[] {
  return lockOn(relation, mode, effects).map((lock) => ({
    ...lock,
    relation: { ...lock.relation, isIndex: true },
  }));
}

/**
 * Tables that the foreign keys of a column, or of a list of constraints, refer to. Whether their keys are
 * looked up one by one or all read is the planner's choice, if they are looked up (`isLookedUp`) at all.
 */
export function referencesOf(holder: unknown, isLookedUp: boolean | null = false): TableLock[] {
  const { constraints } = (holder ?? {}) as SqlNode;
  return listOf(constraints).flatMap(({ Constraint }) =>
    lockOn((Constraint as SqlNode | undefined)?.pktable, "SHARE ROW EXCLUSIVE", {
      scans: isLookedUp === false ? false : null,
    }),
  );
}
