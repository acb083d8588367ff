// CONCURRENTLY reads the whole table and lets everybody write meanwhile. It cannot run inside a
// transaction, and every .sql file runs in one, hence this file is JavaScript.

/** @param {import("node-pg-migrate").MigrationBuilder} pgm */
export function up(pgm) {
  pgm.noTransaction();
  // A build that was interrupted leaves an invalid index of this name behind.
  pgm.sql("DROP INDEX CONCURRENTLY IF EXISTS orders_customer_email_idx");
  pgm.sql("CREATE INDEX CONCURRENTLY orders_customer_email_idx ON orders (customer_email)");
}

/** @param {import("node-pg-migrate").MigrationBuilder} pgm */
export function down(pgm) {
  pgm.noTransaction();
  pgm.sql("DROP INDEX CONCURRENTLY IF EXISTS orders_customer_email_idx");
}
