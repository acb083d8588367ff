import * as pulumi from "@pulumi/pulumi";

import type { Violation } from "../core/violations";
import { throwIfInvalid } from "./throwIfInvalid";

/**
 * Stops with what is wrong with a value that only became known during the deployment, without
 * showing it when it is a secret. For the callback of `applyThrowing`, so without `async`.
 */
export function refuseLate(
  component: pulumi.Resource,
  value: pulumi.Output<unknown>,
  violations: Violation[],
  hide: (violation: Violation) => Violation = hideGot,
): Promise<void> {
  if (violations.length === 0) return Promise.resolve();
  return pulumi.isSecret(value).then((isSecret) => {
    throwIfInvalid(component, isSecret ? violations.map(hide) : violations);
  });
}

function hideGot(violation: Violation): Violation {
  return { ...violation, got: "[secret]" };
}
