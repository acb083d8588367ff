import type { SqlNode } from "../../sql/parseSql";
import { listOf, stringOf, textOf } from "../../sql/scope";
import { collationOf } from "../followTable";
import type { Column } from "../model";
import { shown, typeText } from "../names";
import { type ExistingTable, type LintContext, defineRules, onAlteration } from "../rule";
import { keepsValues } from "../typeChange";

const NOTES = "https://www.postgresql.org/docs/18/sql-altertable.html#SQL-ALTERTABLE-NOTES";

export const COLUMN_TYPE_RULES = defineRules([
  {
    id: "changing-column-type",
    level: "error",
    title: "a column's type is changed",
    why: "Unless the old values stay as they are, PostgreSQL writes the table and its indexes anew while readers and writers wait; and the serving revision's queries may not fit the new type.",
    instead:
      "add a column of the new type, write both, fill the old rows in batches, read the new one, and drop the old one releases later. Longer varchar, varchar to text, and more digits before the point of a numeric need none of it",
    url: NOTES,
    ...onAlteration(({ subtype, name, column }, { key, table }, context) => {
      if (subtype !== "AT_AlterColumnType" || column === null) return [];
      const old = table?.columns.get(name);
      const to = typeText(column.typeName);
      if (old !== undefined && isKept(context, old, name, column)) return [];
      const what = `${name} of ${shown(key)}`;
      if (old === undefined) {
        const message = `changes ${what} to ${to}; no file tells its old type, so it may write the table anew`;
        return [{ message }];
      }
      const isZoned = old.type.startsWith("timestamp") && to === "timestamptz";
      const unless = isZoned && column.raw_default === undefined ? UNLESS_UTC : "";
      return [
        {
          message: `changes ${what} from ${old.type} to ${to}, which writes the table anew${unless}`,
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
    ...onAlteration(({ subtype, name, column }, { key, table }, context) => {
      const old = table?.columns.get(name);
      if (subtype !== "AT_AlterColumnType" || column === null || old === undefined) return [];
      const isChecked = [...(table?.constraints.values() ?? [])].some(
        ({ kind, columns, isValid }) => kind === "check" && isValid && columns.includes(name),
      );
      return isChecked && isKept(context, old, name, column)
        ? [{ message: `checks every row of ${shown(key)} again, for ${name} has a CHECK` }]
        : [];
    }),
  },
  {
    id: "changing-type-of-indexed-column",
    level: "error",
    title: "the type of a column is changed that an index computes with",
    why: "PostgreSQL keeps plain indexes where no value changes, but builds those with an expression or a condition on the column, and all of it when the collation changes, while readers and writers wait.",
    instead:
      "drop the index CONCURRENTLY, change the type, and build it again CONCURRENTLY, each in a migration of its own",
    url: NOTES,
    ...onAlteration(({ subtype, name, column }, target, context) => {
      const old = target.table?.columns.get(name);
      if (subtype !== "AT_AlterColumnType" || column === null || old === undefined) return [];
      if (!isKept(context, old, name, column)) return [];
      return isRebuilt(context, target, name, column)
        ? [{ message: `builds an index of ${shown(target.key)} on ${name} anew` }]
        : [];
    }),
  },
]);

const UNLESS_UTC = " unless the session's TimeZone is UTC: SET LOCAL TIME ZONE 'UTC' before it";

/** Whether the rows stay as they are. */
function isKept(
  { earlier }: LintContext,
  { type: from }: Column,
  name: string,
  column: SqlNode,
): boolean {
  const to = typeText(column.typeName);
  if (column.raw_default !== undefined && !isPlainCast(column.raw_default, name, to)) return false;
  const zones = earlier.filter(
    ({ kind, node }) =>
      kind === "VariableSetStmt" && textOf(node.name).toLowerCase() === "timezone",
  );
  return keepsValues({ from, to, isUtc: isUtc(zones.at(-1)?.node) });
}

function isUtc(set: SqlNode | undefined): boolean {
  const [value] = listOf(set?.args);
  const { sval } = (value?.A_Const ?? {}) as { sval?: SqlNode };
  return /^(utc|etc\/utc|gmt)$/i.test(textOf(sval?.sval));
}

/** `USING a::text`, which says what happens anyway, or `USING a`. */
function isPlainCast(expression: unknown, name: string, to: string): boolean {
  const { TypeCast, ColumnRef } = expression as Record<string, SqlNode | undefined>;
  if (ColumnRef !== undefined) return stringOf(listOf(ColumnRef.fields).at(-1) ?? {}) === name;
  if (TypeCast === undefined || typeText(TypeCast.typeName) !== to) return false;
  return isPlainCast(TypeCast.arg, name, to);
}

function isRebuilt(
  { model }: LintContext,
  { key, table }: ExistingTable,
  name: string,
  column: SqlNode,
): boolean {
  const old = table?.columns.get(name);
  const isCollated = old !== undefined && old.collation !== collationOf(column);
  // timestamp and timestamptz sort alike, but by different operators.
  const isZoned =
    /^timestamp\b/.test(old?.type ?? "") && typeText(column.typeName) === "timestamptz";
  const isAll = isCollated || isZoned;
  const keys = [...(table?.constraints.values() ?? [])].filter(
    ({ kind }) => kind === "primary" || kind === "unique",
  );
  const indexes = [...model.indexes.values()].filter((index) => index.table === key);
  return (
    indexes.some(({ computedFrom }) => computedFrom.includes(name)) ||
    (isAll && [...indexes, ...keys].some(({ columns }) => columns.includes(name)))
  );
}
