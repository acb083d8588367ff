import { objectKey } from "../model";
import { objectParts, partsKey, relationKey, shown } from "../names";
import { type LintContext, type Problem, alterationsOf, defineRules, existingTable } from "../rule";
import type { SqlNode } from "../../sql/parseSql";
import { listOf, textOf } from "../../sql/scope";

const EXPAND = "https://docs.gitlab.com/development/database/avoiding_downtime_in_migrations/";

export const TABLE_RULES = defineRules([
  {
    id: "ban-drop-table",
    level: "error",
    title: "a table is dropped",
    why: "The revision that still serves may use it, and its rows are gone.",
    instead:
      "first release code that does not use it; drop it in a later release, with a comment that says since when nothing uses it",
    url: EXPAND,
    kinds: ["DropStmt"],
    find: (context, node) =>
      node.removeType === "OBJECT_TABLE" || node.removeType === "OBJECT_FOREIGN_TABLE"
        ? droppedExisting(context, node).map((name) => ({
            message: `drops ${name}, which the serving revision may use, with all of its rows`,
          }))
        : [],
  },
  {
    id: "recreating-table",
    level: "error",
    title: "a table is dropped and made again in one file",
    why: "Its rows are gone, though the schema looks the same afterwards.",
    instead: "change the table with ALTER TABLE",
    url: "https://github.com/ankane/strong_migrations#creating-a-table-with-the-force-option",
    kinds: ["CreateStmt"],
    find: ({ earlier }, { relation }) => {
      const key = relationKey(relation);
      const isDropped = earlier.some(
        ({ kind, node }) =>
          kind === "DropStmt" &&
          node.removeType === "OBJECT_TABLE" &&
          objectParts(node).some((parts) => partsKey(parts) === key),
      );
      return isDropped ? [{ message: `makes ${shown(key)} anew after dropping it` }] : [];
    },
  },
  {
    id: "ban-drop-database",
    level: "error",
    title: "a schema or a database is dropped",
    why: "Everything in it is gone at once, and the serving revision with it.",
    instead: "drop what nothing uses any more one by one, releases after the code stopped using it",
    url: "https://squawkhq.com/docs/ban-drop-database",
    kinds: ["DropStmt", "DropdbStmt", "DropOwnedStmt"],
    find: ({ model, isNew, statement: { kind } }, node) => {
      if (kind !== "DropStmt") return [{ message: "drops everything in it" }];
      if (node.removeType !== "OBJECT_SCHEMA") return [];
      return objectParts(node).flatMap(([name = ""]) => {
        const madeBy = model.objects.get(objectKey("OBJECT_SCHEMA", name));
        const isOwn = madeBy !== undefined && isNew(madeBy);
        return isOwn ? [] : [{ message: `drops the schema ${name} with everything in it` }];
      });
    },
  },
  {
    id: "renaming-table",
    level: "error",
    title: "a table or view is renamed, or moved to another schema",
    why: "The revision that still serves knows the old name only.",
    instead:
      "CREATE VIEW under the new name, or rename and CREATE VIEW old AS SELECT * FROM new in the same transaction, until no serving revision uses the old name; then accept it with a comment",
    url: EXPAND,
    kinds: ["RenameStmt", "AlterObjectSchemaStmt"],
    find: (context, node) => {
      const type = String(node.renameType ?? node.objectType);
      if (type === "OBJECT_SCHEMA") return renamedSchema(context, node);
      if (!RENAMED.has(type)) return [];
      const target = existingTable(context, node.relation);
      if (target === null || isOwnObject(context, type, target.key)) return [];
      const to = textOf(node.newname) || `part of the schema ${textOf(node.newschema)}`;
      return [
        { message: `makes ${shown(target.key)} ${to}; the serving revision knows the old name` },
      ];
    },
  },
  {
    id: "truncating-table",
    level: "error",
    title: "a table is emptied",
    why: "Its rows are gone, while the serving revision reads them; and it waits for an ACCESS EXCLUSIVE lock.",
    instead: "DELETE in batches what nothing needs, or say in a comment why nothing reads the rows",
    url: "https://www.postgresql.org/docs/18/sql-truncate.html",
    kinds: ["TruncateStmt"],
    find: (context, { relations }) =>
      listOf(relations).flatMap(({ RangeVar }) => {
        const target = existingTable(context, RangeVar);
        return target === null ? [] : [{ message: `empties ${shown(target.key)}` }];
      }),
  },
  {
    id: "prefer-repack",
    level: "error",
    title: "VACUUM FULL or CLUSTER",
    why: "PostgreSQL writes the table anew under an ACCESS EXCLUSIVE lock: readers and writers wait.",
    instead: "pg_repack or pg_squeeze, outside of migrations; plain VACUUM keeps nobody waiting",
    url: "https://www.postgresql.org/docs/18/sql-vacuum.html",
    kinds: ["VacuumStmt", "ClusterStmt"],
    find: (context, node) => {
      const isCluster = context.statement.kind === "ClusterStmt";
      if (!isCluster && !isFull(node)) return [];
      if (node.relation === undefined && listOf(node.rels).length === 0) {
        return [{ message: "writes every table anew, one after the other" }];
      }
      if (isCluster) return rewritten(context, node.relation);
      return listOf(node.rels).flatMap(({ VacuumRelation }) =>
        rewritten(context, (VacuumRelation as SqlNode).relation),
      );
    },
  },
  {
    id: "rewriting-table",
    level: "error",
    title: "a table is written anew to store it otherwise",
    why: "SET LOGGED, SET UNLOGGED, SET TABLESPACE and SET ACCESS METHOD copy the table under an ACCESS EXCLUSIVE lock.",
    instead: "choose a time at which the table may be away, and accept it with a comment",
    url: "https://www.postgresql.org/docs/18/sql-altertable.html",
    kinds: ["AlterTableStmt", "AlterTableMoveAllStmt"],
    find: (context, node) => {
      if (context.statement.kind === "AlterTableMoveAllStmt") {
        return [{ message: "writes every table of the tablespace anew, one after the other" }];
      }
      const subtypes = alterationsOf(node).map(({ subtype }) => subtype);
      if (!subtypes.some((subtype) => REWRITERS.has(subtype))) return [];
      if (node.objtype !== "OBJECT_INDEX") return rewritten(context, node.relation);
      const index = context.model.indexes.get(relationKey(node.relation));
      const table = index === undefined ? undefined : context.model.tables.get(index.table);
      return table !== undefined && context.isNew(table.madeBy)
        ? []
        : [{ message: `copies ${shown(relationKey(node.relation))} while its table is locked` }];
    },
  },
  {
    id: "several-alter-table",
    level: "note",
    title: "one table is altered by several statements",
    why: "Each one waits for its lock again and, where it reads or writes the table, does so again.",
    instead: "write them as one ALTER TABLE, with commas between",
    url: "https://kaveland.no/eugene/hints/W12/",
    kinds: ["AlterTableStmt"],
    find: (context, node) => {
      const target = existingTable(context, node.relation);
      if (target === null || node.objtype !== "OBJECT_TABLE") return [];
      const last = context.before.findLast(({ file }) => file === context.file)?.statement;
      return last?.kind === "AlterTableStmt" && relationKey(last.node.relation) === target.key
        ? [{ message: `alters ${shown(target.key)} once more` }]
        : [];
    },
  },
]);

