import { type Diagnosis, type DoctorRule, diagnose } from "../diagnosis";
import type { Patient } from "../patient";

export const NOT_VALIDATED: DoctorRule = {
  id: "not-validated",
  level: "note",
  title: "A constraint that was never validated",
  why: "Added with NOT VALID, it holds for rows that are written from then on; older ones may break it, and the planner does not rely on it. The second half of the change was forgotten.",
  instead:
    "Validate it in a migration of its own: that reads the table and lets everybody read and write.",
  url: "https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-VALIDATE-CONSTRAINT",
};

// `conenforced` came with PostgreSQL 18; what is not enforced cannot be validated. A part of a
// partitioned table's constraint is validated with it.
const UNVALIDATED = `
SELECT format('%I.%I.%I', n.nspname, c.relname, o.conname) AS name,
  format('ALTER TABLE %I.%I VALIDATE CONSTRAINT %I', n.nspname, c.relname, o.conname) AS statement
FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT o.convalidated AND o.conparentid = 0 AND (o.conislocal OR o.coninhcount = 0)
  AND coalesce((to_jsonb(o) ->> 'conenforced')::boolean, true)
  AND n.nspname = ANY ($1)
ORDER BY 1`;

export async function findUnvalidated({ client, roles }: Patient): Promise<Diagnosis[]> {
  const { rows } = await client.query<{ name: string; statement: string }>(UNVALIDATED, [
    roles.schemas,
  ]);
  return rows.map(({ name, statement }) => {
    const message = "is NOT VALID: rows from before it may break it";
    const advice = "let a migration validate it";
    return diagnose(NOT_VALIDATED, name, message, advice, [statement]);
  });
}
