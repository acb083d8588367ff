import { join } from "node:path";
import { Client } from "pg";
import { expect, it } from "vitest";
import { KNOWN_FUNCTIONS } from "../../../migrate/sql/knownFunctions";
import { startPostgres } from "../../../migrate/postgres";

const FILE = join(__dirname, "../../../migrate/sql/postgresNames.ts");

/**
 * Names of which every function is declared to change nothing (immutable or stable), as far as anybody
 * calls them by name: not what types, operators, aggregates, indexes and statistics are made of.
 */
const FUNCTIONS = `
  SELECT proname AS name FROM pg_proc p WHERE pronamespace = 'pg_catalog'::regnamespace
  GROUP BY proname HAVING bool_and(provolatile IN ('i', 's') AND prokind IN ('f', 'a', 'w')
    AND prorettype::regtype::text NOT LIKE ALL ('{%trigger,%handler,internal,cstring,void}')
    AND NOT proargtypes::oid[] && ARRAY['internal'::regtype, 'cstring'::regtype]::oid[]
    AND NOT EXISTS (SELECT FROM pg_operator WHERE oprcode = p.oid)
    AND NOT EXISTS (SELECT FROM pg_amproc WHERE amproc = p.oid)
    AND NOT EXISTS (SELECT FROM pg_aggregate WHERE p.oid IN (aggtransfn, aggfinalfn, aggmtransfn))
    AND proname !~ '^(pg_stat_get|pg_event_trigger|pg_get_replication|pg_timezone|binary_upgrade)_'
    AND proname !~ '(send|typmodin|_subdiff|_canonical|_validator|_inc)$')
  ORDER BY 1`;

// They read what somebody else's view or function computes, by the name of a table.
const BESIDES = /_to_xml(schema|_and_xmlschema)?$/;

// Types of columns: no arrays, which are named by their elements, and none of tables or of functions alone.
const TYPES = `
  SELECT typname AS name FROM pg_type WHERE typnamespace = 'pg_catalog'::regnamespace
    AND typtype IN ('b', 'r', 'm') AND typcategory <> 'A' ORDER BY 1`;

const OPERATORS = "SELECT DISTINCT oprname AS name FROM pg_operator ORDER BY 1";

/** Words in lines of a source's width. */
function fill(words: readonly string[]): string {
  const lines = [""];
  for (const word of words) {
    const line = lines.at(-1) ?? "";
    if (line.length + word.length > 116) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines.map((line) => `  ${line}`).join("\n");
}

it("knows the names that PostgreSQL has: vitest run FILE --update writes them anew", async () => {
  const postgres = await startPostgres();
  const client = new Client({ connectionString: postgres.url("postgres") });
  try {
    await client.connect();
    const list = async (sql: string): Promise<string[]> =>
      (await client.query<{ name: string }>(sql)).rows.map(({ name }) => name);
    const functions = (await list(FUNCTIONS)).filter((name) => !BESIDES.test(name));
    const operators = await list(OPERATORS);
    const types = await list(TYPES);
    await expect(
      [
        "// Written by test/migrate/sql/postgresNames.test.ts from the catalogue of PostgreSQL 18. Do not edit.",
        "",
        "/** Functions that PostgreSQL declares to change nothing, whatever they are given. */",
        "export const POSTGRES_FUNCTIONS: ReadonlySet<string> = words(`",
        `${fill(functions)}\`);`,
        "",
        "/** PostgreSQL's types of columns. */",
        "export const POSTGRES_TYPES: ReadonlySet<string> = words(`",
        `${fill(types)}\`);`,
        "",
        "/** PostgreSQL's operators. */",
        "export const POSTGRES_OPERATORS: ReadonlySet<string> = words(String.raw`",
        `${fill(operators).replaceAll("`", "\\`")}\`);`,
        "",
        "function words(text: string): Set<string> {",
        "  return new Set(text.trim().split(/\\s+/));",
        "}",
        "",
      ].join("\n"),
    ).toMatchFileSnapshot(FILE);
    const volatile = await list(
      "SELECT DISTINCT proname AS name FROM pg_proc WHERE provolatile = 'v' AND prokind = 'f'",
    );
    expect(volatile.length).toBeGreaterThan(200);
    expect(volatile.filter((name) => KNOWN_FUNCTIONS.has(name)).sort()).toMatchInlineSnapshot(`
      [
        "array_sample",
        "array_shuffle",
        "clock_timestamp",
        "currval",
        "gen_random_uuid",
        "lastval",
        "nextval",
        "pg_advisory_lock",
        "pg_advisory_lock_shared",
        "pg_advisory_unlock",
        "pg_advisory_unlock_all",
        "pg_advisory_unlock_shared",
        "pg_advisory_xact_lock",
        "pg_advisory_xact_lock_shared",
        "pg_database_size",
        "pg_indexes_size",
        "pg_is_in_recovery",
        "pg_notify",
        "pg_partition_ancestors",
        "pg_partition_tree",
        "pg_relation_size",
        "pg_sleep",
        "pg_sleep_for",
        "pg_sleep_until",
        "pg_table_size",
        "pg_total_relation_size",
        "pg_try_advisory_lock",
        "pg_try_advisory_lock_shared",
        "pg_try_advisory_xact_lock",
        "pg_try_advisory_xact_lock_shared",
        "random",
        "random_normal",
        "set_config",
        "setseed",
        "setval",
        "timeofday",
        "uuidv4",
        "uuidv7",
      ]
    `);
  } finally {
    await client.end();
    await postgres.stop();
  }
});
