import { relationKey, shown } from "../names";
import {
  type Earlier,
  type Problem,
  alterationsOf,
  alterationsOfExisting,
  constraintsAt,
  onAlteration,
  defineRules,
} from "../rule";

const NOTES =
  "https://www.postgresql.org/docs/18/sql-altertable.html#SQL-ALTERTABLE-DESC-ADD-TABLE-CONSTRAINT";

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
    ...onAlteration(({ subtype, constraint, column }, { key }, { model, isNew }) => {
      const whole = subtype === "AT_AddConstraint" && constraint?.contype === "CONSTR_FOREIGN";
      const inline = constraintsAt(column).find(({ contype }) => contype === "CONSTR_FOREIGN");
      const foreign = whole ? constraint : subtype === "AT_AddColumn" ? inline : undefined;
      if (foreign == null || foreign.skip_validation === true) return [];
      const other = relationKey(foreign.pktable);
      const referenced = model.tables.get(other);
      const both =
        referenced !== undefined && isNew(referenced.madeBy)
          ? shown(key)
          : `${shown(key)} and ${shown(other)}`;
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
      const key = relationKey(node.relation);
      const found = alterationsOfExisting(context, node);
      return (found?.alterations ?? [])
        .filter(({ subtype }) => subtype === "AT_ValidateConstraint")
        .filter(({ name }) => context.before.some((earlier) => adds(earlier, key, name)))
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
      const constraint = table?.constraints.get(name);
      return subtype === "AT_DropConstraint" &&
        constraint?.kind === "foreign" &&
        !isNew(constraint.madeBy)
        ? [{ message: `drops the foreign key ${name} of ${shown(key)}` }]
        : [];
    }),
  },
  {
    id: "attaching-partition-without-check",
    level: "error",
    title: "a partition is attached without a CHECK that says what its bounds say",
    why: "PostgreSQL reads all of it under an ACCESS EXCLUSIVE lock on it.",
    instead:
      "ADD CONSTRAINT … CHECK (the bounds) NOT VALID on the table, VALIDATE it in a later release, then ATTACH: nothing is read, and the CHECK can go",
    url: "https://www.postgresql.org/docs/18/ddl-partitioning.html#DDL-PARTITIONING-DECLARATIVE-MAINTENANCE",
    kinds: ["AlterTableStmt"],
    find: ({ model, isNew }, node) =>
      alterationsOf(node).flatMap(({ subtype, command }) => {
        if (subtype !== "AT_AttachPartition") return [];
        const { PartitionCmd } = command.def as { PartitionCmd: { name: unknown } };
        const key = relationKey(PartitionCmd.name);
        const table = model.tables.get(key);
        const isEmpty = table !== undefined && isNew(table.madeBy);
        const isSaid = [...(table?.constraints.values() ?? [])].some(
          ({ kind, isValid }) => kind === "check" && isValid,
        );
        return isEmpty || isSaid
          ? []
          : [{ message: `reads all of ${shown(key)} while its readers and writers wait` }];
      }),
  },
]);

const BUILT = new Set(["CONSTR_UNIQUE", "CONSTR_PRIMARY", "CONSTR_EXCLUSION"]);

function adds({ statement: { kind, node } }: Earlier, key: string, name: string): boolean {
  return (
    kind === "AlterTableStmt" &&
    relationKey(node.relation) === key &&
    alterationsOf(node).some(
      (alteration) => alteration.subtype === "AT_AddConstraint" && alteration.name === name,
    )
  );
}
