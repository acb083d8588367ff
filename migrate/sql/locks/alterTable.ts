import { POSTGRES_FUNCTIONS, POSTGRES_TYPES } from "../postgresNames";
import type { SqlNode } from "../parseSql";
import { lastOf, listOf } from "../scope";
import { type Effects, type TableLock, lockOn, referencesOf } from "./lock";
import type { LockMode } from "./modes";

// Everything else takes ACCESS EXCLUSIVE: AlterTableGetLockLevel in PostgreSQL's tablecmds.c.
const WEAKER: Readonly<Record<string, LockMode>> = {
  AT_SetStatistics: "SHARE UPDATE EXCLUSIVE",
  AT_SetOptions: "SHARE UPDATE EXCLUSIVE",
  AT_ResetOptions: "SHARE UPDATE EXCLUSIVE",
  AT_SetRelOptions: "SHARE UPDATE EXCLUSIVE",
  AT_ResetRelOptions: "SHARE UPDATE EXCLUSIVE",
  AT_ClusterOn: "SHARE UPDATE EXCLUSIVE",
  AT_DropCluster: "SHARE UPDATE EXCLUSIVE",
  AT_ValidateConstraint: "SHARE UPDATE EXCLUSIVE",
  AT_AttachPartition: "SHARE UPDATE EXCLUSIVE",
  AT_DetachPartitionFinalize: "SHARE UPDATE EXCLUSIVE",
  AT_EnableTrig: "SHARE ROW EXCLUSIVE",
  AT_EnableAlwaysTrig: "SHARE ROW EXCLUSIVE",
  AT_EnableReplicaTrig: "SHARE ROW EXCLUSIVE",
  AT_EnableTrigAll: "SHARE ROW EXCLUSIVE",
  AT_EnableTrigUser: "SHARE ROW EXCLUSIVE",
  AT_DisableTrig: "SHARE ROW EXCLUSIVE",
  AT_DisableTrigAll: "SHARE ROW EXCLUSIVE",
  AT_DisableTrigUser: "SHARE ROW EXCLUSIVE",
};

const EFFECTS: Readonly<Record<string, Effects>> = {
  // Whether the old type's values stay as they are is not said by the statement.
  AT_AlterColumnType: { rewrites: null, scans: null },
  AT_SetExpression: { rewrites: true, scans: true },
  // Not when it is stored so already.
  AT_SetLogged: { rewrites: null, scans: null },
  AT_SetUnLogged: { rewrites: null, scans: null },
  AT_SetTableSpace: { rewrites: null, scans: null },
  AT_SetAccessMethod: { rewrites: null, scans: null },
  // Not when a valid CHECK says it already.
  AT_SetNotNull: { scans: null },
  AT_ValidateConstraint: { scans: true },
};

/** Locks of ALTER TABLE, and of ALTER INDEX, VIEW and TYPE, which the parser calls the same. */
export function locksOfAlterTable({ relation, cmds, objtype }: SqlNode): TableLock[] {
  // Storage parameters of an index: no query waits for it. A composite type is no table.
  if (objtype === "OBJECT_INDEX" || objtype === "OBJECT_TYPE") return [];
  if (objtype === "OBJECT_VIEW") return lockOn(relation, "ACCESS EXCLUSIVE");
  return listOf(cmds).flatMap(({ AlterTableCmd }) => ofCommand(relation, AlterTableCmd as SqlNode));
}

function ofCommand(relation: unknown, { subtype, def }: SqlNode): TableLock[] {
  const type = String(subtype);
  const { ColumnDef, Constraint, PartitionCmd, RangeVar } = (def ?? {}) as Record<
    string,
    SqlNode | undefined
  >;
  if (type === "AT_AddConstraint" && Constraint !== undefined) {
    return ofConstraint(relation, Constraint);
  }
  if (PartitionCmd !== undefined) return ofPartition(relation, type, PartitionCmd);
  const effects = type === "AT_AddColumn" ? effectsOfColumn(ColumnDef ?? {}) : EFFECTS[type];
  return [
    ...lockOn(relation, WEAKER[type] ?? "ACCESS EXCLUSIVE", effects),
    ...(type === "AT_AddColumn" ? referencesOf(ColumnDef, effects?.scans) : []),
    ...(type === "AT_AddInherit" ? lockOn(RangeVar, "SHARE UPDATE EXCLUSIVE") : []),
    ...(type === "AT_DropInherit" ? lockOn(RangeVar, "ACCESS SHARE") : []),
  ];
}

