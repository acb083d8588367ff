/** Locks on tables, from weak to strong: https://www.postgresql.org/docs/18/explicit-locking.html */
export const LOCK_MODES = [
  "ACCESS SHARE",
  "ROW SHARE",
  "ROW EXCLUSIVE",
  "SHARE UPDATE EXCLUSIVE",
  "SHARE",
  "SHARE ROW EXCLUSIVE",
  "EXCLUSIVE",
  "ACCESS EXCLUSIVE",
] as const;

export type LockMode = (typeof LOCK_MODES)[number];

/** Who has to wait for as long as a lock is held. */
export type Blocked = "nobody" | "writers" | "readers and writers";

export function blockedBy(mode: LockMode): Blocked {
  if (mode === "ACCESS EXCLUSIVE") return "readers and writers";
  return strengthOf(mode) >= strengthOf("SHARE") ? "writers" : "nobody";
}

export function strengthOf(mode: LockMode): number {
  return LOCK_MODES.indexOf(mode);
}
