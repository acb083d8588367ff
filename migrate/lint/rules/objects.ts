import type { SqlNode } from "../../sql/parseSql";
import { listOf, stringOf, textOf } from "../../sql/scope";
import { namedBy } from "../followName";
import { objectKey } from "../model";
import { type Key, objectParts, partsKey, relationKey, shown, typeText } from "../names";
import { type LintContext, type Problem, defineRules, existingTable } from "../rule";
import { columnsOfView } from "../viewColumns";

const EXPAND = "https://docs.gitlab.com/development/database/avoiding_downtime_in_migrations/";

/** About views, functions, types and sequences. */
export const OBJECT_RULES = defineRules([
  {
    id: "dropping-object-in-use",
    level: "error",
    title: "a view, function, type or sequence is dropped",
    why: "The revision that still serves may use it; dropped and made again in one transaction it is safe only when its name, arguments and columns stay.",
    instead:
      "CREATE OR REPLACE, or make the new one under another name; drop the old one in a later release, with a comment that says since when nothing uses it",
    url: EXPAND,
    kinds: ["DropStmt"],
    find: (context, node) => {
      const kind = String(node.removeType);
      const word = WORDS[kind];
      if (word === undefined) return [];
      return objectParts(node).flatMap((parts, index): Problem[] => {
        if (isOwn(context, kind, partsKey(parts))) return [];
        const dropped = listOf(node.objects)[index] ?? {};
        const again = madeAgain(context, kind, partsKey(parts), dropped);
        const what = `the ${word} ${parts.join(".")}`;
        if (again && kind === "OBJECT_VIEW") {
          const lost = lostColumns(context, partsKey(parts)).join(", ");
          return lost === ""
            ? []
            : [{ message: `drops ${what} and makes it again without ${lost}` }];
        }
        if (again && kind !== "OBJECT_MATVIEW") return [];
        return [
          {
            message: again
              ? `drops ${what} and builds it again, while its readers wait`
              : `drops ${what}, which the serving revision may use`,
          },
        ];
      });
    },
  },
  {
    id: "renaming-object",
    level: "error",
    title: "a type, function or sequence is renamed, or moved to another schema",
    why: "The revision that still serves knows the old name only.",
    instead:
      "make the new one beside it, use that from the next release on, and drop the old one releases later",
    url: EXPAND,
    kinds: ["RenameStmt", "AlterObjectSchemaStmt"],
    find: (context, node) => {
      const kind = String(node.renameType ?? node.objectType);
      const word = kind === "OBJECT_VIEW" || kind === "OBJECT_MATVIEW" ? undefined : WORDS[kind];
      if (word === undefined || kind === "OBJECT_EXTENSION") return [];
      const key =
        node.object === undefined ? relationKey(node.relation) : partsKey(namedBy(node.object));
      if (isOwn(context, kind, key)) return [];
      const to = textOf(node.newname) || `part of the schema ${textOf(node.newschema)}`;
      return [
        {
          message: `makes the ${word} ${shown(key)} ${to}; the serving revision knows the old name`,
        },
      ];
    },
  },
  {
    id: "require-concurrent-refresh",
    level: "error",
    title: "REFRESH MATERIALIZED VIEW without CONCURRENTLY",
    why: "It holds an ACCESS EXCLUSIVE lock while the query runs: readers of the view wait. WITH NO DATA leaves a view that no query may read.",
    instead:
      "REFRESH MATERIALIZED VIEW CONCURRENTLY, which needs a unique index on the view; best outside of migrations",
    url: "https://www.postgresql.org/docs/18/sql-refreshmaterializedview.html",
    kinds: ["RefreshMatViewStmt"],
    find: (context, { relation, concurrent, skipData }) => {
      const target = existingTable(context, relation);
      if (target === null || concurrent === true) return [];
      const name = shown(target.key);
      return [
        {
          message:
            skipData === true
              ? `leaves ${name} without data, so that queries of it fail`
              : `runs the query of ${name} while its readers wait`,
        },
      ];
    },
  },
  {
    id: "ban-alter-domain-with-add-constraint",
    level: "error",
    title: "a domain gets a constraint that old values have to satisfy",
    why: "PostgreSQL reads every table that uses the domain, while writers of all of them wait.",
    instead:
      "ALTER DOMAIN … ADD CONSTRAINT … NOT VALID holds for new values at once; VALIDATE keeps writers waiting, so choose a quiet time for it. A CHECK on each table does not",
    url: "https://www.postgresql.org/docs/18/sql-alterdomain.html",
    kinds: ["AlterDomainStmt"],
    find: (context, { subtype, typeName, def }) => {
      const key = partsKey(listOf(typeName).map(stringOf));
      if (isOwn(context, "OBJECT_DOMAIN", key)) return [];
      const { Constraint } = (def ?? {}) as Record<string, SqlNode | undefined>;
      // SET NOT NULL, ADD CONSTRAINT, VALIDATE CONSTRAINT.
      const reads =
        subtype === "O" ||
        subtype === "V" ||
        (subtype === "C" && Constraint?.skip_validation !== true);
      return reads
        ? [{ message: `reads every table that uses ${shown(key)} while their writers wait` }]
        : [];
    },
  },
]);

