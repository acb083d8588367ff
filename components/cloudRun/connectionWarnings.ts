import { DatabaseAccess } from "../core/choices";
import type { ConnectionKind, ServiceConnection } from "./serviceConnection";

const START_A_RELEASE =
  "start a release right after this `up`: the service's new database user has no rights until then";

/**
 * What a change of login and access does to a service that serves. Access by the proxy goes on on an
 * instance that also takes others, so only the way back interrupts it.
 */
export function kindWarnings(
  service: string,
  given: ServiceConnection | undefined,
  wanted: ConnectionKind,
): string[] {
  if (given === undefined) return [];
  const warnings: string[] = [];
  if (given.login !== wanted.login) {
    warnings.push(
      `login of service ${service} changes from ${given.login} to ${wanted.login}; ${START_A_RELEASE}`,
    );
  }
  if (given.access === DatabaseAccess.Direct && wanted.access !== given.access) {
    warnings.push(
      `database access of service ${service} changes from ${given.access} to ${wanted.access}; ` +
        "run this `up` when few requests come: an instance that then takes only Google's connector " +
        "refuses new connections of running instances until the new revision serves",
    );
  }
  return warnings;
}

/** The same for another user under the same login; another login has said it. */
export function userWarning(
  service: string,
  given: ServiceConnection | undefined,
  wanted: ServiceConnection,
): string[] {
  const isOther = given?.login === wanted.login && given.userDigest !== wanted.userDigest;
  return isOther ? [`database user of service ${service} changes; ${START_A_RELEASE}`] : [];
}
