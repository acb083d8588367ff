import type { SqlNode } from "../../sql/parseSql";
import { listOf, stringOf } from "../../sql/scope";
import { type ConstraintKind, kindOf } from "../model";
import { columnsIn, relationKey, shown } from "../names";
import {
  type Problem,
  alterationsOf,
  alterationsOfExisting,
  constraintsAt,
  onAlteration,
  defineRules,
} from "../rule";

const NOTES =
  "https://www.postgresql.org/docs/18/sql-altertable.html#SQL-ALTERTABLE-DESC-ADD-TABLE-CONSTRAINT";

const EXPAND = "https://docs.gitlab.com/development/database/avoiding_downtime_in_migrations/";

export const CONSTRAINT_RULES = defineRules([
  {
    id: "constraint-missing-not-valid",
    level: "error",
    title: "a CHECK is added without NOT VALID",
    why: "PostgreSQL checks every row under an ACCESS EXCLUSIVE lock: readers and writers wait.",
    instead:
      "ADD CONSTRAINT … NOT VALID holds for new rows at once; VALIDATE CONSTRAINT the old ones in a later release, or in a script outside a transaction",
    url: NOTES,
    ...onAlteration(({ subtype, constraint, column, name }, { key }) => {
      const isWhole = subtype === "AT_AddConstraint" && constraint?.contype === "CONSTR_CHECK";
      const isInline =
        subtype === "AT_AddColumn" &&
        constraintsAt(column).some(({ contype }) => contype === "CONSTR_CHECK");
      return (isWhole && constraint.skip_validation !== true) || isInline
        ? [
            {
              message: `checks every row of ${shown(key)} for ${name || "the CHECK"} while readers and writers wait`,
            },
          ]
        : [];
    }),
  },
  {
    id: "adding-foreign-key-constraint",
    level: "error",
    title: "a foreign key is added without NOT VALID",
    why: "PostgreSQL looks up every row while writers of both tables wait.",
    instead:
      "ADD CONSTRAINT … FOREIGN KEY … NOT VALID holds for new rows at once; VALIDATE CONSTRAINT the old ones in a later release, or in a script outside a transaction",
    url: NOTES,
    ...onAlteration(({ subtype, constraint, column, command }, { key }, { model, isNew }) => {
      const whole = subtype === "AT_AddConstraint" && constraint?.contype === "CONSTR_FOREIGN";
      const inline = constraintsAt(column).find(({ contype }) => contype === "CONSTR_FOREIGN");
      const foreign = whole ? constraint : subtype === "AT_AddColumn" ? inline : undefined;
      if (isEnforced(command)) {
        return [{ message: `looks up every row while readers and writers of ${shown(key)} wait` }];
      }
      if (foreign == null || foreign.skip_validation === true) return [];
      const other = relationKey(foreign.pktable);
      const referenced = model.tables.get(other);
      const both =
        referenced !== undefined && isNew(referenced.madeBy)
          ? shown(key)
          : `${shown(key)} and ${shown(other)}`;
      const isNull = constraintsAt(column).every(({ contype }) => contype !== "CONSTR_DEFAULT");
      if (!whole && isNull) {
        // The new column is null in every row, which PostgreSQL knows: it reads none.
        const message = `keeps writers of ${both} waiting for a moment; no row is read, for the column is new`;
        return [{ message, level: "note" }];
      }
      return [{ message: `looks up every row while writers of ${both} wait` }];
    }),
  },
  {
    id: "validate-in-same-transaction",
    level: "error",
    title: "VALIDATE in the transaction that adds the constraint",
    why: "The lock of ADD CONSTRAINT is held until the transaction ends, so the reading that NOT VALID had put off happens under it. Consecutive files run in one transaction.",
    instead:
      "VALIDATE CONSTRAINT in a later release, or in a script that calls pgm.noTransaction(), which ends the transaction before it",
    url: NOTES,
    kinds: ["AlterTableStmt"],
    find: (context, node) => {
      const found = alterationsOfExisting(context, node);
      const files = new Set(context.before.map(({ file }) => file.migration.file.name));
      return (found?.alterations ?? [])
        .filter(({ subtype }) => subtype === "AT_ValidateConstraint")
        .filter(({ name }) => {
          const added = found?.target.table?.constraints.get(name);
          const isHere = added !== undefined && files.has(added.madeBy);
          // Of a script outside a transaction, only some statements are in this one.
          return isHere && context.before.some((one) => one.held.includes(found?.target.key ?? ""));
        })
        .map(({ name }): Problem => ({
          message: `validates ${name} in the transaction that adds it, and so under its lock`,
        }));
    },
  },
  {
    id: "disallowed-unique-constraint",
    level: "error",
    title: "UNIQUE, PRIMARY KEY or EXCLUDE is added without an index that is there",
    why: "PostgreSQL builds its index under an ACCESS EXCLUSIVE lock: readers and writers wait.",
    instead:
      "CREATE UNIQUE INDEX CONCURRENTLY in a script of its own, then ADD CONSTRAINT … UNIQUE USING INDEX. For EXCLUDE there is no such way: choose a quiet time and accept it with a comment",
    url: NOTES,
    ...onAlteration(({ subtype, constraint, column }, { key }) => {
      const isWhole =
        subtype === "AT_AddConstraint" &&
        BUILT.has(String(constraint?.contype)) &&
        constraint?.indexname === undefined;
      const isInline =
        subtype === "AT_AddColumn" &&
        constraintsAt(column).some(({ contype }) => BUILT.has(String(contype)));
      return isWhole || isInline
        ? [{ message: `builds an index on ${shown(key)} while its readers and writers wait` }]
        : [];
    }),
  },
  {
    id: "dropping-foreign-key",
    level: "warning",
    title: "a foreign key is dropped",
    why: "From then on nothing keeps rows that refer to nothing out, and no later check says so.",
    instead: "say in a comment what keeps the rows together instead, and accept it",
    url: "https://atlasgo.io/lint/analyzers#CD101",
    ...onAlteration(({ subtype, name }, { key, table }, { isNew }) => {
      if (subtype !== "AT_DropConstraint") return [];
      const constraint = table?.constraints.get(name);
      // No file has made it: its name tells.
      const isForeign =
        constraint === undefined ? /(^|_)fk(ey)?(_|$)/.test(name) : constraint.kind === "foreign";
      return isForeign && !(constraint !== undefined && isNew(constraint.madeBy))
        ? [{ message: `drops the foreign key ${name} of ${shown(key)}` }]
        : [];
    }),
  },
  {
    id: "dropping-unique-constraint",
    level: "warning",
    title: "a unique constraint or primary key is dropped",
    why: "From then on nothing keeps duplicates out; and INSERT … ON CONFLICT of the serving revision fails, for it finds no constraint for its columns.",
    instead:
      "release code that does not need it first; where another one takes its place, add that with USING INDEX in the same statement",
    url: "https://www.postgresql.org/docs/18/sql-insert.html#SQL-ON-CONFLICT",
    ...onAlteration(({ subtype, name }, { key, table }, { isNew, statement, later, file }) => {
      const constraint = table?.constraints.get(name);
      if (subtype !== "AT_DropConstraint" || constraint === undefined) return [];
      if (constraint.kind !== "unique" && constraint.kind !== "primary") return [];
      const rest = later().filter((one) => one.file === file);
      const isReplaced = [statement, ...rest.map((one) => one.statement)].some(
        ({ kind, node }) =>
          kind === "AlterTableStmt" &&
          relationKey(node.relation) === key &&
          alterationsOf(node).some(({ constraint: added }) => BUILT.has(String(added?.contype))),
      );
      return isNew(constraint.madeBy) || isReplaced
        ? []
        : [{ message: `drops ${name}, which keeps duplicates out of ${shown(key)}` }];
    }),
  },
  {
    id: "new-constraint-on-old-code",
    level: "note",
    title: "a constraint that the serving revision may not keep to",
    why: "NOT VALID spares the old rows only: each new row has to satisfy it at once, also those that the serving revision writes.",
    instead:
      "see that the serving revision writes no such rows; else release code that does not first",
    url: EXPAND,
    ...onAlteration(({ subtype, constraint, name }, { key, table }, { isNew }) => {
      if (subtype !== "AT_AddConstraint" || constraint === null) return [];
      const kind = kindOf(constraint);
      if (kind === null || NARROWING[kind] === undefined) return [];
      const columns = columnsOf(constraint);
      const known = columns.flatMap((column) => table?.columns.get(column) ?? []);
      // The serving revision writes nothing into what it does not know.
      if (
        columns.length > 0 &&
        known.length === columns.length &&
        known.every((column) => isNew(column.madeBy))
      ) {
        return [];
      }
      return [
        {
          message: `${name || "the constraint"} holds for what the serving revision writes into ${shown(key)}, too`,
        },
      ];
    }),
  },
]);

const BUILT = new Set(["CONSTR_UNIQUE", "CONSTR_PRIMARY", "CONSTR_EXCLUSION"]);

const NARROWING: Readonly<Partial<Record<ConstraintKind, true>>> = {
  ...{ check: true, foreign: true, "not null": true, unique: true, exclude: true },
};

function columnsOf(constraint: SqlNode): string[] {
  const named = listOf(constraint.fk_attrs ?? constraint.keys).map(stringOf);
  return named.length > 0 ? named : columnsIn(constraint.raw_expr);
}

/** `ALTER CONSTRAINT … ENFORCED`, which looks at the rows that were written meanwhile. */
function isEnforced({ subtype, def }: SqlNode): boolean {
  const { ATAlterConstraint } = (def ?? {}) as Record<string, SqlNode | undefined>;
  return subtype === "AT_AlterConstraint" && ATAlterConstraint?.is_enforced === true;
}
