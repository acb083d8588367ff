import { type Snippet, type Trial, sql, ts } from "../snippet";

/** The service puts a table of its own before the function's. */
const HIJACK: Trial = {
  kind: "query",
  sql: [
    "CREATE TEMPORARY TABLE customers AS SELECT 42 AS id, 'forged'::text AS email",
    "GRANT SELECT ON customers TO app_owner",
    "SELECT email_of(42)",
  ].join("; "),
  gives: "",
};

export const SECURITY: readonly Snippet[] = [
  {
    id: "definer-without-path",
    does: "SECURITY DEFINER without a search_path",
    file: sql(`
CREATE FUNCTION email_of(bigint) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
  AS 'SELECT email FROM customers WHERE id = $1';`),
    finds: ["security-definer-search-path"],
    instead: "definer-with-path",
    proof: { trial: { ...HIJACK, gives: '[["forged"]]' } },
  },
  {
    id: "definer-without-path-script",
    does: "createFunction with security: DEFINER",
    file: ts(`
pgm.createFunction(
  "email_of",
  ["bigint"],
  { returns: "text", language: "sql", behavior: "STABLE", security: "DEFINER" },
  "SELECT email FROM customers WHERE id = $1",
);`),
    finds: ["security-definer-search-path"],
    instead: "definer-with-path",
    proof: { trial: { ...HIJACK, gives: '[["forged"]]' } },
  },
  {
    id: "definer-with-path",
    does: "SECURITY DEFINER with an empty search_path",
    file: sql(`
CREATE FUNCTION email_of(bigint) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = '' AS 'SELECT email FROM public.customers WHERE id = $1';`),
    finds: [],
    proof: { trial: { ...HIJACK, gives: '[["user42@example.com"]]' } },
  },
  {
    id: "row-security",
    does: "ENABLE ROW LEVEL SECURITY",
    file: sql("ALTER TABLE orders ENABLE ROW LEVEL SECURITY;"),
    finds: ["row-security-without-policy"],
    instead: "row-security-with-policy",
    proof: {
      locks: { orders: "ACCESS EXCLUSIVE" },
      breaks: {
        "read an order": "[]",
        "add an order": "42501",
        "add an order without a customer": "42501",
        "pay an order": "[]",
        "remove an order": "[]",
        "count orders": '[["0"]]',
        "count distinct orders": '[["0"]]',
      },
    },
  },
  {
    id: "row-security-script",
    does: "alterTable with levelSecurity",
    file: ts(`pgm.alterTable("orders", { levelSecurity: "ENABLE" });`),
    finds: ["row-security-without-policy"],
    instead: "row-security-with-policy",
    proof: {
      locks: { orders: "ACCESS EXCLUSIVE" },
      breaks: {
        "read an order": "[]",
        "add an order": "42501",
        "add an order without a customer": "42501",
        "pay an order": "[]",
        "remove an order": "[]",
        "count orders": '[["0"]]',
        "count distinct orders": '[["0"]]',
      },
    },
  },
  {
    id: "row-security-with-policy",
    does: "CREATE POLICY and ENABLE ROW LEVEL SECURITY",
    file: sql(`
CREATE POLICY everybody ON orders USING (true);
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;`),
    finds: [],
    proof: { locks: { orders: "ACCESS EXCLUSIVE" } },
  },
  {
    id: "revoke",
    does: "REVOKE",
    file: sql("REVOKE UPDATE ON orders FROM app;"),
    finds: ["revoking-privileges"],
    instead: "grant",
    proof: { breaks: { "pay an order": "42501" } },
  },
  {
    id: "revoke-script",
    does: "revokeOnTables",
    file: ts(`pgm.revokeOnTables({ tables: "orders", privileges: ["DELETE"], roles: "app" });`),
    finds: ["revoking-privileges"],
    instead: "grant",
    proof: { breaks: { "remove an order": "42501" } },
  },
  {
    id: "grant",
    does: "GRANT",
    file: sql("GRANT SELECT ON order_totals TO app;"),
    finds: [],
    proof: {},
  },
];
