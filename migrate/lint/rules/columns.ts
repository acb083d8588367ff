import { differsByRow } from "../../sql/locks/alterTable";
import type { SqlNode } from "../../sql/parseSql";
import { lastOf, listOf, stringOf } from "../../sql/scope";
import { type Model, indexKey } from "../model";
import { partsKey, partsOf, shown, typeText } from "../names";
import {
  type ExistingTable,
  type LintContext,
  alterationsOf,
  constraintsAt,
  defineRules,
  onAlteration,
} from "../rule";

const NOTES = "https://www.postgresql.org/docs/18/sql-altertable.html#SQL-ALTERTABLE-NOTES";
const EXPAND = "https://docs.gitlab.com/development/database/avoiding_downtime_in_migrations/";

/** Of the constraints at a column, as the parser calls them. */
function typesAt(column: SqlNode | null): string[] {
  return constraintsAt(column).map(({ contype }) => String(contype));
}

const isSerial = (types: string[], type: string): boolean =>
  types.includes("CONSTR_IDENTITY") || /serial/.test(type);

export const COLUMN_RULES = defineRules([
  {
    id: "adding-field-with-default",
    level: "error",
    title: "a column whose default differs from row to row",
    why: "Every row gets a value of its own, so PostgreSQL writes the table and its indexes anew while readers and writers wait. A constant default, or one such as now(), needs no rewrite.",
    instead:
      "add the column without the default, set the default for new rows, fill the old ones in batches in a script outside a transaction",
    url: NOTES,
    ...onAlteration(({ subtype, column, name }, { key }, { model }) => {
      if (subtype !== "AT_AddColumn") return [];
      const value = constraintsAt(column).find(({ contype }) => contype === "CONSTR_DEFAULT");
      const differs = value === undefined ? false : differsFor(model, value.raw_expr);
      if (differs === false) return [];
      const isKnown = differs === true ? "writes" : "may write";
      return [{ message: `${isKnown} all of ${shown(key)} anew to give ${name} its values` }];
    }),
  },
  {
    id: "adding-constrained-domain-field",
    level: "error",
    title: "a column of a domain that has a constraint",
    why: "PostgreSQL checks the domain's constraint for each row, also where the column is null, and writes the table anew meanwhile: readers and writers wait.",
    instead: "a column of the plain type, and a CHECK on the table that is added NOT VALID",
    url: NOTES,
    ...onAlteration(({ subtype, column, name }, { key }, { model }) => {
      const { names } = (column?.typeName ?? {}) as SqlNode;
      return subtype === "AT_AddColumn" &&
        model.checkedDomains.has(partsKey(listOf(names).map(stringOf)))
        ? [{ message: `writes all of ${shown(key)} anew to check the domain of ${name}` }]
        : [];
    }),
  },
  {
    id: "adding-generated-field",
    level: "error",
    title: "a stored generated column on a table that is there",
    why: "PostgreSQL computes it for every row and writes the table anew while readers and writers wait.",
    instead:
      "a plain column that a trigger keeps, filled in batches; or, from PostgreSQL 18 on, GENERATED … VIRTUAL, which stores nothing",
    url: NOTES,
    ...onAlteration(({ subtype, column, name }, { key }) =>
      isStoredAt(column, subtype) || subtype === "AT_SetExpression"
        ? [{ message: `writes all of ${shown(key)} anew to compute ${name}` }]
        : [],
    ),
  },
  {
    id: "adding-serial-field",
    level: "error",
    title: "a serial or identity column on a table that is there",
    why: "Each row gets a number, so PostgreSQL writes the table anew while readers and writers wait.",
    instead:
      "add a bigint column without a value, number the old rows in batches, then make it an identity in a later release",
    url: NOTES,
    ...onAlteration(({ subtype, column, name }, { key }) =>
      subtype === "AT_AddColumn" && isSerial(typesAt(column), typeText(column?.typeName))
        ? [{ message: `writes all of ${shown(key)} anew to number ${name}` }]
        : [],
    ),
  },
  {
    id: "adding-required-field",
    level: "error",
    title: "a NOT NULL column without a default",
    why: "It fails on a table that holds rows; and the revision that still serves does not know the column, so its INSERTs fail.",
    instead:
      "add it with a constant DEFAULT, or nullable; make it NOT NULL in a later release, when every serving revision fills it",
    url: EXPAND,
    ...onAlteration(({ subtype, column, name }, { key }) => {
      const types = typesAt(column);
      const isRequired = types.includes("CONSTR_NOTNULL") || types.includes("CONSTR_PRIMARY");
      const isGiven = types.some((type) =>
        ["CONSTR_DEFAULT", "CONSTR_IDENTITY", "CONSTR_GENERATED"].includes(type),
      );
      const isOwn = isGiven || isSerial([], typeText(column?.typeName));
      return subtype === "AT_AddColumn" && isRequired && !isOwn
        ? [
            {
              message: `adds ${name}, which the serving revision's INSERTs into ${shown(key)} do not fill`,
            },
          ]
        : [];
    }),
  },
  {
    id: "adding-not-nullable-field",
    level: "error",
    title: "SET NOT NULL without a valid CHECK that says so already",
    why: "PostgreSQL reads every row under an ACCESS EXCLUSIVE lock, and the serving revision may still write nulls.",
    instead:
      "ADD CONSTRAINT … CHECK (column IS NOT NULL) NOT VALID; VALIDATE CONSTRAINT it in a later release, or in a script outside a transaction; then SET NOT NULL reads nothing, and the CHECK can go",
    url: NOTES,
    ...onAlteration((alteration, target, context) => {
      const { subtype, name, constraint } = alteration;
      const { key, table } = target;
      if (subtype === "AT_AddConstraint") {
        const isNotNull = constraint?.contype === "CONSTR_NOTNULL";
        if (isNotNull && constraint.skip_validation !== true) {
          const message = `reads all of ${shown(key)} while readers and writers wait`;
          return [{ message, remedy: NOT_VALID_NOT_NULL }];
        }
        return keyColumns(context, key, constraint)
          .filter((column) => !isSaid(context, target, column))
          .map((column) => ({
            message: `makes ${column} NOT NULL for the key, and reads all of ${shown(key)} for it while readers and writers wait`,
          }));
      }
      if (subtype !== "AT_SetNotNull" || isSaid(context, target, name)) return [];
      const column = table?.columns.get(name);
      const isEmpty = column !== undefined && context.isNew(column.madeBy) && !column.hasDefault;
      return [
        {
          message: isEmpty
            ? `${name} is new, so all rows of ${shown(key)} hold null there`
            : `reads all of ${shown(key)} to see that ${name} holds no null, while readers and writers wait`,
        },
      ];
    }),
  },
]);

