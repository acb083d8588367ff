import { relationKey } from "../lint/names";
import type { SqlNode } from "../sql/parseSql";
import { textOf } from "../sql/scope";
import { type Change, isSameId } from "./change";
import { type Steps, type Surroundings, alone, asIs, helperName, quoted } from "./step";

/**
 * An index on a table that is used is built while readers and writers go on. What a build that failed
 * has left is invalid, and dropped first.
 * Source: https://www.postgresql.org/docs/18/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY
 */
export function stepsOfIndex(change: Change, node: SqlNode, around: Surroundings): Steps {
  const key = relationKey(node.relation);
  const uniqueOn = node.unique === true ? key : null;
  if (around.made.has(key)) return { ...asIs(change), uniqueOn };
  if (around.partitioned.has(key)) {
    // Its partitions get theirs with it.
    const sql = change.sql.replace(" ON ONLY ", " ON ");
    return { ...asIs({ ...change, sql }), uniqueOn };
  }
  const schema = textOf((node.relation as SqlNode).schemaname);
  const name = textOf(node.idxname);
  const old = findSuccessor(change, around);
  const built = old === undefined ? name : helperName(name, "new");
  const sql = change.sql.replace(
    /^CREATE (UNIQUE )?INDEX (?:"(?:[^"]|"")*"|\S+) ON/,
    (_, unique = "") => `CREATE ${String(unique)}INDEX CONCURRENTLY ${quoted(built)} ON`,
  );
  const steps = [alone(`DROP INDEX CONCURRENTLY IF EXISTS ${quoted(schema, built)}`), alone(sql)];
  if (old !== undefined) {
    // The old one serves until the new one is there.
    steps.push(
      alone(`DROP INDEX CONCURRENTLY IF EXISTS ${quoted(schema, name)}`),
      alone(`ALTER INDEX ${quoted(schema, built)} RENAME TO ${quoted(name)}`),
    );
  }
  return { change, steps, readyAfter: steps.length - 1, uniqueOn, refersTo: null, value: null };
}

/** An index goes without keeping anybody waiting, unless what comes next needs it gone. */
export function stepsOfIndexDrop(change: Change, around: Surroundings): Steps[] {
  const { changes, partitioned } = around;
  const isReplaced = changes.some((other) => findSuccessor(other, around) === change);
  if (isReplaced) return [];
  const tables = change.touches.filter(({ kind }) => kind === "table");
  const later = changes.slice(changes.indexOf(change) + 1);
  const isInTheWay = later.some(({ sql }) => /^ALTER TABLE .* (TYPE|DROP COLUMN) /.test(sql));
  const isPartitioned = tables.some(({ schema, name }) =>
    partitioned.has(`${String(schema)}.${String(name)}`),
  );
  if (isInTheWay || isPartitioned) return [asIs(change)];
  const sql = change.sql.replace(/^DROP INDEX (IF EXISTS )?/, "DROP INDEX CONCURRENTLY IF EXISTS ");
  return [{ ...asIs(change), steps: [alone(sql)] }];
}

/** The drop of an index whose name a new one gets. */
function findSuccessor({ produces }: Change, { changes }: Surroundings): Change | undefined {
  const index = produces.find(({ kind }) => kind === "index");
  if (index === undefined) return undefined;
  return changes.find(
    ({ sql, destroys }) =>
      sql.startsWith("DROP INDEX") && destroys.some((other) => isSameId(index, other)),
  );
}
