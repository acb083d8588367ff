import type { SqlNode } from "../sql/parseSql";
import { lastOf, listOf, stringOf } from "../sql/scope";
import { type Constraint, type Origin, type Table, kindOf } from "./model";
import { type Key, columnsIn, constantsIn, relationKey, typeText } from "./names";

/** Takes a column into a table, with the constraints that stand at it. */
export function addColumn(
  [key, table]: readonly [string, Table],
  definition: SqlNode,
  madeBy: Origin,
): void {
  const { colname, typeName, constraints } = definition;
  const name = String(colname);
  const type = typeText(typeName);
  const nodes = listOf(constraints).map(({ Constraint }) => Constraint as SqlNode);
  const has = (...kinds: string[]): boolean =>
    nodes.some(({ contype }) => kinds.includes(String(contype)));
  table.columns.set(name, {
    type: SERIALS[type] ?? type,
    collation: collationOf(definition),
    isNotNull: has("CONSTR_NOTNULL", "CONSTR_PRIMARY", "CONSTR_IDENTITY") || /serial/.test(type),
    hasDefault: has("CONSTR_DEFAULT", "CONSTR_IDENTITY", "CONSTR_GENERATED") || /serial/.test(type),
    madeBy,
  });
  for (const node of nodes) addConstraint([key, table], node, name, madeBy);
}

const SERIALS: Readonly<Record<string, string>> = {
  ...{ serial: "int4", serial4: "int4", bigserial: "int8", serial8: "int8" },
  ...{ smallserial: "int2", serial2: "int2" },
};

/** Of a column's definition; null for the type's own. */
export function collationOf({ collClause }: SqlNode): string | null {
  return collClause === undefined ? null : lastOf((collClause as SqlNode).collname);
}

/** Takes a constraint into a table; `column` is the one that it stands at, if it does. */
export function addConstraint(
  [key, table]: readonly [Key, Table],
  node: SqlNode,
  column: string | null,
  madeBy: Origin,
): void {
  const kind = kindOf(node);
  if (kind === null) return;
  const constraint = toConstraint(node, kind, column, madeBy);
  const name = typeof node.conname === "string" ? node.conname : nameFor(key, table, constraint);
  table.constraints.set(name, constraint);
  if (!constraint.isValid || (kind !== "primary" && kind !== "not null")) return;
  for (const each of constraint.columns) setNotNull(table, each, true);
}

export function setNotNull(table: Table, name: string, isNotNull: boolean): void {
  const column = table.columns.get(name);
  if (column !== undefined) column.isNotNull = isNotNull;
}

function toConstraint(
  node: SqlNode,
  kind: Constraint["kind"],
  column: string | null,
  madeBy: Origin,
): Constraint {
  const named = listOf(kind === "foreign" ? node.fk_attrs : node.keys).map(stringOf);
  const inside = kind === "check" ? columnsIn(node.raw_expr) : [];
  const columns = named.length > 0 ? named : column === null ? inside : [column];
  return {
    kind,
    columns: [...new Set(columns)],
    isValid: node.skip_validation !== true,
    notNull: kind === "check" ? notNullIn(node.raw_expr) : [],
    constants: kind === "check" ? constantsIn(node.raw_expr) : [],
    references: kind === "foreign" ? relationKey(node.pktable) : null,
    madeBy,
  };
}

/** Columns that an expression cannot be true with, were they null: `a IS NOT NULL AND …`. */
function notNullIn(expression: unknown): string[] {
  const { NullTest, BoolExpr } = (expression ?? {}) as Record<string, SqlNode | undefined>;
  if (NullTest?.nulltesttype === "IS_NOT_NULL") return columnsIn(NullTest.arg);
  const parts = listOf(BoolExpr?.args);
  if (BoolExpr?.boolop === "AND_EXPR") return parts.flatMap(notNullIn);
  if (BoolExpr?.boolop === "NOT_EXPR") {
    const { NullTest: inner } = (parts[0] ?? {}) as Record<string, SqlNode | undefined>;
    return inner?.nulltesttype === "IS_NULL" ? columnsIn(inner.arg) : [];
  }
  return [];
}

const SUFFIXES: Readonly<Record<Constraint["kind"], string>> = {
  check: "check",
  foreign: "fkey",
  unique: "key",
  primary: "pkey",
  exclude: "excl",
  "not null": "not_null",
};

/** As PostgreSQL calls one without a name: `orders_customer_id_fkey`. */
function nameFor(key: Key, table: Table, { kind, columns }: Constraint): string {
  const parts = kind === "primary" ? [] : kind === "check" ? columns.slice(0, 1) : columns;
  const base = [key.slice(key.indexOf(".") + 1), ...parts, SUFFIXES[kind]].join("_");
  let name = base;
  for (let number = 1; table.constraints.has(name); number++) name = `${base}${number}`;
  return name;
}
