import { POSTGRES_FUNCTIONS } from "./postgresNames";

// What PostgreSQL declares as volatile, or as the function behind an operator, and some of its
// extensions' functions: each was looked at. `setval` is judged by its sequence.
const BY_HAND = `
  clock_timestamp timeofday random random_normal setseed gen_random_uuid uuidv4 uuidv7
  nextval setval currval lastval set_config pg_sleep pg_sleep_for pg_sleep_until pg_notify
  pg_relation_size pg_table_size pg_indexes_size pg_total_relation_size pg_database_size
  pg_advisory_lock pg_advisory_lock_shared pg_advisory_xact_lock pg_advisory_xact_lock_shared
  pg_advisory_unlock pg_advisory_unlock_shared pg_advisory_unlock_all pg_try_advisory_lock
  pg_try_advisory_lock_shared pg_try_advisory_xact_lock pg_try_advisory_xact_lock_shared
  pg_is_in_recovery pg_partition_tree pg_partition_ancestors array_sample array_shuffle

  array_append array_prepend array_cat isempty starts_with hashtext hashtextextended
  json_extract_path json_extract_path_text jsonb_extract_path jsonb_extract_path_text
  lower_inc upper_inc lower_inf upper_inf range_merge

  unaccent similarity word_similarity show_trgm uuid_nil uuid_ns_dns uuid_ns_url uuid_generate_v1
  uuid_generate_v1mc uuid_generate_v3 uuid_generate_v4 uuid_generate_v5 gen_random_bytes digest hmac
  crypt gen_salt levenshtein soundex metaphone dmetaphone daitch_mokotoff`;

/** PostgreSQL's functions, and a few of its extensions', that change no row. */
export const KNOWN_FUNCTIONS: ReadonlySet<string> = new Set([
  ...POSTGRES_FUNCTIONS,
  ...BY_HAND.trim().split(/\s+/),
]);
