import { objectKey } from "../model";
import { relationKey, shown } from "../names";
import { defineRules, existingTable, onAlteration } from "../rule";

const EXPAND = "https://docs.gitlab.com/development/database/avoiding_downtime_in_migrations/";

/** About columns that the serving revision uses. */
export const COLUMN_USE_RULES = defineRules([
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
      const view = context.model.objects.get(objectKey("OBJECT_VIEW", relationKey(relation)));
      if (view !== undefined && context.isNew(view)) return [];
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
      if (!(isDrop || subtype === "AT_DropIdentity") || column?.isNotNull !== true) return [];
      if (!isNew(column.madeBy)) {
        return [{ message: `INSERTs into ${shown(key)} that leave ${name} out fail from now on` }];
      }
      const message = `the serving revision does not know ${name}, so its INSERTs into ${shown(key)} fail from now on`;
      return [{ message, level: "error" }];
    }),
  },
]);
