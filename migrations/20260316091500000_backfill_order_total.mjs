export const settings = { statement_timeout: "2h" };

/**
 * One UPDATE of the whole table would keep every row locked until its end. This commits each thousand,
 * and a second run goes on where the first one stopped.
 *
 * @param {import("node-pg-migrate").MigrationBuilder} pgm
 */
export function up(pgm) {
  // COMMIT is legal in DO only outside a transaction.
  pgm.noTransaction();
  pgm.sql(`
    DO $$
    DECLARE
      first_id bigint := 0;
      last_id bigint;
    BEGIN
      LOOP
        SELECT max(id) INTO last_id
          FROM (SELECT id FROM orders WHERE id > first_id ORDER BY id LIMIT 1000) AS batch;
        EXIT WHEN last_id IS NULL;
        UPDATE orders
          SET total_cents = quantity::bigint * unit_price_cents
          WHERE id > first_id AND id <= last_id AND total_cents IS NULL;
        COMMIT;
        first_id := last_id;
      END LOOP;
    END
    $$`);
}

/** Nothing to undo: the values go with their column, in the file before this one. */
export function down() {
  return undefined;
}
