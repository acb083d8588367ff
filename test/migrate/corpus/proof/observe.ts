import type { LockMode } from "../../../../migrate/sql/locks/modes";
import { blockedBy } from "../../../../migrate/sql/locks/modes";
import { type Proof, type Snippet, isProof } from "../snippet";
import type { Query } from "../shop";
import { watchAlone } from "./alone";
import { ask, askAll, findBroken } from "./ask";
import { type SeenAll, watchInTransaction } from "./inTransaction";
import type { Steps } from "../read";
import type { Scene, Stage } from "./stage";
import { runEach, tryCancel, tryTransaction } from "./trials";
import { type Stored, readTables, strongest } from "./watch";

/** All that a snippet was seen to do: what its proof has to say, no more and no less. */
export async function observe(stage: Stage, snippet: Snippet, steps: Steps): Promise<Proof> {
  if (!steps.usesTransaction) return observeAlone(stage, snippet, steps.sent);
  const isPlain = (snippet.before ?? []).length === 0 && !steps.endsTransaction;
  const scene = isPlain ? stage.shop : await stage.copy(snippet.before ?? []);
  try {
    const observed = await observeInTransaction(scene, snippet, steps.statements);
    return { ...observed, ...(await tryBeside(stage, snippet, steps.statements)) };
  } finally {
    if (!isPlain) await scene.close();
  }
}

async function observeInTransaction(
  scene: Scene,
  snippet: Snippet,
  statements: readonly string[],
): Promise<Proof> {
  const { migrator } = scene;
  const before = await baseline(scene);
  await migrator.query("BEGIN");
  try {
    const [tables, id] = [await readTables(migrator), await transactionOf(scene)];
    const seen = await watchInTransaction(migrator, statements, tables);
    if (seen.fails !== null) return describe(seen, tables);
    const isOver = (await transactionOf(scene)) !== id;
    if (isOver) await migrator.query("BEGIN");
    const breaks = findBroken(before, await askAll(migrator));
    const more = {
      ...(Object.keys(breaks).length > 0 && { breaks }),
      ...(await tryQuery(scene, snippet)),
    };
    return { ...describe(seen, tables), ...(isOver && { endsTransaction: true }), ...more };
  } finally {
    await migrator.query("ROLLBACK");
  }
}

async function observeAlone(
  stage: Stage,
  snippet: Snippet,
  steps: readonly string[],
): Promise<Proof> {
  const scene = await stage.copy(snippet.before ?? []);
  try {
    const { migrator } = scene;
    const before = await baseline(scene);
    const tables = await readTables(migrator);
    const seen = await watchAlone(scene, steps, tables);
    await migrator.query("BEGIN");
    const breaks = findBroken(before, await askAll(migrator));
    const tried = await tryQuery(scene, snippet);
    await migrator.query("ROLLBACK");
    return {
      ...describe(seen, tables),
      ...(Object.keys(breaks).length > 0 && { breaks }),
      ...(seen.fails === null && (await tryAgain(stage, snippet, steps))),
      ...tried,
      ...(await tryBeside(stage, snippet, steps)),
    };
  } finally {
    await scene.close();
  }
}

const baselines = new WeakMap<Scene, ReadonlyMap<Query, string>>();

/** What the service is answered before the migration; the shop itself stays as it is. */
async function baseline(scene: Scene): Promise<ReadonlyMap<Query, string>> {
  const known = baselines.get(scene);
  if (known !== undefined) return known;
  await scene.migrator.query("BEGIN");
  const answers = await askAll(scene.migrator);
  await scene.migrator.query("ROLLBACK");
  baselines.set(scene, answers);
  return answers;
}

async function transactionOf({ migrator }: Scene): Promise<unknown> {
  const { rows } = await migrator.query<{ id: string }>("SELECT pg_current_xact_id() AS id");
  return rows[0]?.id;
}

function describe({ seen, fails }: SeenAll, tables: ReadonlyMap<number, Stored>): Proof {
  const all = <T>(part: (one: SeenAll["seen"][number]) => readonly T[]): T[] => [
    ...new Set(seen.flatMap(part)),
  ];
  const lists = {
    rewrites: all(({ rewrites }) => rewrites).sort(),
    reads: all(({ reads }) => reads).sort(),
    writes: all(({ writes }) => writes).sort(),
  };
  const locks = strongest(
    seen.flatMap((one) => one.locks),
    tables,
  );
  const holdsUp = heldUp(seen, tables);
  return {
    ...(Object.keys(locks).length > 0 && { locks }),
    ...Object.fromEntries(Object.entries(lists).filter(([, names]) => names.length > 0)),
    ...(Object.keys(holdsUp).length > 0 && { holdsUp }),
    ...(fails !== null && { fails }),
  };
}

/** Who waits while a statement works through a table: until it is done, and because of locks held by then. */
function heldUp(
  seen: SeenAll["seen"],
  tables: ReadonlyMap<number, Stored>,
): NonNullable<Proof["holdsUp"]> {
  const held: Record<string, "writers" | "readers and writers"> = {};
  for (const { locks, rewrites, reads, writes } of seen) {
    if (rewrites.length + reads.length + writes.length === 0) continue;
    for (const [name, mode] of Object.entries<LockMode>(strongest(locks, tables))) {
      const waiting = blockedBy(mode);
      if (waiting !== "nobody" && held[name] !== "readers and writers") held[name] = waiting;
    }
  }
  return held;
}

async function tryQuery({ migrator }: Scene, { proof }: Snippet): Promise<Proof> {
  const trial = isProof(proof) ? proof.trial : undefined;
  if (trial?.kind !== "query") return {};
  return { trial: { ...trial, gives: await ask(migrator, trial.sql) } };
}

/** The trials that need a database of their own. */
async function tryBeside(
  stage: Stage,
  { proof, before = [] }: Snippet,
  steps: readonly string[],
): Promise<Proof> {
  const trial = isProof(proof) ? proof.trial : undefined;
  if (trial === undefined || trial.kind === "query") return {};
  const scene = await stage.copy(before);
  try {
    const gives =
      trial.kind === "cancel"
        ? await tryCancel(scene, steps)
        : await tryTransaction(scene, steps, trial.sql);
    return { trial: { ...trial, gives } };
  } finally {
    await scene.close();
  }
}

/** Its last step has failed, so it counts as not applied, and all of it runs again. */
async function tryAgain(
  stage: Stage,
  { before = [] }: Snippet,
  steps: readonly string[],
): Promise<Proof> {
  if (steps.length < 2) return {};
  const scene = await stage.copy(before);
  try {
    await runEach(scene.migrator, steps.slice(0, -1));
    const again = await runEach(scene.migrator, steps);
    return again === null ? {} : { again };
  } finally {
    await scene.close();
  }
}
