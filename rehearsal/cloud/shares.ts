import type { TrafficTarget } from "./knative";

/** How many instances each revision has; none for one that is not named. The rest goes to the largest parts. */
export function sharesOf(
  targets: readonly TrafficTarget[],
  latest: string,
  instances: number,
): Map<string, number> {
  const percents = new Map<string, number>();
  for (const { latestRevision, revisionName = "", percent = 0 } of targets) {
    const name = latestRevision === true ? latest : revisionName;
    if (percent > 0) percents.set(name, (percents.get(name) ?? 0) + percent);
  }
  const parts = [...percents].map(([name, percent]) => {
    const exact = (instances * percent) / 100;
    return { name, whole: Math.floor(exact), rest: exact % 1 };
  });
  let left = instances - parts.reduce((sum, { whole }) => sum + whole, 0);
  const largest = [...parts].sort((a, b) => b.rest - a.rest);
  const shares = new Map(parts.map(({ name, whole }) => [name, whole]));
  for (const { name, whole } of largest) {
    if (left-- > 0) shares.set(name, whole + 1);
  }
  return shares;
}
