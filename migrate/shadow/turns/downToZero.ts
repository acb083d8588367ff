import type { LoadedMigration } from "../../files/load";
import type { Level } from "../../findings/finding";
import type { RunOutcome } from "../../run/outcome";
import { compare, describe, isSame } from "../compare";
import { report, reportFailure } from "./findings";
import { type Steps, upTo } from "./oneByOne";
import { type VerifyRun, skipTurn, takeTurn } from "./run";
import { type VerifyDatabase, openDatabase } from "./verifyDatabase";

interface Descent {
  database: VerifyDatabase;
  states: Steps["states"];
  /** How many migrations are applied. */
  number: number;
  /** Whether a database was begun anew because a way back had failed or left something. */
  isBroken: boolean;
}

/**
 * The way back, one migration after the other: after each the catalogue is what it was before it. Then up
 * again. A way back that is not there ends it, which is nobody's fault.
 */
export async function turnDown(run: VerifyRun, { database, states }: Steps): Promise<void> {
  const { context, migrations } = run;
  const descent: Descent = { database, states, number: migrations.length, isBroken: false };
  await takeTurn(run, "down", async () => {
    await database.fill(null);
    while (descent.number > 0) {
      const migration = migrations[descent.number - 1];
      if (migration === undefined || !(await stepDown(run, descent, migration))) break;
    }
    return migrations.length - descent.number;
  });
  const reverted = migrations.length - descent.number;
  if (descent.isBroken) skipTurn(run, "up-after-down", "the way back is broken");
  else if (reverted === 0) skipTurn(run, "up-after-down", "nothing has a way back");
  else {
    context.progress(`up again: ${reverted} migrations`);
    await takeTurn(run, "up-after-down", () => upAgain(run, descent));
  }
  await descent.database.drop();
}

/** Reverts one migration; false when that is where the way back ends. */
async function stepDown(
  run: VerifyRun,
  descent: Descent,
  migration: LoadedMigration,
): Promise<boolean> {
  const { name } = migration.file;
  run.context.progress(`down: ${descent.number}/${run.migrations.length} ${name}`);
  if (migration.actions.down === false) return endHere(run, migration);
  const outcome = await descent.database.downOne();
  if (isNotInferred(migration, outcome)) return endHere(run, migration);
  const isReverted =
    outcome.error === null || (await retryWithoutRows(run, descent, outcome, migration));
  const downMs = outcome.committed[0]?.durationMs ?? null;
  run.times.set(name, { ...(run.times.get(name) ?? { name, upMs: null }), downMs });
  const expected = descent.states[descent.number - 1] ?? [];
  descent.number -= 1;
  const difference = isReverted
    ? compare(expected, await descent.database.catalogue())
    : { added: [], removed: [] };
  if (isReverted && isSame(difference)) return true;
  if (isReverted) {
    report(run, migration, {
      rule: "down-leaves",
      level: levelOf(run, migration, "warning"),
      message: ["going down does not lead back to where it was", ...describe(difference)].join(
        "\n  ",
      ),
      remedy: "let its way back undo all that it does",
    });
  }
  await beginAnew(run, descent);
  return true;
}

function endHere(run: VerifyRun, migration: LoadedMigration): false {
  run.notReversibleFrom = migration.file.name;
  report(run, migration, {
    rule: "not-reversible",
    level: "note",
    message: "has no way back: it, and what came before it, was not reverted",
    remedy: "nothing, if that is meant",
  });
  return false;
}

/** A script without a way back of its own, of which node-pg-migrate does not know the reverse. */
function isNotInferred({ actions }: LoadedMigration, { failure }: RunOutcome): boolean {
  return (
    actions.down === undefined &&
    failure?.message.startsWith("Impossible to automatically infer down migration") === true
  );
}

/** Whether it goes back on empty tables at least; reports what fails. */
async function retryWithoutRows(
  run: VerifyRun,
  descent: Descent,
  outcome: RunOutcome,
  migration: LoadedMigration,
): Promise<boolean> {
  descent.isBroken = true;
  const level = levelOf(run, migration, "error");
  const fail = (one: RunOutcome, rule: string, says: string): void => {
    reportFailure(run, one, rule, says, level);
  };
  if (run.settings.rows === null) {
    fail(outcome, "down-fails", "going down");
    return false;
  }
  await descent.database.drop();
  descent.database = await openDatabase(run);
  await upTo(run, descent.database, descent.number);
  const onEmpty = await descent.database.downOne();
  if (onEmpty.error !== null) {
    fail(onEmpty, "down-fails", "going down");
    return false;
  }
  fail(outcome, "down-fails-on-rows", "going down works on empty tables, but not on rows");
  await descent.database.fill(null);
  return true;
}

/** What an older migration has left must not be taken for the next one's. */
async function beginAnew(run: VerifyRun, descent: Descent): Promise<void> {
  descent.isBroken = true;
  if (descent.number === 0) return;
  await descent.database.drop();
  descent.database = await openDatabase(run);
  await upTo(run, descent.database, descent.number);
  await descent.database.fill(null);
}

/** Of a migration that the previous release has, nothing can be changed any more. */
function levelOf({ old }: VerifyRun, { file }: LoadedMigration, level: Level): Level {
  return old.has(file.name) ? "note" : level;
}

async function upAgain(run: VerifyRun, { database }: Descent): Promise<number> {
  const outcome = await database.up(null);
  if (outcome.error !== null) {
    reportFailure(run, outcome, "up-after-down-fails", "up again after down");
    return outcome.committed.length;
  }
  const difference = compare(run.catalogue ?? [], await database.catalogue());
  if (!isSame(difference)) {
    report(run, null, {
      rule: "up-after-down-differs",
      level: "error",
      message: ["up, down and up again makes something else than up", ...describe(difference)].join(
        "\n  ",
      ),
      remedy: "let the way back undo all that was done",
    });
  }
  return outcome.committed.length;
}
