/** Whether every value of the old type is one of the new type as it is stored, so that no row is written. */
export function keepsValues(from: string, to: string): boolean {
  if (from === to) return true;
  const [oldName, oldSizes] = split(from);
  const [newName, newSizes] = split(to);
  if (TEXTS.has(oldName) && TEXTS.has(newName)) return fits(oldSizes[0], newSizes[0]);
  if (oldName === "cidr" && newName === "inet") return true;
  if (oldName !== newName) return false;
  if (oldName === "numeric") {
    if (newSizes.length === 0) return true;
    return (oldSizes[1] ?? 0) === (newSizes[1] ?? 0) && fits(oldSizes[0], newSizes[0]);
  }
  return SIZED.has(oldName) && fits(oldSizes[0], newSizes[0]);
}

const TEXTS = new Set(["varchar", "text"]);
// With a number that only limits: a larger one, or none, takes every value.
const SIZED = new Set(["varbit", "timestamp", "timestamptz", "time", "timetz"]);

function fits(from: number | undefined, to: number | undefined): boolean {
  return to === undefined || (from !== undefined && to >= from);
}

function split(type: string): [name: string, sizes: number[]] {
  const [, name = type, sizes] = /^([^(]*)\(([\d,]*)\)$/.exec(type) ?? [];
  return [name, sizes === undefined ? [] : sizes.split(",").map(Number)];
}
