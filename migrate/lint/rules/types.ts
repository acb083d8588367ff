import { lastOf, listOf, stringOf, textOf } from "../../sql/scope";
import { objectKey } from "../model";
import { partsKey, partsOf, typeText } from "../names";
import { defineRules } from "../rule";

export const TYPE_RULES = defineRules([
  {
    id: "renaming-enum-value",
    level: "error",
    title: "an enum's value is renamed",
    why: "The revision that still serves writes and compares the old one.",
    instead: "add the new value, write it from the next release on, and leave the old one",
    url: "https://www.postgresql.org/docs/18/sql-altertype.html",
    kinds: ["AlterEnumStmt"],
    find: ({ model, isNew }, { typeName, oldVal }) => {
      const parts = listOf(typeName).map(stringOf);
      const madeBy = model.objects.get(objectKey("OBJECT_TYPE", partsKey(parts)));
      return oldVal === undefined || (madeBy !== undefined && isNew(madeBy))
        ? []
        : [
            {
              message: `renames a value of ${parts.join(".")}, which the serving revision knows by its old name`,
            },
          ];
    },
  },
  {
    id: "enum-type",
    level: "note",
    title: "an enum is made",
    why: "Values can be added, but never taken away or put into another order.",
    instead: "a table of values with a foreign key, or text with a CHECK",
    url: "https://www.postgresql.org/docs/18/datatype-enum.html#DATATYPE-ENUM-IMPLEMENTATION-DETAILS",
    kinds: ["CreateEnumStmt"],
    find: (_, { typeName }) => [{ message: `${lastOf(typeName)} cannot lose a value later` }],
  },
  {
    id: "prefer-jsonb",
    level: "warning",
    title: "a json column",
    why: "json has no equality: SELECT DISTINCT, UNION and GROUP BY over the row fail, also those of code that never names the column.",
    instead: "jsonb",
    url: "https://github.com/ankane/strong_migrations#adding-a-json-column",
    kinds: ["CreateStmt", "AlterTableStmt"],
    find: (_, node) => {
      const names: string[] = [];
      for (const [name, part] of partsOf(node)) {
        if (name === "ColumnDef" && /^json(\[\])?$/.test(typeText(part.typeName))) {
          names.push(textOf(part.colname) || "the column");
        }
      }
      return names.map((name) => ({ message: `${name} is json, which has no equality` }));
    },
  },
]);
