import { findUnvalidated } from "./checks/constraints";
import { findHalfApplied } from "./checks/halfApplied";
import { findInvalidIndexes } from "./checks/invalidIndex";
import { findOwnerRole, findWrongOwners } from "./checks/ownership";
import { findRowFaults } from "./checks/rows";
import { findDefaultPrivileges, findPrivileges, findRuntimeDdl } from "./checks/runtimeRights";
import { findServerFaults } from "./checks/serverFacts";
import { findIdleHolders, findPrepared } from "./checks/sessions";
import { findUnannotated } from "./checks/unannotated";
import type { Diagnosis } from "./diagnosis";
import type { Patient } from "./patient";

type Check = (patient: Patient) => Diagnosis[] | Promise<Diagnosis[]>;

/** Whose things are, and who may do what. In the order in which they are mended: nothing can be granted by whom it does not belong to. */
const ROLE_CHECKS: readonly Check[] = [
  findOwnerRole,
  findWrongOwners,
  findRuntimeDdl,
  findDefaultPrivileges,
  findPrivileges,
];

const OTHER_CHECKS: readonly Check[] = [
  findRowFaults,
  findUnannotated,
  findHalfApplied,
  findInvalidIndexes,
  (patient) => findIdleHolders(patient),
  (patient) => findPrepared(patient),
  findUnvalidated,
  findServerFaults,
];

/** Everything that is wrong, as far as the checks see. */
export async function examine(patient: Patient): Promise<Diagnosis[]> {
  const found: Diagnosis[] = [];
  for (const check of ROLE_CHECKS) found.push(...(await check(patient)));
  // Nothing is handed over to a role that `up` has not used: it may be the wrong one.
  const isSure = patient.usedRole === patient.roles.role;
  const roles = isSure ? found : found.map((one) => ({ ...one, fix: null }));
  const others: Diagnosis[] = [];
  for (const check of OTHER_CHECKS) others.push(...(await check(patient)));
  return [...roles, ...others];
}