function ofConstraint(relation: unknown, constraint: SqlNode): TableLock[] {
  const { contype, skip_validation: isNotValid, indexname } = constraint;
  if (contype === "CONSTR_FOREIGN") {
    return [
      ...lockOn(relation, "SHARE ROW EXCLUSIVE", { scans: isNotValid !== true }),
      // Whether the keys are looked up one by one or all read is the planner's choice.
      ...lockOn(constraint.pktable, "SHARE ROW EXCLUSIVE", {
        scans: isNotValid === true ? false : null,
      }),
    ];
  }
  // A primary key whose columns may be null reads the table to make them NOT NULL.
  if (indexname !== undefined) {
    return lockOn(relation, "ACCESS EXCLUSIVE", {
      scans: contype === "CONSTR_PRIMARY" ? null : false,
    });
  }
  return lockOn(relation, "ACCESS EXCLUSIVE", { scans: isNotValid !== true });
}

function ofPartition(relation: unknown, type: string, partition: SqlNode): TableLock[] {
  const isGentle = type === "AT_AttachPartition" || partition.concurrent === true;
  return [
    ...lockOn(relation, isGentle ? "SHARE UPDATE EXCLUSIVE" : "ACCESS EXCLUSIVE"),
    // A CHECK that says what the bounds say spares the reading.
    ...lockOn(partition.name, "ACCESS EXCLUSIVE", {
      scans: type === "AT_AttachPartition" ? null : false,
    }),
  ];
}

/** A column needs its rows written when each gets a value of its own. */
function effectsOfColumn({ constraints, typeName }: SqlNode): Effects {
  const types = listOf(constraints).map(({ Constraint }) => Constraint as SqlNode);
  const has = (contype: string): SqlNode | undefined =>
    types.find((constraint) => constraint.contype === contype);
  const generated = has("CONSTR_GENERATED");
  const isStored = generated !== undefined && generated.generated_kind !== "v";
  const isSerial = SERIALS.has(lastOf((typeName as SqlNode | undefined)?.names));
  if (isStored || isSerial || has("CONSTR_IDENTITY") !== undefined) {
    return { rewrites: true, scans: true };
  }
  const value = has("CONSTR_DEFAULT");
  const differs = value === undefined ? false : differsByRow(value.raw_expr);
  // A domain's constraint is checked for every row, which writes it too.
  const isPlain = POSTGRES_TYPES.has(lastOf((typeName as SqlNode | undefined)?.names));
  const rewrites = differs === false && !isPlain ? null : differs;
  const checks = ["CONSTR_CHECK", "CONSTR_UNIQUE", "CONSTR_PRIMARY"].some((contype) =>
    has(contype),
  );
  // A column full of nulls refers to nothing.
  const reads = checks || (value !== undefined && has("CONSTR_FOREIGN") !== undefined);
  // NOT NULL without a default reads until the first row, and fails there.
  return { rewrites, scans: reads || rewrites };
}

const SERIALS = new Set(["serial", "bigserial", "smallserial", "serial2", "serial4", "serial8"]);

/** PostgreSQL's own that give another value each time. */
const VOLATILE = new Set(
  "random random_normal setseed gen_random_uuid uuidv4 uuidv7 clock_timestamp timeofday nextval lastval currval".split(
    " ",
  ),
);

/** Whether an expression gives each row its own value; null when it calls what PostgreSQL does not have. */
export function differsByRow(expression: unknown): boolean | null {
  let answer: boolean | null = false;
  const left: unknown[] = [expression];
  while (left.length > 0) {
    const part = left.pop();
    if (typeof part !== "object" || part === null) continue;
    for (const [name, value] of Object.entries(part)) {
      left.push(value);
      if (name !== "FuncCall") continue;
      const called = lastOf((value as SqlNode).funcname);
      if (VOLATILE.has(called)) return true;
      if (!POSTGRES_FUNCTIONS.has(called)) answer = null;
    }
  }
  return answer;
}
