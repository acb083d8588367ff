/** Of no system schema, by the oid of the schema. */
const foreignTo = (namespace: string): string => `
  ${namespace} IN (SELECT oid FROM pg_namespace
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema')`;

const notOfExtension = (catalogue: string, oid: string): string => `
  NOT EXISTS (SELECT FROM pg_depend
    WHERE classid = ${catalogue} AND objid = ${oid} AND deptype = 'e')`;

/** Objects of a user: in no system schema and not part of an extension. */
const own = (catalogue: string, oid: string, namespace: string): string =>
  `${foreignTo(namespace)} AND ${notOfExtension(`'${catalogue}'::regclass`, oid)}`;

/** Objects of a user that are in no schema: initdb's have lower numbers. */
const made = (catalogue: string): string =>
  `${catalogue}.oid >= 16384 AND ${notOfExtension(`'${catalogue}'::regclass`, `${catalogue}.oid`)}`;

const joined = (list: string): string =>
  `(SELECT string_agg(item::text, ',' ORDER BY item::text) FROM unnest(${list}) AS item)`;

/** Privileges. Rights that were given and taken again leave the default written out, which is the same. */
const acl = (list: string, kind: string, owner: string): string =>
  joined(`coalesce(${list}, acldefault(${kind}, ${owner}))`);

const line = (kind: string, ...parts: string[]): string =>
  `concat_ws(' ', '${kind}', ${parts.map((part) => `coalesce((${part})::text, '-')`).join(", ")}) AS line`;

const RELATIONS = `
  SELECT ${line(
    "relation",
    "relkind",
    "oid::regclass",
    "relowner::regrole",
    "relpersistence",
    "relrowsecurity",
    "relforcerowsecurity",
    "relreplident::text",
    joined("reloptions"),
    "pg_get_partkeydef(oid)",
    "pg_get_expr(relpartbound, oid)",
    "(SELECT string_agg(inhparent::regclass::text, ',' ORDER BY inhseqno) FROM pg_inherits WHERE inhrelid = pg_class.oid)",
    "(SELECT ftserver FROM pg_foreign_table WHERE ftrelid = pg_class.oid)",
    `CASE WHEN relkind NOT IN ('i', 'I') THEN ${acl("relacl", `CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char"`, "relowner")} END`,
  )}
    FROM pg_class WHERE ${own("pg_class", "pg_class.oid", "relnamespace")}
  UNION ALL
  SELECT ${line(
    "column",
    "attrelid::regclass",
    "attname",
    "format_type(atttypid, atttypmod)",
    "attnotnull",
    "attidentity::text",
    "attgenerated::text",
    "attcollation::regcollation",
    "attstorage::text",
    "(SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = attrelid AND adnum = attnum)",
    joined("attacl"),
  )}
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE attnum > 0 AND NOT attisdropped AND ${own("pg_class", "attrelid", "relnamespace")}
  UNION ALL
  SELECT ${line("column order", "attrelid::regclass", "string_agg(quote_ident(attname), ', ' ORDER BY attnum)")}
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE attnum > 0 AND NOT attisdropped AND relkind <> 'i' AND ${own("pg_class", "attrelid", "relnamespace")}
    GROUP BY attrelid
  UNION ALL
  SELECT ${line(
    "constraint",
    "conrelid::regclass",
    "nullif(contypid, 0)::regtype",
    // PostgreSQL 18 names what every older one only knew of: a name that nobody chose.
    "CASE WHEN contype <> 'n' THEN conname END",
    "pg_get_constraintdef(pg_constraint.oid)",
  )}
    FROM pg_constraint WHERE ${own("pg_constraint", "pg_constraint.oid", "connamespace")}
  UNION ALL
  SELECT ${line("index", "pg_get_indexdef(indexrelid)", "indisvalid", "indisready")}
    FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
    WHERE ${own("pg_class", "indexrelid", "relnamespace")}
  UNION ALL
  SELECT ${line("chosen index", "indexrelid::regclass", "indisclustered", "indisreplident")}
    FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
    WHERE (indisclustered OR indisreplident) AND ${own("pg_class", "indexrelid", "relnamespace")}
  UNION ALL
  SELECT ${line(
    "sequence",
    "seqrelid::regclass",
    "seqtypid::regtype",
    "seqstart",
    "seqincrement",
    "seqmax",
    "seqmin",
    "seqcycle",
    "(SELECT pg_describe_object(refclassid, refobjid, refobjsubid) FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = seqrelid AND deptype IN ('a', 'i') AND refobjsubid > 0)",
  )}
    FROM pg_sequence JOIN pg_class ON pg_class.oid = seqrelid
    WHERE ${own("pg_class", "seqrelid", "relnamespace")}
  UNION ALL
  SELECT ${line("view", "pg_class.oid::regclass", "pg_get_viewdef(pg_class.oid)")}
    FROM pg_class WHERE relkind IN ('v', 'm') AND ${own("pg_class", "pg_class.oid", "relnamespace")}
  UNION ALL
  SELECT ${line("policy", "polrelid::regclass", "polname", "polcmd::text", "polpermissive", "polroles::regrole[]", "pg_get_expr(polqual, polrelid)", "pg_get_expr(polwithcheck, polrelid)")}
    FROM pg_policy
  UNION ALL
  SELECT ${line("rule", "pg_get_ruledef(pg_rewrite.oid)", "ev_enabled::text")}
    FROM pg_rewrite JOIN pg_class ON pg_class.oid = ev_class
    WHERE rulename <> '_RETURN' AND ${own("pg_class", "ev_class", "relnamespace")}
  UNION ALL
  SELECT ${line("statistics", "pg_get_statisticsobjdef(pg_statistic_ext.oid)", "stxowner::regrole")}
    FROM pg_statistic_ext WHERE ${own("pg_statistic_ext", "pg_statistic_ext.oid", "stxnamespace")}`;

