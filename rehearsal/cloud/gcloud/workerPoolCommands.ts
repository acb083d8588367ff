import { workContainer } from "../knative";
import { zeroLatest } from "../traffic";
import type { WorkerPool } from "../workerPool";
import { CONTAINER_FLAGS, applyContainerFlags } from "./containerFlags";
import {
  CloudError,
  type Command,
  type CommandInput,
  type CommandResult,
  changed,
  described,
  isHere,
  listed,
  subject,
} from "./context";
import { changedLabels } from "./labels";
import type { FlagKind } from "./parse";
import { updateInstanceSplit } from "./updateInstanceSplit";

const FLAGS: Record<string, FlagKind> = {
  async: "switch",
  "clear-labels": "switch",
  description: "value",
  labels: "value",
  "no-promote": "switch",
  "remove-labels": "value",
  scaling: "value",
  "service-account": "value",
  "update-labels": "value",
};

// A worker's container listens on nothing.
const WORKER_CONTAINER_FLAGS: Record<string, FlagKind> = { ...CONTAINER_FLAGS };
Reflect.deleteProperty(WORKER_CONTAINER_FLAGS, "port");

/** `gcloud beta run worker-pools`: gcloud 528 has the group in alpha and beta only. */
export const WORKER_POOL_COMMANDS: Command[] = ["alpha", "beta"].flatMap((track): Command[] => [
  {
    words: [track, "run", "worker-pools", "describe"],
    positionals: ["WORKER_POOL"],
    flags: {},
    run(input: CommandInput): CommandResult {
      const pool = find(input);
      if (pool === null) throw new CloudError(`Cannot find worker pool [${subject(input)}]`);
      return described(pool.toJson());
    },
  },
  {
    words: [track, "run", "worker-pools", "list"],
    positionals: [],
    flags: { limit: "value" },
    run(input: CommandInput): CommandResult {
      const pools = isHere(input) ? [...input.state.workerPools.values()] : [];
      return listed(pools.map((pool) => pool.toJson()));
    },
  },
  {
    words: [track, "run", "worker-pools", "update"],
    positionals: ["WORKER_POOL"],
    flags: FLAGS,
    containerFlags: WORKER_CONTAINER_FLAGS,
    run: update,
  },
  {
    words: [track, "run", "worker-pools", "update-instance-split"],
    positionals: ["WORKER_POOL"],
    flags: { async: "switch", "to-latest": "switch", "to-revisions": "value" },
    exclusive: [["to-latest", "to-revisions"]],
    async run(input: CommandInput): Promise<CommandResult> {
      const pool = find(input);
      if (pool === null) throw new CloudError(`Worker pool [${subject(input)}] not found.`);
      return updateInstanceSplit(input, pool);
    },
  },
]);

function find(input: CommandInput): WorkerPool | null {
  return isHere(input) ? (input.state.workerPools.get(subject(input)) ?? null) : null;
}

async function update(input: CommandInput): Promise<CommandResult> {
  const { words, parsed, state, say } = input;
  const pool = find(input);
  // gcloud would make the pool, and no release should: it would have no account, network and secrets.
  if (pool === null) {
    throw new CloudError(`Cannot find worker pool [${subject(input)}]; none is made here`);
  }
  const containers = applyContainerFlags(words, parsed, pool.spec.containers);
  const reference = workContainer(`worker pool ${pool.spec.name}`, containers).image;
  const image = state.findImage(reference);
  if (image === null) throw new CloudError(`Image '${reference}' not found.`);
  pool.spec.labels = changedLabels(input, pool.spec.labels);
  say("Updating...\n");
  const splits = parsed.flags.has("no-promote")
    ? zeroLatest(pool.splits, pool.latestReady)
    : pool.splits;
  await pool.update({ containers, splits }, image);
  say(`Worker pool [${pool.spec.name}] revision [${pool.latestCreated}] has been deployed.\n`);
  return changed(pool.toJson());
}
