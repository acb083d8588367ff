import { locksOf } from "../sql/locks/locksOf";
import type { LockedRelation } from "../sql/locks/lock";
import { blockedBy } from "../sql/locks/modes";
import type { Statement } from "../sql/parseSql";
import type { Model, Origin } from "./model";
import { type Key, keyOf } from "./names";

/** Tables, but those that this release has made, at which a statement keeps others waiting. */
export interface Held {
  /** Writers at least. */
  held: readonly Key[];
  /** Readers too. */
  exclusive: readonly Key[];
}

export function heldBy(
  model: Model,
  isNew: (madeBy: Origin) => boolean,
  statement: Statement,
): Held {
  const isOwn = (relation: LockedRelation): boolean => {
    const key = tableOf(model, relation) ?? "";
    const table = model.tables.get(key);
    const view = model.objects.get(`OBJECT_VIEW ${key}`);
    // What CREATE OR REPLACE VIEW names, and no file has made, is new.
    if (table === undefined)
      return view === undefined ? statement.kind === "ViewStmt" : isNew(view);
    return table.isTemporary || isNew(table.madeBy);
  };
  const locks = locksOf(statement, isOwn).filter(({ mode }) => blockedBy(mode) !== "nobody");
  const keysOf = (some: typeof locks): Key[] => [
    ...new Set(some.flatMap(({ relation }) => tableOf(model, relation) ?? [])),
  ];
  return {
    held: keysOf(locks),
    exclusive: keysOf(locks.filter(({ mode }) => mode === "ACCESS EXCLUSIVE")),
  };
}

function tableOf({ indexes }: Model, relation: LockedRelation): Key | null {
  const key = keyOf(relation.schema, relation.name);
  return relation.isIndex ? (indexes.get(key)?.table ?? null) : key;
}
