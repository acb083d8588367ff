import type { Failure } from "../run/failure";

/** What to do about a failure on a database that this tool has made. */
export function remedyOf({ code, message, remedy }: Failure): string {
  const role = /^role "([^"]+)" does not exist/.exec(message)?.[1];
  if (code === "42704" && role !== undefined) {
    return `if it is the service's login, add --runtime-role ${role}; if others make it, add --other-roles ${role}`;
  }
  const extension = /^permission denied to create extension "([^"]+)"/.exec(message)?.[1];
  if (code === "42501" && extension !== undefined) {
    return `only a superuser may create it: write CREATE EXTENSION IF NOT EXISTS, and add --extensions ${extension}, to up as well`;
  }
  const known = /"([^"]+)" does not exist|^(?:function|operator class) "?([\w]+)/.exec(message);
  const from = OF_EXTENSIONS[known?.[1] ?? known?.[2] ?? ""];
  return from === undefined ? remedy : `if it is the extension's, add --extensions ${from}`;
}

/** What migrations use of extensions, and of which. */
const OF_EXTENSIONS: Readonly<Record<string, string>> = {
  citext: "citext",
  hstore: "hstore",
  ltree: "ltree",
  cube: "cube",
  vector: "vector",
  geometry: "postgis",
  geography: "postgis",
  gin_trgm_ops: "pg_trgm",
  gist_trgm_ops: "pg_trgm",
  similarity: "pg_trgm",
  unaccent: "unaccent",
  crypt: "pgcrypto",
  gen_salt: "pgcrypto",
  digest: "pgcrypto",
  gen_random_bytes: "pgcrypto",
  uuid_generate_v1: "uuid-ossp",
  uuid_generate_v4: "uuid-ossp",
};
