import { createHash } from "node:crypto";
import { Client } from "pg";

/** What a schema is at one moment. */
export interface SchemaState {
  /** Newest applied migration; null when none is. */
  version: string | null;
  /** `sha256:` of the catalogue's lines. */
  digest: string;
}

/** Reads the database's applied version and the digest of its catalogue. */
export async function readSchema(url: string): Promise<SchemaState> {
  const lines = await readCatalogue(url);
  const hash = createHash("sha256").update(lines.join("\n")).digest("hex");
  return { version: await readVersion(url), digest: `sha256:${hash}` };
}

/**
 * Everything that migrations can change, one line each, sorted: relations, columns, constraints,
 * indexes, sequences, views, routines, triggers, types, policies, extensions and privileges. Rows are
 * not in it.
 */
export async function readCatalogue(url: string): Promise<string[]> {
  return withClient(url, async (client) => {
    // Definitions then name every schema but the system's.
    await client.query("SET search_path = pg_catalog");
    const { rows } = await client.query<{ line: string }>(CATALOGUE);
    return rows.map(({ line }) => line).sort();
  });
}

async function readVersion(url: string): Promise<string | null> {
  return withClient(url, async (client) => {
    const table = await client.query<{ there: boolean }>(
      "SELECT to_regclass('public.pgmigrations') IS NOT NULL AS there",
    );
    if (table.rows[0]?.there !== true) return null;
    const newest = await client.query<{ name: string }>(
      "SELECT name FROM public.pgmigrations ORDER BY run_on DESC, id DESC LIMIT 1",
    );
    return newest.rows[0]?.name ?? null;
  });
}

async function withClient<T>(url: string, read: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await read(client);
  } finally {
    await client.end();
  }
}

/** Objects of a user: in no system schema and not part of an extension. */
const own = (catalogue: string, oid: string, namespace: string): string => `
  ${namespace} IN (SELECT oid FROM pg_namespace
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema')
  AND NOT EXISTS (SELECT FROM pg_depend
    WHERE classid = '${catalogue}'::regclass AND objid = ${oid} AND deptype = 'e')`;

const acl = (list: string): string =>
  `(SELECT string_agg(item::text, ',' ORDER BY item::text) FROM unnest(${list}) AS item)`;

const line = (kind: string, ...parts: string[]): string =>
  `concat_ws(' ', '${kind}', ${parts.map((part) => `coalesce((${part})::text, '-')`).join(", ")}) AS line`;

const CATALOGUE = `
  SELECT ${line("schema", "nspname", "nspowner::regrole", acl("nspacl"))}
    FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
  UNION ALL
  SELECT ${line("relation", "relkind", "oid::regclass", "relowner::regrole", "relpersistence", "relrowsecurity", "reloptions", acl("relacl"))}
    FROM pg_class WHERE ${own("pg_class", "pg_class.oid", "relnamespace")}
  UNION ALL
  SELECT ${line("column", "attrelid::regclass", "row_number() OVER (PARTITION BY attrelid ORDER BY attnum)", "attname", "format_type(atttypid, atttypmod)", "attnotnull", "attidentity::text", "attgenerated::text", "attcollation::regcollation", "(SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = attrelid AND adnum = attnum)", acl("attacl"))}
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE attnum > 0 AND NOT attisdropped AND ${own("pg_class", "attrelid", "relnamespace")}
  UNION ALL
  SELECT ${line("constraint", "conrelid::regclass", "conname", "pg_get_constraintdef(pg_constraint.oid)")}
    FROM pg_constraint WHERE ${own("pg_constraint", "pg_constraint.oid", "connamespace")}
  UNION ALL
  SELECT ${line("index", "pg_get_indexdef(indexrelid)", "indisvalid", "indisready")}
    FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
    WHERE ${own("pg_class", "indexrelid", "relnamespace")}
  UNION ALL
  SELECT ${line("sequence", "seqrelid::regclass", "seqtypid::regtype", "seqstart", "seqincrement", "seqmax", "seqmin", "seqcycle")}
    FROM pg_sequence JOIN pg_class ON pg_class.oid = seqrelid
    WHERE ${own("pg_class", "seqrelid", "relnamespace")}
  UNION ALL
  SELECT ${line("view", "pg_class.oid::regclass", "pg_get_viewdef(pg_class.oid)")}
    FROM pg_class WHERE relkind IN ('v', 'm') AND ${own("pg_class", "pg_class.oid", "relnamespace")}
  UNION ALL
  SELECT ${line("routine", "CASE WHEN prokind IN ('f', 'p') THEN pg_get_functiondef(pg_proc.oid) ELSE pg_proc.oid::regprocedure::text END", "proowner::regrole", acl("proacl"))}
    FROM pg_proc WHERE ${own("pg_proc", "pg_proc.oid", "pronamespace")}
  UNION ALL
  SELECT ${line("trigger", "pg_get_triggerdef(pg_trigger.oid)", "tgenabled::text")}
    FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE NOT tgisinternal AND ${own("pg_class", "tgrelid", "relnamespace")}
  UNION ALL
  SELECT ${line("type", "typtype::text", "pg_type.oid::regtype", "typowner::regrole", "format_type(typbasetype, typtypmod)", "typdefault", "(SELECT string_agg(quote_literal(enumlabel), ',' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = pg_type.oid)", acl("typacl"))}
    FROM pg_type WHERE typtype IN ('d', 'e', 'r') AND ${own("pg_type", "pg_type.oid", "typnamespace")}
  UNION ALL
  SELECT ${line("policy", "polrelid::regclass", "polname", "polcmd::text", "polpermissive", "polroles::regrole[]", "pg_get_expr(polqual, polrelid)", "pg_get_expr(polwithcheck, polrelid)")}
    FROM pg_policy
  UNION ALL
  SELECT ${line("extension", "extname", "extversion", "extnamespace::regnamespace")} FROM pg_extension
  UNION ALL
  SELECT ${line("default privileges", "defaclrole::regrole", "nullif(defaclnamespace, 0)::regnamespace", "defaclobjtype::text", acl("defaclacl"))}
    FROM pg_default_acl`;
