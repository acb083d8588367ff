import type { EvaluateStackOptions } from "../inventory";
import type { Build } from "./player/build";
import type { RehearseOptions } from "./rehearse";
import type { ReleaseDocument } from "./releaseDocument";

/** The environment that is rehearsed. */
export interface Target extends EvaluateStackOptions {
  /** What was chosen for the caller, in words. */
  notes: string[];
}

/** The stack or the arguments that were named; else the stack `dev`, as a document of one's own needs it. */
export function chooseTarget(
  { stack, args }: Pick<RehearseOptions, "stack" | "args">,
  document: ReleaseDocument | null,
): Target {
  const named = { stack: stack ?? "dev", args: args ?? undefined, notes: [] } as const;
  if (stack || args || document === null || document.reach === "CloudRunJob") {
    return { ...named, notes: [] };
  }
  const { reach } = document;
  return {
    ...named,
    config: {
      "cloud-run-migrations:connectivity": reach,
      "cloud-run-migrations:publicIp": String(reach === "BuildStep"),
    },
    notes: [
      `the environment is the stack dev with connectivity ${reach}, by which the document reaches its database; name another with --stack or --args`,
    ],
  };
}

/** How a document reaches the database, as far as its pool and its steps tell. */
export type DocumentReach = "CloudRunJob" | "BuildStep" | "PrivatePool";

export function reachOf({ workerPool, steps }: Build): DocumentReach {
  if (workerPool !== null) return "PrivatePool";
  const connects = steps.some(({ env, script, args }) =>
    /INSTANCE_CONNECTION_NAME|cloud-sql-proxy/.test([...env, ...args, script ?? ""].join(" ")),
  );
  return connects ? "BuildStep" : "CloudRunJob";
}
