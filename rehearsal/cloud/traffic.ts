import type { TrafficTarget } from "./knative";

/** A revision's name, or `LATEST`. */
type Key = string;

const LATEST = "LATEST";

/** An assignment of traffic that gcloud refuses. */
export class TrafficError extends Error {
  override name = "TrafficError";
}

/** `--no-traffic`: what "latest" has goes to the revision that it means now. */
export function zeroLatest(
  targets: readonly TrafficTarget[],
  latestReady: string | null,
): TrafficTarget[] {
  const { percents, tags } = normalise(targets);
  const percent = percents.get(LATEST);
  if (percent === undefined || latestReady === null) return [...targets];
  percents.delete(LATEST);
  percents.set(latestReady, (percents.get(latestReady) ?? 0) + percent);
  return [...toTargets(percents), ...tags];
}

/** `--to-latest` and `--to-revisions`: what is not named shares the rest in proportion. */
export function assign(
  targets: readonly TrafficTarget[],
  assignment: ReadonlyMap<Key, number>,
): TrafficTarget[] {
  const { percents, tags } = normalise(targets);
  const named = [...assignment.values()].reduce((sum, percent) => sum + percent, 0);
  const others = [...percents].filter(([key]) => !assignment.has(key));
  for (const [key, percent] of assignment) {
    if (percent >= 0 && percent <= 100) continue;
    throw new TrafficError(`New traffic for target ${key} is ${percent}, not between 0 and 100`);
  }
  if (named > 100) throw new TrafficError("Over 100% of traffic is specified.");
  if (others.length === 0 && named < 100) {
    throw new TrafficError(
      "Every target with traffic is updated but 100% of traffic has not been specified.",
    );
  }
  const result = new Map([...assignment].filter(([, percent]) => percent > 0));
  const before = others.reduce((sum, [, percent]) => sum + percent, 0);
  let left = 100 - named;
  others.forEach(([key, percent], index) => {
    const share =
      index === others.length - 1 ? left : Math.round((percent / before) * (100 - named));
    left -= share;
    if (share > 0) result.set(key, share);
  });
  return [...toTargets(result), ...tags];
}

/** `--update-tags`: a tag belongs to one revision and gives it no traffic. */
export function updateTags(
  targets: readonly TrafficTarget[],
  update: ReadonlyMap<string, Key>,
  remove: ReadonlySet<string> = new Set(),
): TrafficTarget[] {
  const { percents, tags } = normalise(targets);
  const kept = tags.filter(({ tag = "" }) => !update.has(tag) && !remove.has(tag));
  const added = [...update].map(([tag, key]) => ({ ...targetOf(key), tag }));
  return [...toTargets(percents), ...kept, ...added];
}

function normalise(targets: readonly TrafficTarget[]): {
  percents: Map<Key, number>;
  tags: TrafficTarget[];
} {
  const percents = new Map<Key, number>();
  const tags: TrafficTarget[] = [];
  for (const target of targets) {
    const key = target.latestRevision === true ? LATEST : (target.revisionName ?? "");
    const percent = target.percent ?? 0;
    if (percent > 0) percents.set(key, (percents.get(key) ?? 0) + percent);
    if (target.tag !== undefined) tags.push({ ...targetOf(key), tag: target.tag });
  }
  return { percents, tags };
}

function toTargets(percents: ReadonlyMap<Key, number>): TrafficTarget[] {
  return [...percents].map(([key, percent]) => ({ ...targetOf(key), percent }));
}

function targetOf(key: Key): TrafficTarget {
  return key === LATEST ? { latestRevision: true } : { revisionName: key };
}