const NOT_VALID_NOT_NULL = "ADD … NOT NULL … NOT VALID, and VALIDATE CONSTRAINT in a later release";

/** Whether a default gives each row its own value; null when nobody knows the function. */
function differsFor({ functions }: Model, expression: unknown): boolean | null {
  const differs = differsByRow(expression);
  if (differs !== null) return differs;
  // It calls what PostgreSQL does not have: an older file may declare it.
  for (const [name, part] of partsOf({ expression })) {
    if (name !== "FuncCall") continue;
    const called = lastOf(part.funcname);
    const isStable = functions.get(called)?.isStable ?? differsByRow({ FuncCall: part }) === false;
    if (!isStable) return null;
  }
  return false;
}

function isStoredAt(column: SqlNode | null, subtype: string): boolean {
  return (
    subtype === "AT_AddColumn" &&
    constraintsAt(column).some(
      ({ contype, generated_kind: kind }) => contype === "CONSTR_GENERATED" && kind !== "v",
    )
  );
}

/** Columns of an index that becomes a primary key. */
function keyColumns({ model }: LintContext, key: string, constraint: SqlNode | null): string[] {
  if (constraint?.contype !== "CONSTR_PRIMARY" || constraint.indexname === undefined) return [];
  return model.indexes.get(indexKey(key, constraint.indexname))?.columns ?? [];
}

/** Whether a column is known to hold no null, by itself or by a CHECK that this statement leaves there. */
function isSaid({ statement }: LintContext, { table }: ExistingTable, name: string): boolean {
  if (table?.columns.get(name)?.isNotNull === true) return true;
  // PostgreSQL drops first, in whatever order they are written.
  const dropped = alterationsOf(statement.node)
    .filter(({ subtype }) => subtype === "AT_DropConstraint")
    .map((alteration) => alteration.name);
  return [...(table?.constraints ?? [])].some(
    ([constraint, { isValid, notNull }]) =>
      isValid && notNull.includes(name) && !dropped.includes(constraint),
  );
}