const WORDS: Readonly<Record<string, string>> = {
  OBJECT_VIEW: "view",
  OBJECT_MATVIEW: "materialized view",
  OBJECT_FUNCTION: "function",
  OBJECT_PROCEDURE: "procedure",
  OBJECT_ROUTINE: "routine",
  OBJECT_AGGREGATE: "aggregate",
  OBJECT_TYPE: "type",
  OBJECT_DOMAIN: "domain",
  OBJECT_SEQUENCE: "sequence",
  OBJECT_EXTENSION: "extension",
};

function isOwn({ model, isNew }: LintContext, kind: string, key: string): boolean {
  const kinds =
    kind === "OBJECT_ROUTINE"
      ? ["OBJECT_FUNCTION", "OBJECT_PROCEDURE", "OBJECT_AGGREGATE"]
      : [kind];
  return kinds.some((each) => {
    const madeBy = model.objects.get(objectKey(each, key));
    return madeBy !== undefined && isNew(madeBy);
  });
}

/** Whether the same transaction makes one of that name, and those arguments, again. */
function madeAgain(
  { file, later }: LintContext,
  kind: string,
  key: string,
  dropped: SqlNode,
): boolean {
  if (!file.usesTransaction) return false;
  return later().some(({ file: other, statement: { kind: made, node } }) => {
    if (other !== file) return false;
    if (made === "ViewStmt") return kind === "OBJECT_VIEW" && relationKey(node.view) === key;
    if (made === "CreateTableAsStmt") {
      return kind === "OBJECT_MATVIEW" && relationKey((node.into as SqlNode).rel) === key;
    }
    if (made !== "CreateFunctionStmt" || !/FUNCTION|PROCEDURE|ROUTINE/.test(kind)) return false;
    return (
      partsKey(listOf(node.funcname).map(stringOf)) === key && takesAsMuch(dropped, node.parameters)
    );
  });
}

/** Columns of a view that the file's next one of that name does not have. */
function lostColumns({ model, file, later }: LintContext, key: Key): string[] {
  const before = model.views.get(key) ?? [];
  const again = later().find(
    ({ file: other, statement: { kind, node } }) =>
      other === file && kind === "ViewStmt" && relationKey(node.view) === key,
  );
  const after = again === undefined ? null : columnsOfView(again.statement.node);
  return after === null ? [] : before.filter((column) => !after.includes(column));
}

/** Whether calls with the dropped one's arguments find the new one. */
function takesAsMuch({ ObjectWithArgs }: SqlNode, parameters: unknown): boolean {
  const { objargs, args_unspecified: isAny } = (ObjectWithArgs ?? {}) as SqlNode;
  if (isAny === true) return true;
  const types = listOf(parameters)
    .map(({ FunctionParameter }) => FunctionParameter as SqlNode)
    .filter(({ mode }) => mode !== "FUNC_PARAM_OUT" && mode !== "FUNC_PARAM_TABLE")
    .map(({ argType, defexpr }) => ({
      type: typeText(argType),
      isOptional: defexpr !== undefined,
    }));
  const old = listOf(objargs).map(({ TypeName }) => typeText(TypeName));
  return (
    old.every((type, index) => types[index]?.type === type) &&
    types.slice(old.length).every(({ isOptional }) => isOptional)
  );
}
