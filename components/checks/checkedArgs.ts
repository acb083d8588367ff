import type * as pulumi from "@pulumi/pulumi";

import type { Violation } from "../core/violations";
import { group, type Members } from "./shape";
import { throwIfInvalid } from "./throwIfInvalid";

/**
 * Checks every argument of a component, and by `fit` how they go together, and gives the same
 * arguments back, in which outputs carry their own check. `fit` gets no argument of a wrong type:
 * even a required one may be missing.
 */
export function checkedArgs<T extends object>(
  component: pulumi.Resource,
  members: Members<T>,
  args: T,
  fit: (checked: T) => Violation[] = () => [],
): T {
  const violations: Violation[] = [];
  const checked = (group(members)(args, "", { component, violations }) ?? {}) as T;
  throwIfInvalid(component, distinct([...violations, ...fit(checked)]));
  return checked;
}

/** One line for each argument: a second finding mostly follows from the first. */
function distinct(violations: Violation[]): Violation[] {
  const first = new Map<string, Violation>();
  for (const violation of violations) {
    if (!first.has(violation.path)) first.set(violation.path, violation);
  }
  return [...first.values()];
}
