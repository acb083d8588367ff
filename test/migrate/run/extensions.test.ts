import { expect, it } from "vitest";
import { findExtension } from "../../../migrate/run/extensions";

it.each([
  ['type "citext" does not exist', "citext"],
  ['type "public.citext" does not exist', "citext"],
  ["function uuid_generate_v4() does not exist", "uuid-ossp"],
  ["function public.gen_random_bytes(integer) does not exist", "pgcrypto"],
  ['operator class "gin_trgm_ops" does not exist for access method "gin"', "pg_trgm"],
  ['operator class "vector_cosine_ops" does not exist for access method "hnsw"', "vector"],
  ["function st_makepoint(integer, integer) does not exist", "postgis"],
])("knows where what is missing comes from: %s", (message, extension) => {
  expect(findExtension(message)).toBe(extension);
});

it.each([
  'type "citexts" does not exist',
  'relation "citext" does not exist',
  "function my_crypt(text) does not exist",
  'column "unaccent" does not exist',
])("knows no extension for %s", (message) => {
  expect(findExtension(message)).toBeNull();
});
