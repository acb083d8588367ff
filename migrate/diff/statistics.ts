import type { Pool } from "pg";
import type { Change } from "./change";

/** Extended statistics, which the engine does not know: how each is made, by its name in SQL. */
export type Statistics = ReadonlyMap<string, string>;

export async function readStatistics(pool: Pool): Promise<Statistics> {
  const { rows } = await pool.query<{ name: string; definition: string }>(`
    SELECT format('%I.%I', nspname, stxname) AS name, pg_get_statisticsobjdef(s.oid) AS definition
    FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = stxnamespace
    WHERE NOT EXISTS (SELECT FROM pg_depend
      WHERE classid = 'pg_statistic_ext'::regclass AND objid = s.oid AND deptype = 'e')
    ORDER BY 1`);
  return new Map(rows.map(({ name, definition }) => [name, definition]));
}

/** One that differs is made anew: it holds nothing that ANALYZE does not gather again. */
export function changeStatistics(from: Statistics, to: Statistics): Change[] {
  const differs = (name: string): boolean => from.get(name) !== to.get(name);
  const dropped = [...from.keys()].filter(differs);
  const made = [...to].filter(([name]) => differs(name));
  return [
    // It may have gone with its table.
    ...dropped.map((name) => toChange(`DROP STATISTICS IF EXISTS ${name}`)),
    ...made.map(([, definition]) => toChange(definition)),
  ];
}

function toChange(sql: string): Change {
  return {
    ...{ sql, produces: [], destroys: [], touches: [] },
    losesData: false,
  };
}
