import type { SqlNode } from "../sql/parseSql";
import { textOf } from "../sql/scope";
import { relationKey } from "../lint/names";
import { type Change, isSameId } from "./change";
import {
  type Steps,
  type Surroundings,
  alone,
  asIs,
  helperName,
  inTransaction,
  quoted,
} from "./step";

interface Target {
  /** As it is written. */
  table: string;
  schema: string;
  key: string;
}

/** A constraint of a table that is used: first for new rows, then, without a lock that matters, for the old ones. */
export function stepsOfConstraint(
  change: Change,
  constraint: SqlNode,
  target: Target,
  around: Surroundings,
): Steps {
  const name = textOf(constraint.conname);
  const place = { on: `TABLE ${target.table}`, name };
  switch (constraint.contype) {
    case "CONSTR_CHECK":
      return { ...asIs(change), steps: notValid(change, constraint, place) };
    case "CONSTR_FOREIGN": {
      const refersTo = relationKey(constraint.pktable);
      const isPartitioned = around.partitioned.has(target.key);
      const steps = isPartitioned ? asIs(change).steps : notValid(change, constraint, place);
      return { ...asIs(change), steps, refersTo };
    }
    case "CONSTR_UNIQUE":
    case "CONSTR_PRIMARY":
      return stepsOfKey(change, name, target, around);
    default:
      return asIs(change);
  }
}

/**
 * For new rows first, for the others later.
 * Source: https://www.postgresql.org/docs/18/sql-altertable.html#SQL-ALTERTABLE-NOTES
 */
export function notValid(
  change: Change,
  constraint: SqlNode,
  { on, name }: { on: string; name: string },
): Steps["steps"] {
  if (constraint.skip_validation === true) return asIs(change).steps;
  return [
    inTransaction(`${change.sql} NOT VALID`),
    alone(`ALTER ${on} VALIDATE CONSTRAINT ${quoted(name)}`),
  ];
}

// As pg_get_constraintdef writes it.
const KEY =
  /ADD CONSTRAINT .*? (UNIQUE|PRIMARY KEY)( NULLS NOT DISTINCT)? (\([^()]*\))( INCLUDE \([^()]*\))?( WITH \(.*\))?( DEFERRABLE.*)?$/;

/** Its index is built first, while everybody goes on. */
function stepsOfKey(
  change: Change,
  name: string,
  { table, schema, key }: Target,
  around: Surroundings,
): Steps {
  const parts = KEY.exec(change.sql);
  const isPartitioned = around.partitioned.has(key);
  if (parts === null || isPartitioned || parts[3]?.includes("WITHOUT OVERLAPS") === true) {
    return { ...asIs(change), uniqueOn: key };
  }
  const [, kind = "", nulls = "", columns = "", include = "", options = "", deferrable = ""] =
    parts;
  const dropped = around.changes.find(({ destroys }) =>
    destroys.some((id) => change.produces.some((other) => isSameId(id, other))),
  );
  // The old one serves until the new one is there; with the constraint the index gets its name.
  const index = dropped === undefined ? name : helperName(name, "new");
  const build = `CREATE UNIQUE INDEX CONCURRENTLY ${quoted(index)} ON ${table} ${columns}${include}${nulls}${options}`;
  return {
    change,
    steps: [
      alone(`DROP INDEX CONCURRENTLY IF EXISTS ${quoted(schema, index)}`),
      alone(build),
      ...(dropped === undefined ? [] : [inTransaction(dropped.sql)]),
      inTransaction(
        `ALTER TABLE ${table} ADD CONSTRAINT ${quoted(name)} ${kind} USING INDEX ${quoted(index)}${deferrable}`,
      ),
    ],
    readyAfter: dropped === undefined ? 2 : 3,
    ...{ uniqueOn: key, refersTo: null, value: null },
  };
}
