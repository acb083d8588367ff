import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { strengthOf } from "../../../migrate/sql/locks/modes";
import { removeProjects } from "../support/project";
import { type Observation, observe } from "./proof/observe";
import { type Prediction, predict, readIndexes } from "./proof/predict";
import { type Stage, startStage } from "./proof/stage";
import { type ReadSnippet, readSnippets, stepsOf } from "./read";
import { SNIPPETS } from "./snippets";
import { type Proof, type Snippet, isProof } from "./snippet";

let stage: Stage;
let indexes: ReadonlyMap<string, string>;
let read: ReadonlyMap<Snippet, ReadSnippet>;

beforeAll(async () => {
  read = await readSnippets(PROVED);
  stage = await startStage();
  indexes = await readIndexes(stage.shop.migrator);
}, 300_000);

afterAll(async () => {
  await stage.stop();
  removeProjects();
});

const PROVED = SNIPPETS.filter(({ proof }) => isProof(proof));

describe("what a migration does to a table with 100,000 rows", () => {
  it.each(PROVED)("$id: $does", async (snippet) => {
    const steps = await stepsOf(read.get(snippet)!);
    const { proof, existing } = await observe(stage, snippet, steps);
    const { unnamed = [], ...label } = snippet.proof as Proof;
    expect(proof).toEqual(label);
    if (proof.fails !== undefined) return;
    const prediction = await predict(steps.statements, existing, indexes);
    expectLocks(prediction, proof, unnamed);
    expectWork(prediction, proof, unnamed);
  });
});

/** `locksOf` knows them all, but those on tables that the catalogue alone tells. */
function expectLocks(
  prediction: Prediction,
  { locks = {} }: Proof,
  unnamed: readonly string[],
): void {
  const strong = Object.entries(prediction.locks).filter(
    ([, mode]) => strengthOf(mode) >= strengthOf("SHARE UPDATE EXCLUSIVE"),
  );
  const named = Object.entries(locks).filter(
    ([table]) => !unnamed.includes(table) || table in prediction.locks,
  );
  expect(Object.fromEntries(strong)).toEqual(Object.fromEntries(named));
}

/** Where `locksOf` says yes or no, it is so. */
function expectWork(
  { rewrites, reads }: Prediction,
  proof: Observation["proof"],
  unnamed: readonly string[],
): void {
  const rewritten = proof.rewrites ?? [];
  const worked = [...rewritten, ...(proof.reads ?? [])];
  for (const [table, isSo] of Object.entries(rewrites)) {
    if (isSo !== null) expect(rewritten.includes(table), `rewrites ${table}`).toBe(isSo);
  }
  for (const [table, isSo] of Object.entries(reads)) {
    if (isSo === null || (!isSo && unnamed.includes(table))) continue;
    // Of a table with partitions it is those that are read.
    const isRead = [table, ...(isSo ? unnamed : [])].some((name) => worked.includes(name));
    expect(isRead, `reads ${table}`).toBe(isSo);
  }
}
