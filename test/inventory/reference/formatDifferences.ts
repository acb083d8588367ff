import type { Difference } from "../../../inventory/reference/diff";

/** From this many resources on, the same property of all is one line. */
const MANY = 10;

/** A line for each difference, as a reviewer reads them. */
export function formatDifferences(differences: readonly Difference[]): string[] {
  if (differences.length === 0) return ["nothing"];
  const count = (property: string) =>
    differences.filter((other) => other.kind === "change" && other.property === property).length;
  const often = new Set(
    differences.map(({ property }) => property).filter((property) => count(property) >= MANY),
  );
  return [
    ...[...often].map((property) => `${property} of ${count(property)} resources`),
    ...differences
      .filter(({ kind, property }) => kind !== "change" || !often.has(property))
      .map(formatDifference),
  ];
}

function formatDifference({ kind, type, name, property }: Difference): string {
  const resource = `${type.replace(/^gcp:/, "")} ${name}`;
  return kind === "change" ? `${resource}: ${property}` : `${kind} ${resource}`;
}
