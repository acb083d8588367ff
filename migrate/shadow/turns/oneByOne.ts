import { compare, describe, isSame } from "../compare";
import { report, reportFailure } from "./findings";
import { type VerifyRun, takeTurn } from "./run";
import { type VerifyDatabase, openDatabase } from "./verifyDatabase";

/** A database with all migrations, and what it looked like before each of them. */
export interface Steps {
  database: VerifyDatabase;
  /** One more than there are migrations. */
  states: (readonly string[])[];
}

/**
 * One migration after the other, each as a release of its own: with `--rows` and without a previous
 * release every one finds rows. Null when one fails on empty tables too.
 */
export async function turnOneByOne(run: VerifyRun): Promise<Steps | null> {
  let steps: Steps | null = null;
  await takeTurn(run, "one-by-one", async () => {
    const walk: Walk = {
      database: await openDatabase(run),
      states: [],
      number: 0,
      known: new Map(),
    };
    walk.states.push(keep(walk, await walk.database.catalogue()));
    while (walk.number < run.migrations.length) {
      if (!(await step(run, walk))) {
        await walk.database.drop();
        return walk.number;
      }
    }
    compareEnds(run, walk.states.at(-1) ?? []);
    steps = walk;
    return walk.number;
  });
  return steps;
}

interface Walk extends Steps {
  /** How many migrations are done. */
  number: number;
  /** Lines by themselves: the next state has most of them too. */
  known: Map<string, string>;
}

async function step(run: VerifyRun, walk: Walk): Promise<boolean> {
  const { context, migrations, settings } = run;
  const migration = migrations[walk.number];
  if (migration === undefined) return false;
  const { name } = migration.file;
  const isOnRows = settings.rows !== null && settings.base === null && walk.number > 0;
  context.progress(`one by one: ${walk.number + 1}/${migrations.length} ${name}`);
  if (isOnRows) await walk.database.fill(name);
  let outcome = await walk.database.up(name);
  if (outcome.error !== null && isOnRows) {
    const onRows = outcome;
    await walk.database.drop();
    walk.database = await openDatabase(run);
    outcome = await upTo(run, walk.database, walk.number + 1);
    if (outcome.error === null) {
      reportFailure(run, onRows, "fails-on-rows", "works on empty tables, but not on rows");
    }
  }
  if (outcome.error !== null) {
    reportFailure(run, outcome, "up-fails", run.catalogue === null ? "from zero" : "one by one");
    return false;
  }
  const upMs = outcome.committed.find((done) => done.name === name)?.durationMs ?? null;
  run.times.set(name, { name, upMs, downMs: null });
  walk.states.push(keep(walk, await walk.database.catalogue()));
  walk.number += 1;
  return true;
}

/** The first `number` migrations on a new database, one by one where they do not go together. */
export async function upTo(
  run: VerifyRun,
  database: VerifyDatabase,
  number: number,
): ReturnType<VerifyDatabase["up"]> {
  const names = run.migrations.slice(0, number).map(({ file }) => file.name);
  const last = names.pop() ?? null;
  if (run.catalogue === null) {
    for (const name of names) await database.up(name);
  }
  return database.up(last);
}

/** The same texts, kept once. */
function keep({ known }: Walk, lines: readonly string[]): string[] {
  return lines.map((line) => {
    const same = known.get(line);
    if (same === undefined) known.set(line, line);
    return same ?? line;
  });
}

function compareEnds(run: VerifyRun, state: readonly string[]): void {
  if (run.catalogue === null) {
    run.catalogue = state;
    report(run, null, {
      rule: "one-by-one-works",
      level: "note",
      message: "one migration at a time works, where all in one go fail",
      remedy:
        "only a new environment runs them in one go: apply them there with up --to, up to the one that fails",
    });
    return;
  }
  const difference = compare(run.catalogue, state);
  if (isSame(difference)) return;
  report(run, null, {
    rule: "one-by-one-differs",
    level: "error",
    message: [
      "one migration at a time makes something else than all in one go",
      ...describe(difference),
    ].join("\n  "),
    remedy: "let no migration depend on what runs in the same transaction, or on rows",
  });
}
