import * as pulumi from "@pulumi/pulumi";

import type { Base } from "./baseParts";
import { throwIfInvalid } from "../checks/throwIfInvalid";
import { readLiveService, type LiveService } from "../cloudRun/liveService";
import { checkPinned, isPinned } from "../cloudRun/pinnedTraffic";
import { serviceNameOf } from "../containerService";
import { Login } from "../core/choices";
import { iamUserName } from "../core/databaseChecks";
import { passwordUsersOf } from "./databaseUsers";
import { applyThrowing } from "../resourceError";

/** The same value, but not before it is known that the service goes on. */
export type Guard = <T>(value: pulumi.Input<T>) => pulumi.Output<pulumi.Unwrap<T>>;

/**
 * Holds back what could cut the service off from its database while its traffic is pinned: the
 * serving revision keeps the password, the user and the access that it was made with. The instance
 * is held back with its users, for it can turn against the access.
 */
export function pinnedGuard(base: Base): Guard {
  const { name, parent, place } = base;
  const { project, region } = place;
  const live = readLiveService(parent, { project, region, name: serviceNameOf(name) });
  // Only then is the user waited for: a preview of a new environment does not know it yet.
  const guard = live.apply((found) =>
    isPinned(found) ? refuse(base, found) : pulumi.output(true),
  );
  return (value) => pulumi.all([value, guard]).apply(([known]) => known);
}

function refuse(base: Base, found: LiveService): pulumi.Output<true> {
  const { name, args, parent, login, access } = base;
  const { passwordGeneration = 1 } = args.database ?? {};
  return applyThrowing(runtimeUser(base), (user) => {
    const wanted = { login, access, user, passwordGeneration };
    throwIfInvalid(parent, checkPinned(serviceNameOf(name), found, wanted));
    return true;
  });
}

/** The service's database user, before there is one. */
function runtimeUser({ name, args, login, accounts }: Base): pulumi.Output<string> {
  return login === Login.Iam
    ? accounts.runtimeEmail.apply(iamUserName)
    : pulumi.output(passwordUsersOf(name, args).runtime);
}
