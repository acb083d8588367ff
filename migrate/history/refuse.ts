import type { MigrationState, MigrationStatus } from "./compare";

/** Which deviations are let through. */
export interface Allowances {
  allowEdited: boolean;
  allowOutOfOrder: boolean;
  allowAhead: boolean;
}

/** Files and database do not fit; nothing was done. */
export class RefusalError extends Error {
  constructor(done: "applied" | "reverted", lines: readonly string[]) {
    super([`files and database do not fit; nothing was ${done}`, ...lines].join("\n"));
    this.name = "RefusalError";
  }
}

interface Refusal {
  states: MigrationState[];
  allowance: keyof Allowances;
  flag: string;
  says: string;
  remedy: string;
}

const REFUSALS: readonly Refusal[] = [
  {
    states: ["ahead", "missing"],
    allowance: "allowAhead",
    flag: "--allow-ahead",
    says: "applied, but this image does not know it",
    remedy: "release the newer image, or put the file back",
  },
  {
    states: ["edited"],
    allowance: "allowEdited",
    flag: "--allow-edited",
    says: "edited after it was applied",
    remedy: "restore the file and write the change as a new migration",
  },
  {
    states: ["out-of-order"],
    allowance: "allowOutOfOrder",
    flag: "--allow-out-of-order",
    says: "not applied, though a newer one is",
    remedy: "rename it with a newer timestamp",
  },
];

/** Throws when something does not fit that nobody has allowed. */
export function refuseUnfit(statuses: readonly MigrationStatus[], allowances: Allowances): void {
  const lines = REFUSALS.filter(({ allowance }) => !allowances[allowance]).flatMap((refusal) => {
    const names = statuses
      .filter(({ state }) => refusal.states.includes(state))
      .map(({ name }) => `  ${name}: ${refusal.says}`);
    return names.length === 0
      ? []
      : [...names, `  ${refusal.remedy}; to go on all the same: ${refusal.flag}`];
  });
  if (lines.length > 0) throw new RefusalError("applied", lines);
}
