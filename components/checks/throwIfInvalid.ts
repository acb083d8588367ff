import * as pulumi from "@pulumi/pulumi";

import { formatViolations, type Violation } from "../core/violations";
import { resourceError } from "../resourceError";

/**
 * Stops the program with every violation in one error, without a stack trace.
 *
 * `pulumi.InputPropertiesError` would lose the list: outside a component provider only its general
 * message is printed.
 */
export function throwIfInvalid(component: pulumi.Resource, violations: readonly Violation[]): void {
  if (violations.length === 0) return;
  throw resourceError(formatViolations(violations), component);
}
