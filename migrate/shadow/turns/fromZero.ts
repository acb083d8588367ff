import { readTables, readTypes } from "../fill/readTables";
import { compare, describe, isSame } from "../compare";
import { historyTables } from "../../history/tables";
import { report, reportFailure } from "./findings";
import { type VerifyRun, skipTurn, takeTurn } from "./run";
import { openDatabase } from "./verifyDatabase";

/** All migrations in one go, as on a new environment, and then once more: nothing must happen. */
export async function turnFromZero(run: VerifyRun): Promise<void> {
  const { context, migrations, settings } = run;
  const database = await openDatabase(run);
  await takeTurn(run, "up", async () => {
    context.progress(`up from zero: ${migrations.length} migrations`);
    const outcome = await database.up(null);
    for (const { name, durationMs } of outcome.committed) {
      run.times.set(name, { name, upMs: durationMs, downMs: null });
    }
    if (outcome.error !== null) reportFailure(run, outcome, "up-fails", "from zero");
    else run.catalogue = await database.catalogue();
    return outcome.committed.length;
  });
  const { catalogue } = run;
  if (catalogue === null) {
    skipTurn(run, "up-again", "up failed");
    await database.drop();
    return;
  }
  await takeTurn(run, "up-again", async () => {
    const outcome = await database.up(null);
    if (outcome.error !== null) reportFailure(run, outcome, "up-again-fails", "a second up");
    const difference = compare(catalogue, await database.catalogue());
    if (outcome.committed.length > 0 || !isSame(difference)) {
      const names = outcome.committed.map(({ name }) => `applied again: ${name}`);
      report(run, null, {
        rule: "up-again-changes",
        level: "error",
        message: ["a second up changes something", ...names, ...describe(difference)].join("\n  "),
        remedy: "let nothing but the files decide what is applied",
      });
    }
    return outcome.committed.length;
  });
  const { migrations: list, runs } = historyTables(settings);
  await database.client.query("SET search_path = pg_catalog");
  run.wishes = {
    tables: await readTables(database.client, [list, runs]),
    types: await readTypes(database.client),
  };
  await database.drop();
}
