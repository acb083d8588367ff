// Of PostgreSQL's own extensions and the most used others, what migrations name of them.
// https://www.postgresql.org/docs/18/contrib.html
const NAMES: readonly (readonly [extension: string, names: RegExp])[] = [
  ["citext", /^citext$/],
  ["hstore", /^hstore$/],
  ["ltree", /^(ltree|lquery|ltxtquery)$/],
  ["cube", /^cube$/],
  ["uuid-ossp", /^uuid_generate_v(1|1mc|3|4|5)$/],
  ["pgcrypto", /^(crypt|gen_salt|gen_random_bytes|digest|hmac|pgp_(sym|pub)_(en|de)crypt)$/],
  ["pg_trgm", /^(gin_trgm_ops|gist_trgm_ops|show_trgm|(strict_)?(word_)?similarity)$/],
  ["unaccent", /^unaccent$/],
  ["fuzzystrmatch", /^(levenshtein|soundex|difference|d?metaphone)$/],
  ["earthdistance", /^(earth|ll_to_earth|earth_distance|earth_box)$/],
  ["tablefunc", /^(crosstab|connectby|normal_rand)$/],
  ["vector", /^(vector|halfvec|sparsevec)(_(l1|l2|ip|cosine)_ops)?$/],
  ["postgis", /^(geometry|geography|st_\w+)$/],
];

/** The extension that a missing type, function or operator class comes with; null when none is known. */
export function findExtension(message: string): string | null {
  const missing = /^(?:type|operator class) "([^"]+)" does not exist|^function (\S+)\(/.exec(
    message,
  );
  const [, quoted, called] = missing ?? [];
  // With its schema when the migration wrote that.
  const name = (quoted ?? called ?? "").split(".").at(-1) ?? "";
  return NAMES.find(([, names]) => names.test(name))?.[0] ?? null;
}
