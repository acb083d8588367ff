import { nameOfIndex } from "../effects";
import { type Diagnosis, type DoctorRule, diagnose, mendable } from "../diagnosis";
import { type Patient, isApplied, readStatements } from "../patient";

export const INVALID_INDEX: DoctorRule = {
  id: "invalid-index",
  level: "error",
  title: "An index that is not valid",
  why: "CREATE INDEX CONCURRENTLY that failed or was killed leaves its index behind, marked INVALID: no query uses it, every write keeps it up to date, a unique one may miss duplicates, and the migration that makes it fails with “already exists” for ever.",
  instead:
    "Drop it when its migration is still pending, and run up again; rebuild it when the migration counts as applied. A unique index needs its duplicate rows gone first.",
  url: "https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY",
};

interface InvalidIndex {
  schema: string;
  name: string;
  /** As SQL names it. */
  index: string;
  table: string;
  isUnique: boolean;
  isPartitioned: boolean;
  /** Of a partitioned index: what makes and attaches the missing parts, or null where that is not plain. */
  parts: string[] | null;
}

// Of an index on a partitioned table, `parts` are the partitions that have none attached yet.
const INVALID = `
SELECT n.nspname AS schema, x.relname AS name, format('%I.%I', n.nspname, x.relname) AS index,
  format('%I.%I', tn.nspname, t.relname) AS table, i.indisunique AS "isUnique", x.relkind = 'I' AS "isPartitioned",
  CASE WHEN x.relkind = 'I' THEN (SELECT CASE WHEN bool_and(p.relkind = 'r') THEN
      array_agg(s.statement ORDER BY p.relname, s.position) END
    FROM pg_inherits h JOIN pg_class p ON p.oid = h.inhrelid JOIN pg_namespace pn ON pn.oid = p.relnamespace,
      LATERAL (SELECT left(p.relname, 40) || '_' || i.indexrelid AS made) m,
      LATERAL (VALUES
        (1, format('CREATE %sINDEX CONCURRENTLY %I ON %I.%I%s', CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END,
          m.made, pn.nspname, p.relname, substr(pg_get_indexdef(i.indexrelid), length(format('CREATE %sINDEX %I ON ONLY %I.%I',
            CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END, x.relname, tn.nspname, t.relname)) + 1))),
        (2, format('ALTER INDEX %I.%I ATTACH PARTITION %I.%I', n.nspname, x.relname, pn.nspname, m.made))
      ) s (position, statement)
    WHERE h.inhparent = t.oid AND NOT EXISTS (SELECT FROM pg_inherits a JOIN pg_index pi ON pi.indexrelid = a.inhrelid
      WHERE a.inhparent = x.oid AND pi.indrelid = p.oid)) END AS parts
FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_namespace n ON n.oid = x.relnamespace
  JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace tn ON tn.oid = t.relnamespace
WHERE NOT i.indisvalid AND n.nspname <> 'pg_catalog' AND n.nspname !~ '^pg_temp'
  -- Somebody may be at it: a login without pg_read_all_stats sees that a build runs, not of what.
  AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.datid = (SELECT oid FROM pg_database
      WHERE datname = current_database()) AND (p.relid = t.oid OR p.relid IS NULL AND EXISTS (SELECT FROM pg_locks l
      WHERE l.pid = p.pid AND l.locktype = 'relation' AND l.database = p.datid AND l.relation = t.oid)))
ORDER BY 1, 2`;

/** Indexes that a build left behind; not those that are being built. */
export async function findInvalidIndexes(patient: Patient): Promise<Diagnosis[]> {
  const { rows } = await patient.client.query<InvalidIndex>(INVALID);
  if (rows.length === 0) return [];
  const makers = await readMakers(patient);
  return rows.map((row) => judge(row, makers(row), patient));
}

function judge(row: InvalidIndex, maker: string | null, patient: Patient): Diagnosis {
  const { index, table, name } = row;
  if (row.isPartitioned) return ofPartitions(row);
  // https://www.postgresql.org/docs/current/sql-reindex.html#SQL-REINDEX-CONCURRENTLY
  if (/_cc(new|old)\d*$/.test(name)) {
    const message = `is what REINDEX CONCURRENTLY left on ${table} when it failed`;
    return toDrop(index, message, "drop it; the index that it was to replace is in use");
  }
  const from = maker === null ? "" : `, made by ${maker}`;
  const message = `is INVALID on ${table}${from}: it costs every write and serves no query`;
  if (maker !== null && !isApplied(patient, maker)) {
    return toDrop(index, `${message}; ${maker} fails as long as it is there`, "drop it; then up");
  }
  const advice = row.isUnique
    ? "take away the duplicate rows, if there are any; then rebuild it"
    : "rebuild it";
  return diagnose(INVALID_INDEX, index, message, advice, [`REINDEX INDEX CONCURRENTLY ${index}`]);
}

function toDrop(index: string, message: string, advice: string): Diagnosis {
  const statements = [`DROP INDEX CONCURRENTLY ${index}`];
  return mendable(diagnose(INVALID_INDEX, index, message, advice, statements), "owner");
}

function ofPartitions({ index, table, parts }: InvalidIndex): Diagnosis {
  const message = `is INVALID: not every partition of ${table} has its part of it yet`;
  const statements = parts ?? [`DROP INDEX ${index}`];
  const advice =
    parts === null
      ? "attach an index of each partition to it, or drop it in a quiet hour, for that locks the table"
      : "make the missing parts, then attach them, unless a later migration does";
  return { ...diagnose(INVALID_INDEX, index, message, advice, statements), level: "warning" };
}

/** Says which migration makes an index; null when no file shows it. */
async function readMakers(patient: Patient): Promise<(index: InvalidIndex) => string | null> {
  const made = new Map<string, string>();
  const names = patient.files.map(({ name }) => name);
  for (const { migration, statements } of await readStatements(patient, names)) {
    for (const statement of statements) {
      const key = nameOfIndex(statement, patient.roles.schemas);
      if (key !== null) made.set(key, migration.file.name);
    }
  }
  return ({ schema, name }) => made.get(JSON.stringify([schema, name])) ?? null;
}
