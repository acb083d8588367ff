import { type Blocked, type LockMode, blockedBy } from "../../../../migrate/sql/locks/modes";
import type { Proof } from "../snippet";
import type { SeenAll } from "./inTransaction";
import { type Stored, strongest } from "./watch";

/** What was seen of statements, as a proof says it. */
export function describeSeen({ seen, fails }: SeenAll, tables: ReadonlyMap<number, Stored>): Proof {
  const all = (part: "rewrites" | "reads" | "writes"): string[] =>
    [...new Set(seen.flatMap((one) => one[part]))].sort();
  const locks = strongest(
    seen.flatMap((one) => one.locks),
    tables,
  );
  return {
    ...given("locks", locks),
    ...given("rewrites", all("rewrites")),
    ...given("reads", all("reads")),
    ...given("writes", all("writes")),
    ...given("holdsUp", heldUp(seen, tables)),
    ...(fails !== null && { fails }),
  };
}

/** The part of a proof, unless there is nothing in it. */
export function given<Name extends keyof Proof>(name: Name, value: Proof[Name] & object): Proof {
  return Object.keys(value).length > 0 ? { [name]: value } : {};
}

/** Who waits while a statement works through a table: until it is done, and because of locks held by then. */
function heldUp(
  seen: SeenAll["seen"],
  tables: ReadonlyMap<number, Stored>,
): NonNullable<Proof["holdsUp"]> {
  const held: Record<string, "writers" | "readers and writers"> = {};
  const views = new Set(
    [...tables.values()].flatMap(({ isMaterializedView: isView, name }) => (isView ? [name] : [])),
  );
  for (const { locks, rewrites, reads, writes } of seen) {
    if (rewrites.length + reads.length + writes.length === 0) continue;
    for (const [name, mode] of Object.entries<LockMode>(strongest(locks, tables))) {
      const waiting = views.has(name) ? blockedAtView(mode) : blockedBy(mode);
      if (waiting !== "nobody" && held[name] !== "readers and writers") held[name] = waiting;
    }
  }
  return held;
}

/** Nobody writes a materialized view but REFRESH. */
function blockedAtView(mode: LockMode): Blocked {
  return blockedBy(mode) === "writers" ? "nobody" : blockedBy(mode);
}
