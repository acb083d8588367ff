import type { ForeignKey, Table } from "./model";

/** A table in its turn. */
export interface PlannedTable {
  table: Table;
  /** Foreign keys to rows that are not there yet: to itself, or in a circle. */
  later: ForeignKey[];
}

export interface FillOrder {
  order: PlannedTable[];
  /** Tables that refer to each other in a circle, by columns that take no NULL. */
  stuck: Table[];
}

/** The order in which rows can refer to rows. A partitioned table is there when all its partitions are. */
export function planOrder(tables: readonly Table[]): FillOrder {
  const targets = groupTargets(tables);
  const waiting = new Set(tables);
  const order: PlannedTable[] = [];
  const isWaiting = (table: Table, key: ForeignKey): boolean =>
    (targets.get(key.target) ?? []).some((other) => other !== table && waiting.has(other));
  while (waiting.size > 0) {
    const next = choose([...waiting], isWaiting);
    if (next === undefined) break;
    waiting.delete(next);
    const later = next.foreignKeys.filter(
      (key) => isWaiting(next, key) || (targets.get(key.target) ?? []).includes(next),
    );
    order.push({ table: next, later });
  }
  return { order, stuck: [...waiting] };
}

/** The first that waits for nobody, else the first that can do without those it waits for. */
function choose(
  waiting: readonly Table[],
  isWaiting: (table: Table, key: ForeignKey) => boolean,
): Table | undefined {
  const blocked = (table: Table): ForeignKey[] =>
    table.foreignKeys.filter((key) => isWaiting(table, key));
  return (
    waiting.find((table) => blocked(table).length === 0) ??
    waiting.find((table) => blocked(table).every((key) => canBeNull(table, key)))
  );
}

/** Whether a row can do without what the key refers to, for the time being. */
export function canBeNull({ columns }: Table, key: ForeignKey): boolean {
  if (!key.isRequired) return true;
  return columns.some(({ name, isNullable }) => isNullable && key.columns.includes(name));
}

function groupTargets(tables: readonly Table[]): Map<number, Table[]> {
  const targets = new Map<number, Table[]>();
  for (const table of tables) {
    for (const oid of table.root === null ? [table.oid] : [table.oid, table.root]) {
      targets.set(oid, [...(targets.get(oid) ?? []), table]);
    }
  }
  return targets;
}
