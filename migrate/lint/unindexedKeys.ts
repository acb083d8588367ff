import type { Finding } from "../findings/finding";
import type { MigrationStatements } from "../sql/statementsOf";
import type { Model, Table } from "./model";
import { type Key, shown } from "./names";
import { type Rule, toFinding } from "./rule";

export const UNINDEXED_KEY: Rule = {
  id: "foreign-key-without-index",
  level: "warning",
  title: "a foreign key whose columns have no index",
  why: "Each DELETE, and each change of the key, of a referenced row reads the whole referring table to see that nothing refers to it.",
  instead: "CREATE INDEX on the referring columns; CONCURRENTLY when the table is in use",
  url: "https://www.postgresql.org/docs/18/ddl-constraints.html#DDL-CONSTRAINTS-FK",
};

/** Foreign keys that these files have added and that no index serves when the last of them has run. */
export function findUnindexedKeys(model: Model, files: readonly MigrationStatements[]): Finding[] {
  return files.flatMap((file) => {
    const { name } = file.migration.file;
    return [...model.tables].flatMap(([key, table]) =>
      [...table.constraints.values()]
        .filter(
          ({ kind, madeBy, columns }) =>
            kind === "foreign" && madeBy === name && !isServed(model, key, table, columns),
        )
        .map(({ columns }) => {
          const message = `nothing indexes ${columns.join(", ")} of ${shown(key)}, which refers to another table`;
          // Nobody deletes rows that a new table refers to yet; an index then costs nothing.
          const level = table.madeBy === name ? "note" : UNINDEXED_KEY.level;
          return toFinding(UNINDEXED_KEY, { message, level }, file, lineOf(file, key, columns));
        }),
    );
  });
}

/** An index, of a key too, that begins with the columns in any order. */
function isServed(model: Model, key: Key, table: Table, columns: readonly string[]): boolean {
  const indexes = [...model.indexes.values()].filter(
    (index) => index.table === key && !index.isPartial,
  );
  const keys = [...table.constraints.values()].filter(
    ({ kind }) => kind === "primary" || kind === "unique",
  );
  return [...indexes, ...keys].some(({ columns: indexed }) =>
    columns.every((column) => indexed.slice(0, columns.length).includes(column)),
  );
}

/** The line of the statement that names the table and the columns; null in a script. */
function lineOf(file: MigrationStatements, key: Key, columns: readonly string[]): number | null {
  const name = key.slice(key.indexOf(".") + 1);
  const found = file.statements.find(
    ({ sql }) =>
      sql.includes(name) &&
      /REFERENCES/i.test(sql) &&
      columns.every((column) => sql.includes(column)),
  );
  return found?.line ?? null;
}