const CODE = `
  SELECT ${line(
    "routine",
    "CASE WHEN prokind <> 'a' THEN pg_get_functiondef(pg_proc.oid) ELSE pg_proc.oid::regprocedure::text END",
    "(SELECT concat_ws(' ', aggtransfn, aggfinalfn, aggtranstype::regtype, agginitval) FROM pg_aggregate WHERE aggfnoid = pg_proc.oid)",
    "proowner::regrole",
    acl("proacl", "'f'", "proowner"),
  )}
    FROM pg_proc WHERE ${own("pg_proc", "pg_proc.oid", "pronamespace")}
  UNION ALL
  SELECT ${line("trigger", "pg_get_triggerdef(pg_trigger.oid)", "tgenabled::text")}
    FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE NOT tgisinternal AND ${own("pg_class", "tgrelid", "relnamespace")}
  UNION ALL
  SELECT ${line("event trigger", "evtname", "evtevent", "evtowner::regrole", "evtfoid::regprocedure", "evtenabled::text", "evttags")}
    FROM pg_event_trigger WHERE ${made("pg_event_trigger")}
  UNION ALL
  SELECT ${line(
    "type",
    "typtype::text",
    "pg_type.oid::regtype",
    "typowner::regrole",
    "format_type(typbasetype, typtypmod)",
    "typnotnull",
    "typdefault",
    "(SELECT string_agg(quote_literal(enumlabel), ',' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = pg_type.oid)",
    "(SELECT format_type(rngsubtype, NULL) FROM pg_range WHERE rngtypid = pg_type.oid)",
    acl("typacl", "'T'", "typowner"),
  )}
    FROM pg_type WHERE (typtype IN ('d', 'e', 'r') OR typtype = 'b' AND typcategory <> 'A')
      AND ${own("pg_type", "pg_type.oid", "typnamespace")}`;

// Of what is made so seldom, that it is there says enough.
const RARE = [
  "pg_cast",
  "pg_collation",
  "pg_conversion",
  "pg_language",
  "pg_opclass",
  "pg_operator",
]
  .concat(["pg_opfamily", "pg_transform", "pg_ts_config", "pg_ts_dict", "pg_ts_parser"])
  .concat(["pg_ts_template", "pg_foreign_data_wrapper"])
  .map(
    (catalogue) =>
      `SELECT ${line("object", `pg_describe_object('${catalogue}'::regclass, ${catalogue}.oid, 0)`)}
    FROM ${catalogue} WHERE ${made(catalogue)}`,
  )
  .join(" UNION ALL ");

const REST = `
  SELECT ${line("schema", "nspname", "nspowner::regrole", acl("nspacl", "'n'", "nspowner"))}
    FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
  UNION ALL
  SELECT ${line("extension", "extname", "extversion", "extnamespace::regnamespace")} FROM pg_extension
  UNION ALL
  SELECT ${line("default privileges", "defaclrole::regrole", "nullif(defaclnamespace, 0)::regnamespace", "defaclobjtype::text", joined("defaclacl"))}
    FROM pg_default_acl
  UNION ALL
  SELECT ${line("comment", "pg_describe_object(classoid, objoid, objsubid)", "description")}
    FROM pg_description WHERE objoid >= 16384 AND ${notOfExtension("classoid", "objoid")}
  UNION ALL
  SELECT ${line("publication", "pubname", "pubowner::regrole", "puballtables", "pubinsert", "pubupdate", "pubdelete", "pubtruncate")}
    FROM pg_publication
  UNION ALL
  SELECT ${line("published table", "pubname", "schemaname", "tablename")} FROM pg_publication_tables
  UNION ALL
  SELECT ${line("server", "srvname", "srvowner::regrole", "srvfdw", "srvtype", "srvversion", "srvoptions", acl("srvacl", "'S'", "srvowner"))}
    FROM pg_foreign_server
  UNION ALL
  SELECT ${line("user mapping", "srvname", "usename")} FROM pg_user_mappings
  UNION ALL
  SELECT ${line("setting of the database", "nullif(setrole, 0)::regrole", "setconfig")}
    FROM pg_db_role_setting WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())`;

/** One line for each thing that a migration can make or change. */
export const CATALOGUE = [RELATIONS, CODE, RARE, REST].join("\n  UNION ALL\n");
