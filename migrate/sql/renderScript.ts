import { isDeepStrictEqual } from "node:util";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import type { LoadedMigration } from "../files/load";
import { findOutside } from "./selfContained";

/** Why the statements of a script cannot be known before it runs. */
export class UnrenderableError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = "UnrenderableError";
  }
}

// A script that does nothing but name its statements needs a moment.
const TIMEOUT_MS = 10_000;

/** What a script sends. */
export interface RenderedScript {
  steps: string[];
  /** False when it called `pgm.noTransaction()`. */
  usesTransaction: boolean;
}

export interface RenderOptions {
  direction: "up" | "down";
  /** Column types that it may use, of earlier scripts and its own. */
  shorthands: Record<string, unknown>;
  /**
   * Which scripts are run for this: only those that reach nothing outside themselves, or any, which is
   * for a desk, where whoever asks has written them.
   */
  scripts: "self-contained" | "any";
}

/**
 * The statements that a script would send, made by node-pg-migrate's own builder without a database. It
 * is run for that on a thread of its own, with its own copy of what the script keeps: the thread's end
 * is the end of whatever it does. A way back that is not written is the reverse of `up`, as in a real run.
 */
export async function renderScript(
  { actions, file, text }: LoadedMigration,
  { direction, shorthands, scripts }: RenderOptions,
): Promise<RenderedScript> {
  const action = actions[direction] ?? actions.up;
  if (typeof action !== "function") return { steps: [], usesTransaction: true };
  const outside = scripts === "any" ? null : findOutside(text);
  if (outside !== null) throw new UnrenderableError(outside);
  const worker = new Worker(RENDER, {
    eval: true,
    env: scripts === "any" ? process.env : {},
    execArgv: [],
    // What it prints is printed by the real run.
    stdout: true,
    stderr: true,
    workerData: {
      library: pathToFileURL(require.resolve("node-pg-migrate")).href,
      path: file.path,
      shorthands: copyOf(shorthands),
      direction,
    },
  });
  let timeout: NodeJS.Timeout | undefined;
  try {
    return await new Promise<RenderedScript>((resolve, reject) => {
      const giveUp = (reason: string): void => {
        reject(new UnrenderableError(reason));
      };
      timeout = setTimeout(giveUp, TIMEOUT_MS, "it takes too long without a database");
      worker.on("message", (answer: RenderedScript | { reason: string }) => {
        if ("reason" in answer) giveUp(answer.reason);
        else resolve(answer);
      });
      // What it says can hold its SQL, and that a password.
      worker.on("error", () => {
        giveUp("it fails without a database");
      });
      worker.on("exit", () => {
        giveUp("it ends without naming its statements");
      });
    });
  } finally {
    clearTimeout(timeout);
    await worker.terminate();
  }
}

/** Types of columns for the other thread: texts and plain objects only get there as they are. */
function copyOf(shorthands: Record<string, unknown>): unknown {
  try {
    const copy: unknown = structuredClone(shorthands);
    if (isDeepStrictEqual(copy, { ...shorthands })) return copy;
  } catch {
    // A function, which cannot be copied.
  }
  throw new UnrenderableError("it may use a shorthand that is more than text");
}

// Plain JavaScript, for a thread can begin with nothing else both from sources and compiled. A question
// to the database is never answered, so that the script does nothing more; a refusal it could catch.
const RENDER = `
const { parentPort, workerData } = require("node:worker_threads");
(async () => {
  const { MigrationBuilder, jiti } = await import(workerData.library);
  const actions = await jiti.import(workerData.path);
  const action = actions[workerData.direction] ?? actions.up;
  const ask = () => {
    parentPort.postMessage({ reason: "it asks the database" });
    return new Promise(() => undefined);
  };
  const silent = { info() {}, warn() {}, error() {} };
  const pgm = new MigrationBuilder({ query: ask, select: ask }, workerData.shorthands, false, silent);
  if (workerData.direction === "down" && action === actions.up) pgm.enableReverseMode();
  if (action.length === 2) await new Promise((resolve) => void action(pgm, resolve));
  else await action(pgm);
  parentPort.postMessage({ steps: pgm.getSqlSteps(), usesTransaction: pgm.isUsingTransaction() });
})().catch(() => parentPort.postMessage({ reason: "it fails without a database" }));
`;
