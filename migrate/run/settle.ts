import type { Client } from "pg";
import { openClient } from "../connection/open";
import { readHistory } from "../history/applied";
import { newest } from "../history/compare";
import { type RunOutcome, fail } from "./outcome";
import type { RunResult } from "./runPending";
import { type Workspace, explainForbidden } from "./workspace";

/**
 * Puts a run's result into the outcome. After a failure the database is asked what is really applied:
 * a connection can break during COMMIT, and a file can commit by itself.
 */
export async function settle(
  workspace: Workspace,
  result: RunResult,
  outcome: RunOutcome,
): Promise<void> {
  outcome.rolledBack = result.rolledBack.map(({ file }) => file.name);
  outcome.unfinished = result.unfinished.map(({ file }) => file.name);
  outcome.notRun = result.notRun.map(({ file }) => file.name);
  if (result.error === null) return;
  const truth = await readTruth(workspace);
  if (truth === null) {
    const names = [...outcome.rolledBack, ...outcome.unfinished].join(", ");
    outcome.next = `the connection was lost, so it is not known what became of ${names}; run cloud-run-migrations status`;
  } else {
    outcome.version = newest(truth.applied);
    moveDone(outcome, truth.applied);
    outcome.next = await explainForbidden(workspace, result.error.cause);
  }
  fail(outcome, result.error, workspace.settings.again);
  // What was rolled back needs nothing but the error's own remedy.
  if (truth === null || outcome.unfinished.length === 0) return;
  outcome.next = nextStep(workspace, outcome, truth.invalidIndexes);
}

function moveDone(outcome: RunOutcome, applied: readonly string[]): void {
  const isDone = (name: string): boolean => applied.includes(name) === (outcome.command === "up");
  for (const list of ["rolledBack", "unfinished"] as const) {
    const done = outcome[list].filter(isDone);
    outcome.committed.push(...done.map((name) => ({ name, durationMs: 0 })));
    outcome[list] = outcome[list].filter((name) => !isDone(name));
  }
}

function nextStep(
  { settings }: Workspace,
  { unfinished, failure, next }: RunOutcome,
  invalidIndexes: readonly string[],
): string {
  const [name = ""] = unfinished;
  const drops = invalidIndexes.map((index) => `DROP INDEX CONCURRENTLY ${index}`).join("; ");
  const steps = [
    // After 42501 `next` names the statements already.
    failure?.code === "42501" ? next : failure?.remedy,
    `undo by hand what ${name} did before it failed, for it is not recorded as applied`,
    drops === "" ? null : `drop what it left invalid: ${drops}`,
    settings.again,
  ];
  return steps.filter((step) => step != null).join("; then ");
}

interface Truth {
  applied: string[];
  invalidIndexes: string[];
}

async function readTruth(workspace: Workspace): Promise<Truth | null> {
  const { session } = workspace;
  const here = await readWith(session.client, workspace).catch(() => null);
  if (here !== null) return here;
  try {
    const open = await openClient(session.settings, session.applicationName);
    try {
      return await readWith(open.client, workspace);
    } finally {
      await open.close();
    }
  } catch {
    return null;
  }
}

const INVALID_INDEXES = `
SELECT i.indexrelid::regclass::text AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT i.indisvalid AND n.nspname = ANY ($1) ORDER BY 1`;

async function readWith(client: Client, { tables, settings }: Workspace): Promise<Truth> {
  const { applied } = await readHistory(client, tables);
  // With an empty path the names come with their schema.
  await client.query("SET search_path = ''");
  const { rows } = await client.query<{ name: string }>(INVALID_INDEXES, [settings.schemas]);
  return {
    applied: applied.map(({ name }) => name),
    invalidIndexes: rows.map(({ name }) => name),
  };
}
