import type { Client } from "pg";
import type { HistoryTables } from "../history/tables";
import type { OwnNames } from "../sql/scope";

/** What decides, besides the files, whether data can be lost. */
export interface DatabaseFacts {
  /** Whether there is anything to lose: a table, a sequence or a large object of anybody's. */
  holdsData: boolean;
  own: OwnNames;
  /** Of the server: 18. */
  majorVersion: number;
}

const SYSTEM = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";
const OF_EXTENSION = `EXISTS (SELECT FROM pg_depend d
  WHERE d.deptype = 'e' AND d.classid = $CLASS::regclass AND d.objid = $OID)`;

const ofExtension = (catalogue: string, oid: string): string =>
  OF_EXTENSION.replace("$CLASS", `'${catalogue}'`).replace("$OID", oid);

// What an extension brings along is nobody's, but for tables that it lets people fill. The history
// tables' sequences hang on them.
const FACTS = `
WITH history AS (SELECT to_regclass(name)::oid AS oid FROM unnest($1::text[]) name)
SELECT current_setting('server_version_num')::int / 10000 AS "majorVersion",
  EXISTS (SELECT FROM pg_largeobject_metadata) OR EXISTS (
    SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE ${SYSTEM} AND c.relkind IN ('r', 'p', 'm', 'f', 'S')
      AND c.oid NOT IN (SELECT oid FROM history WHERE oid IS NOT NULL)
      AND NOT EXISTS (SELECT FROM pg_depend d JOIN history ON history.oid = d.refobjid
        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i')
          AND d.refclassid = 'pg_class'::regclass)
      AND (NOT ${ofExtension("pg_class", "c.oid")}
        OR EXISTS (SELECT FROM pg_extension e WHERE c.oid = ANY (e.extconfig)))) AS "holdsData",
  ARRAY(SELECT DISTINCT p.proname::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE ${SYSTEM} AND NOT ${ofExtension("pg_proc", "p.oid")}) AS functions,
  ARRAY(SELECT DISTINCT o.oprname::text FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace
    WHERE ${SYSTEM} AND NOT ${ofExtension("pg_operator", "o.oid")}) AS operators`;

/** Reads the catalogue. */
export async function readDatabase(client: Client, tables: HistoryTables): Promise<DatabaseFacts> {
  const { rows } = await client.query<{
    holdsData: boolean;
    majorVersion: number;
    functions: string[];
    operators: string[];
  }>(FACTS, [[tables.migrations, tables.runs]]);
  const [row] = rows;
  if (row === undefined) throw new Error("unreachable: one row is always there");
  const { holdsData, majorVersion, functions, operators } = row;
  const own = { functions: new Set(functions), operators: new Set(operators) };
  return { holdsData, majorVersion, own };
}
