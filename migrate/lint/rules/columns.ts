import { locksOfAlterTable } from "../../sql/locks/alterTable";
import type { SqlNode } from "../../sql/parseSql";
import { relationKey, shown, typeText } from "../names";
import { constraintsAt, existingTable, onAlteration, defineRules } from "../rule";
import { keepsValues } from "../typeChange";

const NOTES = "https://www.postgresql.org/docs/18/sql-altertable.html#SQL-ALTERTABLE-NOTES";
const EXPAND = "https://docs.gitlab.com/development/database/avoiding_downtime_in_migrations/";

/** Whether adding a column writes every row: a value of its own for each. */
function rewritesFor(column: SqlNode, wanted: (types: string[], type: string) => boolean): boolean {
  const types = constraintsAt(column).map(({ contype }) => String(contype));
  if (!wanted(types, typeText(column.typeName))) return false;
  const [lock] = locksOfAlterTable({
    relation: { relname: "t" },
    objtype: "OBJECT_TABLE",
    cmds: [{ AlterTableCmd: { subtype: "AT_AddColumn", def: { ColumnDef: column } } }],
  });
  return lock?.rewrites !== false;
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
    ...onAlteration(({ subtype, column, name }, { key }) =>
      subtype === "AT_AddColumn" &&
      column !== null &&
      rewritesFor(
        column,
        (types, type) => types.includes("CONSTR_DEFAULT") && !isSerial(types, type),
      )
        ? [{ message: `writes all of ${shown(key)} anew to give ${name} its values` }]
        : [],
    ),
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
      (subtype === "AT_AddColumn" &&
        column !== null &&
        rewritesFor(column, (types) => types.includes("CONSTR_GENERATED"))) ||
      subtype === "AT_SetExpression"
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
      subtype === "AT_AddColumn" && column !== null && rewritesFor(column, isSerial)
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
      const types = constraintsAt(column).map(({ contype }) => contype);
      const isRequired = types.includes("CONSTR_NOTNULL") || types.includes("CONSTR_PRIMARY");
      const isGiven = types.some((type) =>
        ["CONSTR_DEFAULT", "CONSTR_IDENTITY", "CONSTR_GENERATED"].includes(String(type)),
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
    ...onAlteration(({ subtype, name, constraint }, { key, table }, { isNew }) => {
      const column = table?.columns.get(name);
      if (subtype === "AT_AddConstraint") {
        return constraint?.contype === "CONSTR_NOTNULL" && constraint.skip_validation !== true
          ? [
              {
                message: `reads all of ${shown(key)} while readers and writers wait`,
                remedy: NOT_VALID_NOT_NULL,
              },
            ]
          : [];
      }
      if (subtype !== "AT_SetNotNull" || column?.isNotNull === true) return [];
      const isSaid = [...(table?.constraints.values() ?? [])].some(
        ({ isValid, notNull }) => isValid && notNull.includes(name),
      );
      if (isSaid) return [];
      const isFresh = column !== undefined && isNew(column.madeBy);
      const message = isFresh
        ? `${name} is new, so all rows of ${shown(key)} hold null there`
        : `reads all of ${shown(key)} to see that ${name} holds no null, while readers and writers wait`;
      return [{ message }];
    }),
  },
  {
    id: "changing-column-type",
    level: "error",
    title: "a column's type is changed",
    why: "Unless the old values stay as they are, PostgreSQL writes the table and its indexes anew while readers and writers wait; and the serving revision's queries may not fit the new type.",
    instead:
      "add a column of the new type, write both, fill the old rows in batches, read the new one, and drop the old one releases later. Longer varchar, varchar to text, and more digits before the point of a numeric need none of it",
    url: NOTES,
    ...onAlteration(({ subtype, name, column }, { key, table }, { isNew }) => {
      if (subtype !== "AT_AlterColumnType" || column === null) return [];
      const old = table?.columns.get(name);
      if (old !== undefined && isNew(old.madeBy)) return [];
      const type = typeText(column.typeName);
      if (old !== undefined && keepsValues(old.type, type) && column.raw_default === undefined) {
        return [];
      }
      const from = old === undefined ? "" : ` from ${old.type}`;
      return [
        {
          message: `changes ${name} of ${shown(key)}${from} to ${type}, which writes the table anew`,
        },
      ];
    }),
  },
  {
    id: "changing-type-of-checked-column",
    level: "error",
    title: "the type of a column with a CHECK is changed",
    why: "Even where no value changes, PostgreSQL checks every row against the CHECK again, while readers and writers wait.",
    instead:
      "drop the CHECK, change the type, add the CHECK again NOT VALID, and VALIDATE it in a later release",
    url: "https://github.com/ankane/strong_migrations#changing-the-type-of-a-column",
    ...onAlteration(({ subtype, name, column }, { key, table }) => {
      if (subtype !== "AT_AlterColumnType") return [];
      const old = table?.columns.get(name);
      const isChecked = [...(table?.constraints.values() ?? [])].some(
        ({ kind, columns }) => kind === "check" && columns.includes(name),
      );
      return isChecked && old !== undefined && keepsValues(old.type, typeText(column?.typeName))
        ? [{ message: `checks every row of ${shown(key)} again, for ${name} has a CHECK` }]
        : [];
    }),
  },
  {
    id: "ban-drop-column",
    level: "error",
    title: "a column is dropped",
    why: "The revision that still serves reads and writes it, and its values are gone.",
    instead:
      "first release code that does not use it; drop it in a later release, with a comment that says since when nothing uses it",
    url: EXPAND,
    ...onAlteration(({ subtype, name }, { key, table }, { isNew }) => {
      if (subtype !== "AT_DropColumn") return [];
      const column = table?.columns.get(name);
      return column !== undefined && isNew(column.madeBy)
        ? []
        : [{ message: `drops ${name} of ${shown(key)}, which the serving revision may use` }];
    }),
  },
  {
    id: "renaming-column",
    level: "error",
    title: "a column is renamed",
    why: "The revision that still serves knows the old name only.",
    instead:
      "add a column of the new name, write both, fill the old rows in batches, read the new one, and drop the old one releases later",
    url: EXPAND,
    kinds: ["RenameStmt"],
    find: (context, { renameType, relationType, relation, subname, newname }) => {
      if (renameType !== "OBJECT_COLUMN" && renameType !== "OBJECT_ATTRIBUTE") return [];
      const target = relationType === "OBJECT_TABLE" ? existingTable(context, relation) : null;
      if (relationType === "OBJECT_TABLE" && target === null) return [];
      const column = target?.table?.columns.get(String(subname));
      if (column !== undefined && context.isNew(column.madeBy)) return [];
      const where = shown(relationKey(relation));
      return [
        {
          message: `renames ${String(subname)} of ${where} to ${String(newname)}; the serving revision knows the old name`,
        },
      ];
    },
  },
  {
    id: "ban-drop-not-null",
    level: "warning",
    title: "NOT NULL is taken off",
    why: "Code that reads the column, of the serving revision too, may not expect null.",
    instead: "release code that can read null first, then accept this with a comment",
    url: "https://squawkhq.com/docs/ban-drop-not-null",
    ...onAlteration(({ subtype, name }, { key, table }, { isNew }) => {
      const column = table?.columns.get(name);
      return subtype === "AT_DropNotNull" && !(column !== undefined && isNew(column.madeBy))
        ? [{ message: `lets ${name} of ${shown(key)} hold null, which its readers may not expect` }]
        : [];
    }),
  },
  {
    id: "dropping-default",
    level: "warning",
    title: "the default of a NOT NULL column is dropped",
    why: "INSERTs of the serving revision that leave the column out then fail.",
    instead: "release code that always names the column first, then accept this with a comment",
    url: EXPAND,
    ...onAlteration(({ subtype, name, command }, { key, table }, { isNew }) => {
      const column = table?.columns.get(name);
      const isDrop = subtype === "AT_ColumnDefault" && command.def === undefined;
      return (isDrop || subtype === "AT_DropIdentity") &&
        column?.isNotNull === true &&
        !isNew(column.madeBy)
        ? [{ message: `INSERTs into ${shown(key)} that leave ${name} out fail from now on` }]
        : [];
    }),
  },
]);

const NOT_VALID_NOT_NULL = "ADD … NOT NULL … NOT VALID, and VALIDATE CONSTRAINT in a later release";
