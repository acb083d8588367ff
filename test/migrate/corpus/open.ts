/** What the lint still gets wrong: rules that it misses, and those that it should not name. */
export interface Wrong {
  misses?: readonly string[];
  flags?: readonly string[];
}

/** By snippet. One that is put right has to leave this list, else the test fails. */
export const OPEN: Readonly<Record<string, Wrong>> = {
  // ON ONLY a partitioned table it builds nothing, and CONCURRENTLY is refused there.
  "index-create-only-parent": { flags: ["require-concurrent-index-creation"] },
  // ALTER INDEX … ATTACH PARTITION is no ALTER TABLE.
  "index-attach": { flags: ["attaching-partition-without-check"] },
  // Several statements in one pgm.sql() outside a transaction are a transaction of their own.
  "index-concurrently-in-one-query": { misses: ["ban-concurrent-index-in-transaction"] },
  "check-add-and-validate-in-one-query": {
    misses: ["validate-in-same-transaction"],
    flags: ["prefer-robust-stmts"],
  },
  // A function of the files that says IMMUTABLE or STABLE gives one value.
  "column-add-own-immutable-function": { flags: ["adding-field-with-default"] },
  // One ALTER TABLE drops before it sets NOT NULL, in whatever order they are written.
  "column-set-not-null-and-drop": { misses: ["adding-not-nullable-field"] },
  // DROP CONSTRAINT IF EXISTS and ADD CONSTRAINT of the same name.
  "check-add-and-validate-apart": { flags: ["prefer-robust-stmts"] },
  // A column of nulls refers to nothing, so PostgreSQL looks nothing up.
  "foreign-key-with-column": { flags: ["adding-foreign-key-constraint"] },
  // PRIMARY KEY USING INDEX reads the table when its column may be null.
  "primary-key-add-using-nullable-index": { misses: ["adding-not-nullable-field"] },
  // The CHECK has to be about the columns of the bounds.
  "partition-attach-other-check": { misses: ["attaching-partition-without-check"] },
  // The new view has fewer columns.
  "view-recreate-without-column": { misses: ["dropping-object-in-use"] },
  // OR REPLACE of a view that no file has made before is a new one.
  "view-create": { flags: ["slow-after-exclusive-lock"] },
  "domain-add-check-not-valid": { flags: ["ban-alter-domain-with-add-constraint"] },
  // One row by its primary key is quick.
  "quick-after-lock": { flags: ["slow-after-exclusive-lock"] },
  // A script that sends what PostgreSQL cannot read.
  "syntax-error-script": { misses: ["sql-syntax"] },
  "update-all-merge": { misses: ["unbounded-change"] },
  "delete-all-cte": { misses: ["unbounded-change"] },
};
