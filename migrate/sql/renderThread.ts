import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";

/** What a script sends. */
export interface RenderedScript {
  steps: string[];
  /** False when it called `pgm.noTransaction()`. */
  usesTransaction: boolean;
}

/** What is asked of the thread; copied on its way, so it holds plain values only. */
export interface RenderRequest {
  path: string;
  shorthands: unknown;
  direction: "up" | "down";
}

/** What comes back. */
export type RenderAnswer =
  | RenderedScript
  | {
      reason: string;
      /** Whether the thread is gone with it, or stuck: others on it may have been the cause. */
      isLost: boolean;
    };

/** A thread on which scripts are rendered, one after the other. */
export interface RenderThread {
  render(request: RenderRequest): Promise<RenderAnswer>;
  end(): Promise<void>;
}

// A script that does nothing but name its statements needs a moment.
const TIMEOUT_MS = 10_000;

/** Starts a thread, on which scripts see `env`. */
export function startRenderThread(env: NodeJS.ProcessEnv): RenderThread {
  const worker = startWorker(env);
  let current: { id: number; answer: (answer: RenderAnswer) => void } | null = null;
  let last = 0;
  let lost: string | null = null;
  const lose = (reason: string): void => {
    lost ??= reason;
    current?.answer({ reason: lost, isLost: true });
  };
  // A script that went on after its answer may say more: that is nobody's.
  worker.on("message", ({ id, answer }: { id: number; answer: RenderAnswer }) => {
    if (id === current?.id) current.answer(answer);
  });
  // What it says can hold its SQL, and that a password.
  worker.on("error", () => {
    lose("it fails without a database");
  });
  worker.on("exit", () => {
    lose("it ends without naming its statements");
  });
  return {
    render: (request) => {
      const id = ++last;
      return new Promise<RenderAnswer>((resolve) => {
        const timeout = setTimeout(lose, TIMEOUT_MS, "it takes too long without a database");
        current = {
          id,
          answer: (answer) => {
            clearTimeout(timeout);
            current = null;
            resolve(answer);
          },
        };
        if (lost === null) worker.postMessage({ id, ...request });
        else lose(lost);
      });
    },
    end: async () => {
      await worker.terminate();
    },
  };
}

/** What scripts print there is dropped: the real run prints it. */
function startWorker(env: NodeJS.ProcessEnv): Worker {
  const workerData = { library: pathToFileURL(require.resolve("node-pg-migrate")).href };
  const options = { eval: true, env, execArgv: [], stdout: true, stderr: true, workerData };
  const worker = new Worker(RENDER, options);
  worker.stdout.resume();
  worker.stderr.resume();
  return worker;
}

// Plain JavaScript, for a thread can begin with nothing else both from sources and compiled. A question
// to the database is never answered, so that the script does nothing more; a refusal it could catch.
// While a script runs, the next request does not keep the thread alive: it ends when nothing is left
// that the script could be waiting for.
const RENDER = `
const { parentPort, workerData } = require("node:worker_threads");
const library = import(workerData.library);
const silent = { info() {}, warn() {}, error() {} };
async function render({ path, shorthands, direction }, answer) {
  const { MigrationBuilder, jiti } = await library;
  const actions = await jiti.import(path);
  const action = actions[direction] ?? actions.up;
  const ask = () => {
    answer({ reason: "it asks the database", isLost: false });
    return new Promise(() => undefined);
  };
  const pgm = new MigrationBuilder({ query: ask, select: ask }, shorthands, false, silent);
  if (direction === "down" && action === actions.up) pgm.enableReverseMode();
  if (action.length === 2) await new Promise((resolve) => void action(pgm, resolve));
  else await action(pgm);
  answer({ steps: pgm.getSqlSteps(), usesTransaction: pgm.isUsingTransaction() });
}
parentPort.on("message", ({ id, ...request }) => {
  parentPort.unref();
  const answer = (answer) => {
    parentPort.ref();
    parentPort.postMessage({ id, answer });
  };
  render(request, answer).catch(() => answer({ reason: "it fails without a database", isLost: false }));
});
`;
