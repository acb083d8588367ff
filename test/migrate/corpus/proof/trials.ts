import type { Trial } from "../snippet";
import { stateOf } from "./ask";
import { untilBlocked } from "./blocked";
import { pidOf } from "./inTransaction";
import type { Scene } from "./stage";

type Of<Kind extends Trial["kind"]> = Extract<Trial, { kind: Kind }>;

/** The service's transaction has begun, the migration runs, then comes the service's second statement. */
export async function tryTransaction(
  { migrator, connect }: Scene,
  statements: readonly string[],
  [first, second]: Of<"transaction">["sql"],
): Promise<string> {
  const [service, watcher, pid] = [await connect(), await connect(), await pidOf(migrator)];
  await service.query("SET deadlock_timeout = '50ms'; SET ROLE app; BEGIN");
  await service.query(first);
  await migrator.query("BEGIN");
  const migrating = runAll(migrator, statements);
  const blocking = await untilBlocked(watcher, pid, migrating);
  if (blocking.length === 0) await migrating;
  const serving = service.query(second).then(() => null, stateOf);
  const states = await Promise.all([
    serving.then(async (state) => {
      await service.query(state === null ? "COMMIT" : "ROLLBACK");
      return state;
    }),
    migrating,
  ]);
  return states.includes("40P01") ? "deadlock" : "it ends";
}

async function runAll(
  client: Scene["migrator"],
  statements: readonly string[],
): Promise<string | null> {
  try {
    for (const sql of statements) await client.query(sql);
    await client.query("COMMIT");
    return null;
  } catch (error) {
    await client.query("ROLLBACK");
    return stateOf(error);
  }
}

/** A writer keeps the build of an index waiting until it is cancelled; then all steps run again. */
export async function tryCancel(
  { migrator, connect }: Scene,
  steps: readonly string[],
): Promise<string> {
  const [writer, watcher, pid] = [await connect(), await connect(), await pidOf(migrator)];
  await writer.query("BEGIN; LOCK TABLE orders IN ROW EXCLUSIVE MODE");
  const failed = runEach(migrator, steps);
  await untilBlocked(watcher, pid, failed);
  await watcher.query("SELECT pg_cancel_backend($1)", [pid]);
  if ((await failed) !== "57014") throw new Error("the build was not cancelled");
  await writer.query("COMMIT");
  const state = await runEach(migrator, steps);
  if (state !== null) return state;
  const { rows } = await migrator.query("SELECT FROM pg_index WHERE NOT indisvalid");
  return rows.length > 0 ? "an INVALID index" : "a valid index";
}

/** Runs the steps as they are, to the first that fails: its state, else null. */
export async function runEach(
  client: Scene["migrator"],
  steps: readonly string[],
): Promise<string | null> {
  try {
    for (const step of steps) await client.query(step);
    return null;
  } catch (error) {
    return stateOf(error);
  }
}
