import { isDeepStrictEqual } from "node:util";
import type { LoadedMigration } from "../files/load";
import {
  type RenderAnswer,
  type RenderRequest,
  type RenderThread,
  type RenderedScript,
  startRenderThread,
} from "./renderThread";
import { findOutside } from "./selfContained";

/** Why the statements of a script cannot be known before it runs. */
export class UnrenderableError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = "UnrenderableError";
  }
}

export interface RenderOptions {
  direction: "up" | "down";
  /** Column types that it may use, of earlier scripts and its own. */
  shorthands: Record<string, unknown>;
  /**
   * Which scripts are run for this: only those that reach nothing outside themselves, each on a thread
   * of its own; or any, one after the other on one thread, which is for a desk, where whoever asks has
   * written them.
   */
  scripts: "self-contained" | "any";
}

/** Renders scripts until it is ended. */
export interface Renderer {
  /**
   * The statements that a script would send, made by node-pg-migrate's own builder without a database.
   * It is run for that on another thread, with its own copy of what the script keeps. A way back that is
   * not written is the reverse of `up`, as in a real run.
   */
  render(
    migration: LoadedMigration,
    options: Pick<RenderOptions, "direction" | "shorthands">,
  ): Promise<RenderedScript>;
  end(): Promise<void>;
}

export function createRenderer(scripts: RenderOptions["scripts"]): Renderer {
  const desk = scripts === "any" ? shareThread() : THREAD_FOR_EACH;
  return {
    render: async ({ actions, file, text }, { direction, shorthands }) => {
      const action = actions[direction] ?? actions.up;
      if (typeof action !== "function") return { steps: [], usesTransaction: true };
      const outside = scripts === "any" ? null : findOutside(text);
      if (outside !== null) throw new UnrenderableError(outside);
      const answer = await desk.ask({ path: file.path, shorthands: copyOf(shorthands), direction });
      if ("reason" in answer) throw new UnrenderableError(answer.reason);
      return answer;
    },
    end: () => desk.end(),
  };
}

interface Desk {
  ask(request: RenderRequest): Promise<RenderAnswer>;
  end(): Promise<void>;
}

/** The thread's end is the end of whatever the script does. */
const THREAD_FOR_EACH: Desk = {
  ask: async (request) => {
    const thread = startRenderThread({});
    try {
      return await thread.render(request);
    } finally {
      await thread.end();
    }
  },
  end: () => Promise.resolve(),
};

/** To start a thread takes longer than to render a hundred scripts. */
function shareThread(): Desk {
  let thread: RenderThread | null = null;
  const end = async (): Promise<void> => {
    const ending = thread;
    thread = null;
    await ending?.end();
  };
  const ask = async (request: RenderRequest): Promise<RenderAnswer> => {
    const isAlone = thread === null;
    thread ??= startRenderThread(process.env);
    const answer = await thread.render(request);
    if (!("reason" in answer) || !answer.isLost) return answer;
    await end();
    // What an earlier script has left running may have been the cause.
    return isAlone ? answer : ask(request);
  };
  return { ask, end };
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
