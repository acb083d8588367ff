import type { Client } from "pg";
import type { Steps } from "../read";
import type { Query } from "../shop";
import { type Proof, type Snippet, isProof } from "../snippet";
import { watchAlone } from "./alone";
import { ask, askAll, findBroken } from "./ask";
import { describeSeen, given } from "./describe";
import { watchInTransaction } from "./inTransaction";
import type { Scene, Stage } from "./stage";
import { runEach, tryCancel, tryTransaction } from "./trials";
import { readTables } from "./watch";

export interface Observation {
  /** All that a snippet was seen to do: what its proof has to say, no more and no less. */
  proof: Proof;
  /** Names of the tables that were there before it. */
  existing: ReadonlySet<string>;
}

/** Runs a snippet as the tool does, on the shop and what it has run before it. */
export async function observe(stage: Stage, snippet: Snippet, steps: Steps): Promise<Observation> {
  const isShared = leavesNothing(snippet, steps);
  const scene = isShared ? stage.shop : await stage.copy(snippet.before ?? []);
  try {
    const { proof, existing } = await run(scene, snippet, steps);
    const again = await tryAgain(stage, snippet, steps, proof);
    return { proof: { ...proof, ...again, ...(await tryBeside(stage, snippet, steps)) }, existing };
  } finally {
    if (!isShared) await scene.close();
  }
}

function leavesNothing({ before = [], proof }: Snippet, steps: Steps): boolean {
  if (!steps.usesTransaction || steps.endsTransaction || before.length > 0) return false;
  // What is rolled back leaves its dead rows behind, which the next one would read.
  return isProof(proof) && (proof.writes ?? []).length === 0;
}

async function run(
  scene: Scene,
  snippet: Snippet,
  { usesTransaction, statements, sent }: Steps,
): Promise<Observation> {
  const { migrator } = scene;
  const before = await baseline(scene);
  if (usesTransaction) await migrator.query("BEGIN");
  try {
    const [tables, own] = [await readTables(migrator), await transactionOf(migrator)];
    const existing = new Set([...tables.values()].map(({ name }) => name));
    const seen = usesTransaction
      ? await watchInTransaction(migrator, statements, tables)
      : await watchAlone(scene, sent, tables);
    const proof = describeSeen(seen, tables);
    if (usesTransaction && seen.fails !== null) return { proof, existing };
    const isOver = (await transactionOf(migrator)) !== own;
    if (isOver) await migrator.query("BEGIN");
    const breaks = given("breaks", findBroken(before, await askAll(migrator)));
    const ends: Proof = usesTransaction && isOver ? { endsTransaction: true } : {};
    const tried = await tryQuery(migrator, snippet);
    return { proof: { ...proof, ...ends, ...breaks, ...tried }, existing };
  } finally {
    await migrator.query("ROLLBACK");
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

/** Outside of a transaction it is another one each time. */
async function transactionOf(client: Client): Promise<string | undefined> {
  const { rows } = await client.query<{ id: string }>("SELECT pg_current_xact_id() AS id");
  return rows[0]?.id;
}

async function tryQuery(migrator: Client, { proof }: Snippet): Promise<Proof> {
  const trial = isProof(proof) ? proof.trial : undefined;
  if (trial?.kind !== "query") return {};
  return { trial: { ...trial, gives: await ask(migrator, trial.sql) } };
}

/** The trials that need a database of their own. */
async function tryBeside(
  stage: Stage,
  { proof, before = [] }: Snippet,
  { statements, sent }: Steps,
): Promise<Proof> {
  const trial = isProof(proof) ? proof.trial : undefined;
  if (trial === undefined || trial.kind === "query") return {};
  const scene = await stage.copy(before);
  try {
    const gives =
      trial.kind === "cancel"
        ? await tryCancel(scene, sent)
        : await tryTransaction(scene, statements, trial.sql);
    return { trial: { ...trial, gives } };
  } finally {
    await scene.close();
  }
}

/** Outside a transaction: its last step has failed, so it counts as not applied, and all of it runs again. */
async function tryAgain(
  stage: Stage,
  { before = [] }: Snippet,
  { usesTransaction, sent }: Steps,
  { fails }: Proof,
): Promise<Proof> {
  if (usesTransaction || fails !== undefined || sent.length < 2) return {};
  const scene = await stage.copy(before);
  try {
    await runEach(scene.migrator, sent.slice(0, -1));
    const again = await runEach(scene.migrator, sent);
    return again === null ? {} : { again };
  } finally {
    await scene.close();
  }
}
