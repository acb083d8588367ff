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

/**
 * The statements that a script's `up` would send, made by node-pg-migrate's own builder without a
 * database. Only a script that reaches nothing outside itself is run for that, and on a thread of its
 * own, with its own copy of what the script keeps: the thread's end is the end of whatever it does.
 */
export async function renderUp(
  { actions, file, text }: LoadedMigration,
  shorthands: Record<string, unknown>,
): Promise<string[]> {
  if (typeof actions.up !== "function") return [];
  const outside = findOutside(text);
  if (outside !== null) throw new UnrenderableError(outside);
  const worker = new Worker(RENDER, {
    eval: true,
    env: {},
    execArgv: [],
    // What it prints is printed by the real run.
    stdout: true,
    stderr: true,
    workerData: {
      library: pathToFileURL(require.resolve("node-pg-migrate")).href,
      path: file.path,
      shorthands: copyOf(shorthands),
    },
  });
  let timeout: NodeJS.Timeout | undefined;
  try {
    return await new Promise<string[]>((resolve, reject) => {
      const giveUp = (reason: string): void => {
        reject(new UnrenderableError(reason));
      };
      timeout = setTimeout(giveUp, TIMEOUT_MS, "it takes too long without a database");
      worker.on("message", ({ steps, reason }: { steps?: string[]; reason?: string }) => {
        if (steps === undefined) giveUp(reason ?? "it fails without a database");
        else resolve(steps);
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
  const { up } = await jiti.import(workerData.path);
  const ask = () => {
    parentPort.postMessage({ reason: "it asks the database" });
    return new Promise(() => undefined);
  };
  const silent = { info() {}, warn() {}, error() {} };
  const pgm = new MigrationBuilder({ query: ask, select: ask }, workerData.shorthands, false, silent);
  if (up.length === 2) await new Promise((resolve) => void up(pgm, resolve));
  else await up(pgm);
  parentPort.postMessage({ steps: pgm.getSqlSteps() });
})().catch(() => parentPort.postMessage({ reason: "it fails without a database" }));
`;
