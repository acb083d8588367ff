import { type ClientBase, escapeIdentifier, escapeLiteral } from "pg";
import type { Thing } from "./effects";

/** What the catalogue says of a thing; an index that is there but INVALID is neither. */
export type Presence = "there" | "invalid" | "absent";

const RELATION = `
SELECT n.nspname AS schema, coalesce(i.indisvalid, true) AS valid
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_index i ON i.indexrelid = c.oid
WHERE n.nspname = ANY ($1) AND c.relname = $2 AND c.relkind <> 'c' AND $3::text IS NULL`;

const QUERIES: Readonly<Record<Thing["kind"], string>> = {
  relation: RELATION,
  column: `
SELECT n.nspname AS schema, true AS valid FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY ($1) AND c.relname = $2 AND a.attname = $3 AND a.attnum > 0 AND NOT a.attisdropped`,
  constraint: `
SELECT n.nspname AS schema, true AS valid FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY ($1) AND c.relname = $2 AND o.conname = $3`,
  type: `
SELECT n.nspname AS schema, true AS valid FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE n.nspname = ANY ($1) AND t.typname = $2 AND $3::text IS NULL`,
  value: `
SELECT n.nspname AS schema, true AS valid FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid
JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE n.nspname = ANY ($1) AND t.typname = $2 AND e.enumlabel = $3`,
  schema: `
SELECT NULL AS schema, true AS valid FROM pg_namespace
WHERE nspname = $2 AND $1::text[] IS NOT NULL AND $3::text IS NULL`,
};

/** Asks the catalogue; a name without a schema is looked for in all of these. Gives the schema that it is in. */
export async function lookUp(
  client: ClientBase,
  { kind, schema, name, part }: Thing,
  schemas: readonly string[],
): Promise<{ presence: Presence; schema: string | null }> {
  const { rows } = await client.query<{ schema: string | null; valid: boolean }>(QUERIES[kind], [
    schema === null ? schemas : [schema],
    name,
    part,
  ]);
  const found = rows.find(({ valid }) => valid) ?? rows[0];
  if (found === undefined) return { presence: "absent", schema };
  return { presence: found.valid ? "there" : "invalid", schema: found.schema };
}

/** The same thing has the same key, whether or not its schema was written. */
export function keyOf({ kind, schema, name, part }: Thing, [first]: readonly string[]): string {
  return JSON.stringify([kind, schema ?? first, name, part]);
}

/** As a sentence names it: `the column users.age`. */
export function describe({ kind, schema, name, part }: Thing): string {
  const whole = schema === null ? name : `${schema}.${name}`;
  if (kind === "value") return `the value ${escapeLiteral(part ?? "")} of ${whole}`;
  if (part !== null) return `the ${kind} ${whole}.${part}`;
  return kind === "relation" ? whole : `the ${kind} ${whole}`;
}

/** As SQL names it. */
export function quoteThing({ schema, name }: Thing, [first = "public"]: readonly string[]): string {
  return `${escapeIdentifier(schema ?? first)}.${escapeIdentifier(name)}`;
}
