import type { TrafficTarget } from "../knative";
import { assign } from "../traffic";
import type { WorkerPool } from "../workerPool";
import { CloudError, type CommandInput, type CommandResult, changed, flag } from "./context";
import { parseMap } from "./parse";

/** `gcloud beta run worker-pools update-instance-split` */
export async function updateInstanceSplit(
  input: CommandInput,
  pool: WorkerPool,
): Promise<CommandResult> {
  const { words, parsed, say } = input;
  const revisions = flag(parsed, "to-revisions");
  if (parsed.flags.has("to-latest")) {
    await pool.split([{ latestRevision: true, percent: 100 }]);
  } else if (revisions !== null) {
    const named = [...parseMap(words, "to-revisions", revisions)];
    const percents = new Map(named.map(([key, value]) => [key, readPercent(value)]));
    checkSplits(pool, percents);
    await pool.split(assign(pool.splits, percents));
  } else {
    throw new CloudError("No instance split configuration change requested.");
  }
  say("Updating instance split...done.\n");
  return changed(pool.toJson());
}

function readPercent(value: string): number {
  if (!/^[+-]?\d+$/.test(value)) {
    throw new CloudError(`Instance split percentage value ${value} is not an integer.`);
  }
  const percent = Number(value);
  if (percent >= 0 && percent <= 100) return percent;
  throw new CloudError(`Instance split percentage value ${value} is not between 0 and 100.`);
}

/** What gcloud itself refuses; a revision that is not there is refused by Cloud Run. */
function checkSplits(pool: WorkerPool, percents: ReadonlyMap<string, number>): void {
  const sum = [...percents.values()].reduce((total, percent) => total + percent, 0);
  if (sum > 100) throw new CloudError("The sum of instance split specifications exceeds 100.");
  const isNamed = ({ latestRevision, revisionName = "" }: TrafficTarget): boolean =>
    percents.has(latestRevision === true ? "LATEST" : revisionName);
  if (sum < 100 && pool.splits.every(isNamed)) {
    throw new CloudError(
      "Every target with instance split is updated but 100% of total split has not been specified.",
    );
  }
  for (const name of percents.keys()) {
    if (name === "LATEST" || pool.hasRevision(name)) continue;
    throw new CloudError(`Revision '${name}' not found.`);
  }
}
