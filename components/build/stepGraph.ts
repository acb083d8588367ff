import { quote, type Violation } from "../core/violations";
import type { AnyBuildStep } from "./document";

/** How a violation names a step: `steps[migrate]`, or by number where it has no ID. */
export function stepPath(steps: readonly AnyBuildStep[], index: number): string {
  return `steps[${steps[index]?.id ?? String(index)}]`;
}

/**
 * For each step the indexes of all steps that have ended when it starts. A step without `waitFor`
 * waits for all before it; `-` waits for none.
 */
export function ancestors(steps: readonly AnyBuildStep[]): Set<number>[] {
  const result: Set<number>[] = [];
  steps.forEach((step, index) => {
    const waited = step.waitFor ?? [];
    const parents =
      waited.length === 0
        ? [...steps.keys()].slice(0, index)
        : waited.map((id) => steps.findIndex((other) => other.id === id));
    const found = parents.filter((parent) => parent >= 0 && parent < index);
    result.push(new Set(found.flatMap((parent) => [parent, ...(result[parent] ?? [])])));
  });
  return result;
}

/** Checks IDs, and that every `waitFor` says something that holds. */
export function checkGraph(steps: readonly AnyBuildStep[]): Violation[] {
  const first = steps.findIndex((step) => step.waitFor !== undefined);
  return steps.flatMap((step, index) => {
    const path = stepPath(steps, index);
    const earlier = steps.slice(0, index).flatMap(({ id }) => (id === undefined ? [] : [id]));
    const violations: Violation[] = [];
    if (step.id !== undefined && earlier.includes(step.id)) {
      violations.push({
        path: `steps[${index}].id`,
        expected: "an ID that no other step has",
        got: quote(step.id),
        rule: "document-step-id",
      });
    }
    // Such a step waits for all before it, so a dropped line would go unnoticed.
    if (first !== -1 && index > first && (step.waitFor ?? []).length === 0) {
      violations.push({
        path: `${path}.waitFor`,
        expected: "IDs of earlier steps, as the other steps name them",
        got: quote(step.waitFor),
        remedy: "write waitFor on every step after the first, or on none",
        rule: "document-wait-for-dropped",
      });
    }
    const unknown = (step.waitFor ?? []).filter((id) => id !== "-" && !earlier.includes(id));
    if (unknown.length > 0) {
      violations.push({
        path: `${path}.waitFor`,
        expected: earlier.length === 0 ? "nothing before the first step" : earlier.join(" | "),
        got: unknown.map(quote).join(", "),
        remedy: "a step can wait for earlier steps only",
        rule: "document-wait-for-unknown",
      });
    }
    return violations;
  });
}
