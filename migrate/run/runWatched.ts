import type { LoadedMigration } from "../files/load";
import { watchSession, watchTimes } from "../progress/watch";
import { type RunOptions, type RunResult, runPending } from "./runPending";
import type { Workspace } from "./workspace";

/** Runs files while a second connection tells what a long statement does, and who holds a lock it waits for. */
export async function runWatched(
  { session, settings, context }: Workspace,
  migrations: readonly LoadedMigration[],
  options: Omit<RunOptions, "takeBlocker">,
): Promise<RunResult> {
  const { progress } = context;
  const watch = watchSession(session, { ...watchTimes(settings.lockTimeoutMs), progress });
  try {
    const { takeBlocker } = watch;
    return await runPending(session.client, migrations, { ...options, takeBlocker });
  } finally {
    await watch.stop();
  }
}
