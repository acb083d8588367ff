import { type Client, DatabaseError } from "pg";
import type { LoadedMigration } from "../files/load";
import type { Run } from "../history/recordRuns";
import { InterruptedError, sleep } from "../interrupt";
import { formatDuration } from "../settings/duration";
import { type Group, planGroups } from "./groups";
import { GroupError, type GroupOptions, runGroup } from "./runGroup";
import { NeedsOwnGroupError } from "./wrapActions";

/** What became of each file. */
export interface RunResult {
  committed: Run[];
  /** Files of the failed group that had begun; the database has nothing of them. */
  rolledBack: LoadedMigration[];
  /** A file that failed outside a transaction, or ended it: what it did before the error stays. */
  unfinished: LoadedMigration[];
  notRun: LoadedMigration[];
  error: GroupError | null;
}

export interface RunOptions extends GroupOptions {
  progress: (line: string) => void;
  /** How often a group that met a lock is tried again. */
  lockRetries: number;
  /** Who was last seen to hold a lock that a statement waits for; null when nobody was. */
  takeBlocker: () => string | null;
  onCommitted(runs: readonly Run[]): void;
}

/** Waits between the tries of a group that met a lock; the last one again for every further try. */
export const RETRY_PAUSES_MS = [200, 500, 1000, 2000, 4000, 8000];

function pauseBefore(retry: number): number {
  return RETRY_PAUSES_MS[retry] ?? RETRY_PAUSES_MS.at(-1) ?? 0;
}

// A lock was not had in time, or a deadlock was broken at our cost. The group has left nothing.
const PASSING = new Set(["55P03", "40P01"]);

/** Runs files in order, in as few transactions as possible, up to the first that fails. */
export async function runPending(
  client: Client,
  files: readonly LoadedMigration[],
  options: RunOptions,
): Promise<RunResult> {
  const alone = new Set(files.filter((file) => file.mentionsNoTransaction));
  const committed: Run[] = [];
  let left = [...files];
  while (left.length > 0) {
    const [group] = planGroups(left, (file) => alone.has(file));
    if (group === undefined) break;
    try {
      const done = files.slice(0, files.length - left.length);
      const shorthands = Object.assign(
        {},
        options.shorthands,
        ...done.map(shorthandsOf),
      ) as Shorthands;
      const runs = await runWithRetries(client, group, { ...options, shorthands });
      committed.push(...runs);
      options.onCommitted(runs);
      left = left.slice(group.files.length);
    } catch (error) {
      if (!(error instanceof GroupError)) throw error;
      if (error.cause instanceof NeedsOwnGroupError && error.migration !== null) {
        // Not to be seen from the file's text; everything of the group was undone, so plan again.
        alone.add(error.migration);
        continue;
      }
      return { committed, ...fateOf(left, error), error };
    }
  }
  return { committed, rolledBack: [], unfinished: [], notRun: [], error: null };
}

type Shorthands = GroupOptions["shorthands"];

function shorthandsOf({ actions }: LoadedMigration): object {
  return actions.shorthands ?? {};
}

function fateOf(
  left: readonly LoadedMigration[],
  { started, isUndone }: GroupError,
): Pick<RunResult, "rolledBack" | "unfinished" | "notRun"> {
  return {
    // Of those before the culprit the table says afterwards whether its COMMIT took them along.
    rolledBack: isUndone ? [...started] : started.slice(0, -1),
    unfinished: isUndone ? [] : started.slice(-1),
    notRun: left.filter((file) => !started.includes(file)),
  };
}

async function runWithRetries(
  client: Client,
  group: Group<LoadedMigration>,
  options: RunOptions,
): Promise<Run[]> {
  for (let retry = 0; ; retry++) {
    const pause = retry < options.lockRetries ? pauseBefore(retry) : null;
    try {
      return await runGroup(client, group, options);
    } catch (error) {
      const blocker = options.takeBlocker();
      if (!isPassing(error)) throw error;
      error.blocker = blocker;
      if (pause === null) throw error;
      const name = error.migration?.file.name ?? "the transaction";
      const holder = blocker === null ? "" : `, held by ${blocker}`;
      options.progress(
        `${name}: ${error.message}${holder}; rolled back, trying again in ${formatDuration(pause)}`,
      );
      await sleep(pause, options.signal).catch((reason: unknown) => {
        if (!(reason instanceof InterruptedError)) throw reason;
        throw new GroupError(reason, error.migration, error.started, null, true);
      });
    }
  }
}

function isPassing(error: unknown): error is GroupError {
  return (
    error instanceof GroupError &&
    error.isUndone &&
    error.cause instanceof DatabaseError &&
    PASSING.has(error.cause.code ?? "")
  );
}
