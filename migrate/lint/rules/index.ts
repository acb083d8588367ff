import { DOCTOR_RULES } from "../../doctor/rules";
import { SQUAWK_MISSING } from "../squawk";
import type { Rule, StatementRule } from "../rule";
import { UNINDEXED_KEY } from "../unindexedKeys";
import { COLUMN_RULES } from "./columns";
import { COLUMN_TYPE_RULES } from "./columnTypes";
import { COLUMN_USE_RULES } from "./columnUse";
import { CONSTRAINT_RULES } from "./constraints";
import { DATA_RULES } from "./data";
import { FILE_RULES } from "./files";
import { INDEX_RULES } from "./indexes";
import { OBJECT_RULES } from "./objects";
import { PARTITION_RULES } from "./partitions";
import { REPEATABLE_RULES } from "./repeatable";
import { SECURITY_RULES } from "./security";
import { SQUAWK_RULES } from "./squawk";
import { TABLE_RULES } from "./tables";
import { TRANSACTION_RULES } from "./transactions";
import { TYPE_RULES } from "./types";

/** Rules of ours about single statements, in the light of what is before them. */
export const STATEMENT_RULES: readonly StatementRule[] = [
  ...INDEX_RULES,
  ...COLUMN_RULES,
  ...COLUMN_TYPE_RULES,
  ...COLUMN_USE_RULES,
  ...CONSTRAINT_RULES,
  ...PARTITION_RULES,
  ...TABLE_RULES,
  ...OBJECT_RULES,
  ...TYPE_RULES,
  ...TRANSACTION_RULES,
  ...REPEATABLE_RULES,
  ...DATA_RULES,
  ...SECURITY_RULES,
];

/** Every rule that `check` knows. */
export const RULES: readonly Rule[] = [
  ...STATEMENT_RULES,
  UNINDEXED_KEY,
  ...SQUAWK_RULES,
  SQUAWK_MISSING,
  ...FILE_RULES,
];

/** Every rule of the tool: of the files, and of the database, which `doctor` knows. */
export const ALL_RULES: readonly Rule[] = [
  ...RULES,
  ...DOCTOR_RULES.filter(({ id }) => !RULES.some((rule) => rule.id === id)),
];
