import type { SqlNode, Statement } from "../../sql/parseSql";
import { listOf, stringOf } from "../../sql/scope";
import { objectKey } from "../model";
import { type Key, keyOf, partsKey, partsOf, relationKey, shown } from "../names";
import { type LintContext, alterationsOf, defineRules, existingTable } from "../rule";
import { isBoundedChange } from "./data";

const LOCKING = "https://www.postgresql.org/docs/18/explicit-locking.html";

export const TRANSACTION_RULES = defineRules([
  {
    id: "several-tables-locked",
    level: "warning",
    title: "one transaction keeps several tables",
    why: "It holds the first lock while it waits for the next, so every reader or writer of all of them waits; and a service that takes them in another order deadlocks with it.",
    instead:
      "put each table into a migration of its own; between two of them a script outside a transaction ends the first one's",
    url: LOCKING,
    kinds: [
      ...["AlterTableStmt", "IndexStmt", "DropStmt", "RenameStmt", "AlterObjectSchemaStmt"],
      ...["CreateStmt", "CreateTrigStmt", "CreatePolicyStmt", "AlterPolicyStmt", "RuleStmt"],
      ...["TruncateStmt", "LockStmt"],
    ],
    find: ({ statement: { kind }, before, file, here: { held } }) => {
      const earlier = before
        .filter((one) => one.file === file)
        .flatMap((one) => [...one.held, ...newNames(one.statement)]);
      const isCreate = kind === "CreateStmt";
      // A foreign key has to lock two.
      const others = isCreate ? [...earlier, ...held.slice(0, 1)] : earlier;
      const added = held.filter((key) => !others.includes(key));
      if (others.length === 0 || added.length === 0) return [];
      const list = (keys: readonly string[]): string => listSome([...new Set(keys)].map(shown));
      const message = `locks ${list(added)} while it still holds ${list(others)}`;
      // Nobody reads or writes the new table, and the others' readers do not wait.
      return [isCreate ? { message, level: "note" } : { message }];
    },
  },
  {
    id: "slow-after-exclusive-lock",
    level: "warning",
    title: "slow work under an ACCESS EXCLUSIVE lock",
    why: "A lock is held until its transaction ends: readers and writers of the table wait for all that comes after it.",
    instead: "do the slow part in a migration of its own, outside a transaction, in batches",
    url: LOCKING,
    kinds: [
      "UpdateStmt",
      "DeleteStmt",
      "InsertStmt",
      "MergeStmt",
      "IndexStmt",
      "CreateTableAsStmt",
      "RefreshMatViewStmt",
      "AlterTableStmt",
    ],
    find: (context, node) => {
      if (!isSlow(context, node)) return [];
      const [first] = context.before.flatMap(({ exclusive }) => exclusive);
      return first === undefined
        ? []
        : [{ message: `works through rows while readers and writers of ${shown(first)} wait` }];
    },
  },
  {
    id: "enum-value-used-too-early",
    level: "error",
    title: "a new enum value is used in the transaction that adds it",
    why: "PostgreSQL refuses it: unsafe use of new value (55P04). Consecutive files run in one transaction, so a file of its own does not help.",
    instead: "use the value in a later release, or in a script that calls pgm.noTransaction()",
    url: "https://www.postgresql.org/docs/18/sql-altertype.html#SQL-ALTERTYPE-NOTES",
    kinds: [
      "UpdateStmt",
      "InsertStmt",
      "DeleteStmt",
      "SelectStmt",
      "MergeStmt",
      "AlterTableStmt",
      "CreateStmt",
      "IndexStmt",
      "ViewStmt",
      "CreateTableAsStmt",
      "CreateFunctionStmt",
    ],
    find: ({ before, statement, model }) => {
      const files = new Set(before.map(({ file }) => file.migration.file.name));
      const added = before.flatMap(({ statement: { kind, node } }) => {
        if (kind !== "AlterEnumStmt" || node.oldVal !== undefined) return [];
        // One that is made in the same transaction takes values at once.
        const madeBy = model.objects.get(objectKey("OBJECT_TYPE", partsOfType(node)));
        return madeBy !== undefined && files.has(madeBy) ? [] : [String(node.newVal)];
      });
      const used = added.find((value) => mentions(statement, value));
      return used === undefined
        ? []
        : [{ message: "uses a value that its own transaction adds to an enum" }];
    },
  },
]);

function listSome(names: readonly string[]): string {
  const more = names.length > 3 ? ` and ${names.length - 3} more` : "";
  return `${names.slice(0, 3).join(", ")}${more}`;
}

/** Whether it works through many rows, or through those of a table in use. */
function isSlow(context: LintContext, node: SqlNode): boolean {
  const { kind } = context.statement;
  const { held } = context.here;
  switch (kind) {
    case "InsertStmt": {
      const { SelectStmt } = (node.selectStmt ?? {}) as Record<string, SqlNode | undefined>;
      return SelectStmt?.fromClause !== undefined;
    }
    case "IndexStmt":
      return held.length > 0;
    case "AlterTableStmt":
      return alterationsOf(node).some(
        ({ subtype, name }) =>
          subtype === "AT_ValidateConstraint" && !isAddedHere(context, node, name),
      );
    case "UpdateStmt":
    case "DeleteStmt":
      return existingTable(context, node.relation) !== null && !isBoundedChange(node, node);
    case "MergeStmt":
      return existingTable(context, node.relation) !== null;
    default:
      return true;
  }
}

/** Said by validate-in-same-transaction. */
function isAddedHere({ model, before }: LintContext, { relation }: SqlNode, name: string): boolean {
  const constraint = model.tables.get(relationKey(relation))?.constraints.get(name);
  return before.some(({ file }) => file.migration.file.name === constraint?.madeBy);
}

function partsOfType({ typeName }: SqlNode): string {
  return partsKey(listOf(typeName).map(stringOf));
}

function mentions({ kind, node }: Statement, value: string): boolean {
  if (kind === "CreateFunctionStmt") return mentionsInBody(node, value);
  return hasText(node, value);
}

function hasText(tree: unknown, value: string): boolean {
  for (const [name, part] of partsOf({ tree })) {
    if (name === "sval" && part.sval === value) return true;
  }
  return false;
}

/** PostgreSQL reads an SQL function's body when it is made, others' when they run. */
function mentionsInBody({ options, sql_body: body }: SqlNode, value: string): boolean {
  if (body !== undefined && hasText(body, value)) return true;
  const text = JSON.stringify(options ?? []);
  return /"sval":"sql"/i.test(text) && text.includes(`'${value}'`);
}

/** A table that got another name, or schema, is the same one. */
function newNames({ kind, node }: Statement): Key[] {
  const { schemaname, relname } = (node.relation ?? {}) as SqlNode;
  const isTable = node.renameType === "OBJECT_TABLE" || node.objectType === "OBJECT_TABLE";
  if (!isTable) return [];
  if (kind === "RenameStmt") return [keyOf(schemaname, node.newname)];
  return kind === "AlterObjectSchemaStmt" ? [keyOf(node.newschema, relname)] : [];
}
