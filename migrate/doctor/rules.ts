import { NOT_VALIDATED } from "./checks/constraints";
import { HALF_APPLIED } from "./checks/halfApplied";
import { INVALID_INDEX } from "./checks/invalidIndex";
import { OWNER_ROLE, WRONG_OWNER } from "./checks/ownership";
import { PGBOUNCER } from "./checks/pgbouncer";
import {
  DUPLICATE_ROW,
  EDITED,
  LEFTOVER_NOTE,
  OUT_OF_ORDER,
  ROW_ORDER,
  UNKNOWN_ROW,
} from "./checks/rows";
import {
  MISSING_DEFAULT_PRIVILEGES,
  MISSING_PRIVILEGES,
  RUNTIME_DDL,
} from "./checks/runtimeRights";
import { CIC_CORRUPTION, CONNECTION_CHECK } from "./checks/serverFacts";
import { IDLE_LOCK_HOLDER, PREPARED_TRANSACTION } from "./checks/sessions";
import { UNANNOTATED } from "./checks/unannotated";
import type { DoctorRule } from "./diagnosis";

/** Every rule of `doctor`, for `explain` and for the docs. */
export const DOCTOR_RULES: readonly DoctorRule[] = [
  PGBOUNCER,
  OWNER_ROLE,
  WRONG_OWNER,
  RUNTIME_DDL,
  MISSING_DEFAULT_PRIVILEGES,
  MISSING_PRIVILEGES,
  UNKNOWN_ROW,
  EDITED,
  OUT_OF_ORDER,
  DUPLICATE_ROW,
  ROW_ORDER,
  LEFTOVER_NOTE,
  UNANNOTATED,
  HALF_APPLIED,
  INVALID_INDEX,
  IDLE_LOCK_HOLDER,
  PREPARED_TRANSACTION,
  NOT_VALIDATED,
  CIC_CORRUPTION,
  CONNECTION_CHECK,
];
