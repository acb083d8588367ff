import { type Snippet, js, sql, ts } from "../snippet";

export const DATA: readonly Snippet[] = [
  {
    id: "update-all",
    does: "UPDATE of all rows",
    file: sql("UPDATE orders SET note = '';"),
    finds: ["unbounded-change"],
    instead: "update-batch",
    proof: { reads: ["orders"], writes: ["orders"] },
  },
  {
    id: "update-all-script",
    does: "UPDATE of the rows that have no value yet",
    file: ts(`pgm.sql("UPDATE orders SET note = '' WHERE note IS NULL");`),
    finds: ["unbounded-change"],
    instead: "update-batches-script",
    proof: { reads: ["orders"], writes: ["orders"] },
  },
  {
    id: "update-all-do",
    does: "UPDATE of all rows in a DO block",
    file: sql("DO $$ BEGIN UPDATE orders SET note = '' WHERE note IS NULL; END $$;"),
    finds: ["unbounded-change"],
    instead: "update-batch",
    proof: { reads: ["orders"], writes: ["orders"] },
  },
  {
    id: "update-from",
    does: "UPDATE … FROM another table",
    file: sql("UPDATE orders SET note = c.name FROM customers c WHERE c.id = orders.customer_id;"),
    finds: ["unbounded-change"],
    instead: "update-range",
    proof: { reads: ["customers", "orders"], writes: ["orders"] },
  },
  {
    id: "update-all-merge",
    does: "MERGE that updates all rows",
    file: sql(`
MERGE INTO orders USING customers c ON c.id = orders.customer_id
WHEN MATCHED THEN UPDATE SET note = c.name;`),
    finds: ["unbounded-change"],
    instead: "update-range",
    proof: { reads: ["customers", "orders"], writes: ["orders"] },
  },
  {
    id: "delete-all-cte",
    does: "moves all rows to another table by a CTE",
    file: sql(`
CREATE TABLE old_orders (LIKE archive);
WITH moved AS (DELETE FROM archive RETURNING *) INSERT INTO old_orders SELECT * FROM moved;`),
    finds: ["unbounded-change"],
    instead: "delete-batch",
    proof: { reads: ["archive"], writes: ["archive"], breaks: { "count the archive": '[["0"]]' } },
  },
  {
    id: "delete-old",
    does: "DELETE of all old rows",
    file: sql("DELETE FROM events WHERE day < '2026-02-01';"),
    finds: ["unbounded-change"],
    instead: "delete-batch",
    proof: {
      reads: ["events_2026_01"],
      writes: ["events_2026_01"],
      breaks: { "count events": '[["0"]]' },
    },
  },
  {
    id: "update-batch",
    does: "UPDATE of a batch",
    file: sql(
      "UPDATE orders SET note = '' WHERE id IN (SELECT id FROM orders WHERE note IS NULL ORDER BY id LIMIT 5000);",
    ),
    finds: [],
    proof: { reads: ["orders"] },
  },
  {
    id: "update-range",
    does: "UPDATE of a range of keys",
    file: sql("UPDATE orders SET note = '' WHERE id BETWEEN 1001 AND 2000;"),
    finds: [],
    proof: {},
  },
  {
    id: "update-batches-script",
    does: "batches, each committed by itself",
    file: js(`
pgm.noTransaction();
for (let from = 1001; from < 6000; from += 1000) {
  pgm.sql(\`UPDATE orders SET note = '' WHERE id >= \${from} AND id < \${from + 1000}\`);
}`),
    finds: [],
    proof: {},
  },
  {
    id: "update-one",
    does: "UPDATE of one row",
    file: sql("UPDATE orders SET note = 'a' WHERE id = 7;"),
    finds: [],
    proof: {},
  },
  {
    id: "update-twice",
    does: "UPDATE that assigns one column twice",
    file: sql("UPDATE orders SET note = 'a', note = 'b' WHERE id = 7;"),
    finds: ["ban-duplicate-column-assignments"],
    instead: "update-one",
    proof: { fails: "42601" },
  },
  {
    id: "delete-batch",
    does: "DELETE of the rows whose keys are named",
    file: sql("DELETE FROM customers WHERE id IN (99501, 99502, 99503) AND code = 'none';"),
    finds: [],
    proof: {},
  },
  {
    id: "update-new-table",
    does: "fills a new table and changes all of its rows",
    file: sql(`
CREATE TABLE numbers AS SELECT id, number FROM orders;
UPDATE numbers SET number = 0 WHERE number IS NULL;`),
    finds: [],
    proof: { reads: ["orders"] },
  },
  {
    id: "insert",
    does: "INSERT of some rows",
    file: js(`
for (const day of ["2026-01-02", "2026-01-03"]) {
  pgm.sql(\`INSERT INTO february (id, day) VALUES (1, '\${day}')\`);
}`),
    finds: [],
    proof: {},
  },
];
