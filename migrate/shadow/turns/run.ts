import type { LoadedMigration } from "../../files/load";
import type { Finding } from "../../findings/finding";
import type { CommandContext } from "../../run/workspace";
import type { Beforehand } from "../extensions";
import type { ShadowSettings } from "../settings";
import type { NotFilled } from "../fill/fillRows";
import type { Wishes } from "../fill/wishes";
import type { Shadow } from "../withShadow";

export interface VerifySettings extends ShadowSettings {
  /** Branch whose state is the previous release; null for none. */
  base: string | null;
}

export type TurnName =
  "up" | "up-again" | "one-by-one" | "down" | "up-after-down" | "previous-release";

/** What became of one turn. */
export interface Turn {
  turn: TurnName;
  /** Null when it was not run. */
  ok: boolean | null;
  /** How many files it ran. */
  migrations: number;
  durationMs: number;
  /** Why it was not run; null otherwise. */
  reason: string | null;
}

/** How long one file takes; null where that was not measured. */
export interface FileTime {
  name: string;
  upMs: number | null;
  downMs: number | null;
}

/** A table without rows, and before which file that was. */
export interface NotFilledBefore extends NotFilled {
  /** Null before the way back. */
  migration: string | null;
}

/** What all turns share, and what they find. */
export interface VerifyRun {
  settings: VerifySettings;
  context: CommandContext;
  shadow: Shadow;
  /** A folder without migrations. */
  emptyFolder: string;
  migrations: readonly LoadedMigration[];
  /** Names of the migrations that the previous release has: nobody may change them any more. */
  old: ReadonlySet<string>;
  /** Extensions that only a superuser may create: made beforehand. */
  beforehand: readonly Beforehand[];
  /** After all migrations, in one go; null when that failed. */
  catalogue: readonly string[] | null;
  wishes: Wishes | null;
  findings: Finding[];
  /** How often something was found that has to be changed, also what was known already. */
  faults: number;
  turns: Turn[];
  times: Map<string, FileTime>;
  notFilled: NotFilledBefore[];
  /** First migration, from the newest, that has no way back; null when all have one. */
  notReversibleFrom: string | null;
}

/** Runs a turn and notes how long it took; `work` says how many files it ran. */
export async function takeTurn(
  run: VerifyRun,
  turn: TurnName,
  work: () => Promise<number>,
): Promise<void> {
  const begin = performance.now();
  const { faults } = run;
  const migrations = await work();
  const ok = run.faults === faults;
  const durationMs = Math.round(performance.now() - begin);
  run.turns.push({ turn, ok, migrations, durationMs, reason: null });
}

export function skipTurn(run: VerifyRun, turn: TurnName, reason: string): void {
  run.turns.push({ turn, ok: null, migrations: 0, durationMs: 0, reason });
}
