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

// In the order in which --fix mends: nothing can be granted by whom it does not belong to.
const CHECKS: readonly Check[] = [
  findOwnerRole,
  findWrongOwners,
  findRuntimeDdl,
  findDefaultPrivileges,
  findPrivileges,
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
  for (const check of CHECKS) found.push(...(await check(patient)));
  return found;
}
