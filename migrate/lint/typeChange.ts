/** What a change of a column's type asks for. */
export interface TypeChange {
  /** Types as PostgreSQL calls them: `varchar(10)`. */
  from: string;
  to: string;
  /** Whether the session's time zone is known to be UTC. */
  isUtc: boolean;
}

/** Whether every value of the old type is one of the new type as it is stored, so that no row is written. */
export function keepsValues({ from, to, isUtc }: TypeChange): boolean {
  if (from === to) return true;
  const [oldName, oldSizes] = split(from);
  const [newName, newSizes] = split(to);
  if (TEXTS.has(oldName) && TEXTS.has(newName)) return fits(oldSizes[0], newSizes[0]);
  if (oldName === "cidr" && newName === "inet") return true;
  if (isUtc && oldName === "timestamp" && newName === "timestamptz") {
    // With a precision PostgreSQL writes the table, be it the same one.
    return newSizes.length === 0;
  }
  if (oldName !== newName) return false;
  if (oldName === "numeric") {
    if (newSizes.length === 0) return true;
    return (oldSizes[1] ?? 0) === (newSizes[1] ?? 0) && fits(oldSizes[0], newSizes[0]);
  }
  const most = MOST[oldName];
  if (most !== undefined) return (newSizes.at(-1) ?? most) >= (oldSizes.at(-1) ?? most);
  return oldName === "varbit" && fits(oldSizes[0], newSizes[0]);
}

const TEXTS = new Set(["varchar", "text"]);

/** Digits of a second that a type without a number has. */
const MOST: Readonly<Record<string, number>> = {
  ...{ timestamp: 6, timestamptz: 6, time: 6, timetz: 6 },
};

function fits(from: number | undefined, to: number | undefined): boolean {
  return to === undefined || (from !== undefined && to >= from);
}

function split(type: string): [name: string, sizes: number[]] {
  const [, name = type, sizes] = /^([^(]*)\(([\d,]*)\)$/.exec(type) ?? [];
  return [name, sizes === undefined ? [] : sizes.split(",").map(Number)];
}