const RENAMED = new Set(["OBJECT_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW", "OBJECT_FOREIGN_TABLE"]);

const REWRITERS = new Set([
  "AT_SetLogged",
  "AT_SetUnLogged",
  "AT_SetTableSpace",
  "AT_SetAccessMethod",
]);

function isFull({ options }: SqlNode): boolean {
  return listOf(options).some(({ DefElem }) => {
    const { defname, arg } = DefElem as SqlNode;
    return defname === "full" && !/false|off|"ival":\{\}/i.test(JSON.stringify(arg ?? ""));
  });
}

/** Names of the dropped tables that may be in use. */
function droppedExisting(context: LintContext, node: SqlNode): string[] {
  return objectParts(node).flatMap((parts) => {
    const relation = { schemaname: parts.at(-2), relname: parts.at(-1) };
    return existingTable(context, relation) === null ? [] : [shown(partsKey(parts))];
  });
}

function isOwnObject({ model, isNew }: LintContext, kind: string, key: string): boolean {
  const madeBy = model.objects.get(objectKey(kind, key));
  return madeBy !== undefined && isNew(madeBy);
}

function renamedSchema({ model, isNew }: LintContext, node: SqlNode): Problem[] {
  const name = String(node.subname);
  const madeBy = model.objects.get(objectKey("OBJECT_SCHEMA", name));
  if (madeBy !== undefined && isNew(madeBy)) return [];
  return [{ message: `renames the schema ${name}; the serving revision knows the old name` }];
}

function rewritten(context: LintContext, relation: unknown): Problem[] {
  const target = existingTable(context, relation);
  return target === null
    ? []
    : [{ message: `writes all of ${shown(target.key)} anew while its readers and writers wait` }];
}
