import type { SqlNode } from "../../sql/parseSql";
import { indexKey } from "../model";
import { objectParts, partsKey, relationKey, shown } from "../names";
import { type LintContext, existingTable, defineRules } from "../rule";

const BUILD =
  "https://www.postgresql.org/docs/18/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY";

const PARTITIONED =
  "https://www.postgresql.org/docs/18/ddl-partitioning.html#DDL-PARTITIONING-DECLARATIVE-MAINTENANCE";

const ON_ONLY =
  "CREATE INDEX … ON ONLY the partitioned table, CREATE INDEX CONCURRENTLY on each partition outside a transaction, then ALTER INDEX … ATTACH PARTITION each";
const NO_WAY =
  "an index of a partitioned table cannot be dropped concurrently: choose a quiet time and accept it with a comment";
const ONE_BY_ONE =
  "PostgreSQL runs the statements of one query, and a DO block, as one transaction: call pgm.sql once for each statement";

export const INDEX_RULES = defineRules([
  {
    id: "require-concurrent-index-creation",
    level: "error",
    title: "an index is built while writers wait",
    why: "CREATE INDEX holds a SHARE lock on the table until the index is built: every INSERT, UPDATE and DELETE of the service waits.",
    instead:
      "CREATE INDEX CONCURRENTLY, in a script of its own that calls pgm.noTransaction(): pgm.createIndex(table, columns, { concurrently: true })",
    url: BUILD,
    kinds: ["IndexStmt"],
    find: (context, node) => {
      if (node.concurrent === true) return [];
      const target = existingTable(context, node.relation);
      // Nobody writes a materialized view but REFRESH.
      if (target === null || target.table?.isView === true) return [];
      const { inh: isWithPartitions } = node.relation as SqlNode;
      const isPartitioned = target.table === null ? null : target.table.partitionKey !== null;
      // ON ONLY a partitioned table builds nothing.
      if (isWithPartitions !== true && isPartitioned !== false) return [];
      const message = `builds an index on ${shown(target.key)}, whose writers wait meanwhile`;
      return isPartitioned === true ? [{ message, remedy: ON_ONLY }] : [{ message }];
    },
  },
  {
    id: "require-concurrent-index-deletion",
    level: "error",
    title: "an index is dropped while readers and writers wait",
    why: "DROP INDEX takes an ACCESS EXCLUSIVE lock on the table: it waits for every query that runs there, and every later query waits behind it.",
    instead:
      "DROP INDEX CONCURRENTLY, in a script of its own that calls pgm.noTransaction(): pgm.dropIndex(table, columns, { concurrently: true })",
    url: "https://www.postgresql.org/docs/18/sql-dropindex.html",
    kinds: ["DropStmt"],
    find: ({ model, isNew }, node) => {
      if (node.removeType !== "OBJECT_INDEX" || node.concurrent === true) return [];
      return objectParts(node).flatMap((parts) => {
        const index = model.indexes.get(partsKey(parts));
        const table = index === undefined ? undefined : model.tables.get(index.table);
        if (table !== undefined && isNew(table.madeBy)) return [];
        const where = index === undefined ? "its table" : shown(index.table);
        const message = `drops the index ${parts.join(".")} while readers and writers of ${where} wait`;
        const isPartitioned = table !== undefined && table.partitionKey !== null;
        return [isPartitioned ? { message, remedy: NO_WAY } : { message }];
      });
    },
  },
  {
    id: "ban-concurrent-index-in-transaction",
    level: "error",
    title: "CONCURRENTLY, or VACUUM, inside a transaction",
    why: "PostgreSQL refuses it: cannot run inside a transaction block (25001). The release fails in migrate.",
    instead: "call pgm.noTransaction() first, in a script that holds nothing else",
    url: BUILD,
    kinds: ["IndexStmt", "DropStmt", "ReindexStmt", "AlterTableStmt", "VacuumStmt"],
    // What a .sql file cannot hold is said by needs-own-transaction.
    find: ({ file, isInTransaction, statement: { kind } }, node) => {
      if (!isInTransaction || file.migration.sections !== null) return [];
      // ANALYZE is the same statement to the parser, and may.
      const isVacuum = kind === "VacuumStmt" && node.is_vacuumcmd === true;
      const what = isVacuum ? "VACUUM" : isConcurrent(node) ? "CONCURRENTLY" : null;
      if (what === null) return [];
      const message = `runs ${what} inside a transaction, which PostgreSQL refuses`;
      return [file.usesTransaction ? { message } : { message, remedy: ONE_BY_ONE }];
    },
  },
  {
    id: "concurrent-index-on-partitioned-table",
    level: "error",
    title: "CONCURRENTLY on a partitioned table",
    why: "PostgreSQL refuses it: cannot create index on partitioned table concurrently (0A000). The release fails in migrate.",
    instead: ON_ONLY,
    url: PARTITIONED,
    kinds: ["IndexStmt", "DropStmt"],
    find: ({ model }, node) => {
      if (node.concurrent !== true) return [];
      const keys = [
        ...(node.relation === undefined ? [] : [relationKey(node.relation)]),
        ...objectParts(node).flatMap((parts) => model.indexes.get(partsKey(parts))?.table ?? []),
      ];
      return keys
        .filter((key) => (model.tables.get(key)?.partitionKey ?? null) !== null)
        .map((key) => ({ message: `${shown(key)} is partitioned, so CONCURRENTLY fails` }));
    },
  },
  {
    id: "concurrent-index-if-not-exists",
    level: "warning",
    title: "IF NOT EXISTS hides an index that failed to build",
    why: "A concurrent build that fails leaves an INVALID index of that name. IF NOT EXISTS then skips it, the migration counts as applied, and no query ever uses the index.",
    instead:
      "leave IF NOT EXISTS out, or put DROP INDEX CONCURRENTLY IF EXISTS of the same name before it; doctor finds INVALID indexes",
    url: BUILD,
    kinds: ["IndexStmt"],
    find: (context, node) =>
      node.concurrent === true && node.if_not_exists === true && !isDroppedBefore(context, node)
        ? [
            {
              message: `skips ${String(node.idxname)} also when a failed build has left it INVALID`,
            },
          ]
        : [],
  },
  {
    id: "unique-index-on-rows",
    level: "note",
    title: "a unique index on rows that are there",
    why: "Duplicates among them make the build fail; a concurrent one then leaves an INVALID index.",
    instead: "look for duplicates first; verify --rows tries it on rows",
    url: "https://atlasgo.io/lint/analyzers#MF101",
    kinds: ["IndexStmt"],
    find: (context, node) => {
      if (node.unique !== true) return [];
      const target = existingTable(context, node.relation);
      return target === null
        ? []
        : [
            {
              message: `fails when ${shown(target.key)} holds duplicates; the serving revision can write none from then on`,
            },
          ];
    },
  },
  {
    id: "wide-index",
    level: "note",
    title: "an index on more than three columns",
    why: "Each column makes every write dearer, and the later ones are seldom used to search. A unique index is a rule, not a search, and is not meant.",
    instead: "keep the columns that queries filter by first; INCLUDE the others",
    url: "https://github.com/ankane/strong_migrations#keeping-non-unique-indexes-to-three-columns-or-less",
    kinds: ["IndexStmt"],
    find: (_, { unique, indexParams }) =>
      unique !== true && Array.isArray(indexParams) && indexParams.length > 3
        ? [{ message: `has ${indexParams.length} columns` }]
        : [],
  },
]);

function isConcurrent(node: SqlNode): boolean {
  return /"concurrent":true|"defname":"concurrently"/.test(JSON.stringify(node));
}

/** Whether the file drops an index of that name before it builds it, which makes it safe to run again. */
export function isDroppedBefore({ earlier }: LintContext, node: SqlNode): boolean {
  const key = indexKey(relationKey(node.relation), node.idxname);
  return earlier.some(
    ({ kind, node: drop }) =>
      kind === "DropStmt" &&
      drop.removeType === "OBJECT_INDEX" &&
      drop.missing_ok === true &&
      objectParts(drop).some((parts) => partsKey(parts) === key),
  );
}
