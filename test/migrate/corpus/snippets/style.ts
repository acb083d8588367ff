import { type Snippet, sql, ts } from "../snippet";

const LATER = { because: "the table is new; what the type is worth shows when it is full" };

export const STYLE: readonly Snippet[] = [
  {
    id: "new-varchar",
    does: "a varchar(n) column in a new table",
    file: sql("CREATE TABLE parcels (id bigint PRIMARY KEY, carrier varchar(40));"),
    finds: [],
    advises: ["prefer-text-field"],
    instead: "new-text",
    proof: LATER,
  },
  {
    id: "new-text",
    does: "a text column in a new table",
    file: sql("CREATE TABLE parcels (id bigint PRIMARY KEY, carrier text);"),
    finds: [],
    proof: {},
  },
  {
    id: "new-timestamp",
    does: "a timestamp column in a new table",
    file: ts(`pgm.createTable("parcels", { id: "bigint", sent_at: { type: "timestamp" } });`),
    finds: [],
    advises: ["prefer-timestamp-tz"],
    instead: "new-timestamptz",
    proof: LATER,
  },
  {
    id: "new-timestamptz",
    does: "a timestamptz column in a new table",
    file: ts(`pgm.createTable("parcels", { id: "bigint", sent_at: { type: "timestamptz" } });`),
    finds: [],
    proof: {},
  },
  {
    id: "new-int",
    does: "an int column in a new table",
    file: sql("CREATE TABLE parcels (id int PRIMARY KEY);"),
    finds: [],
    advises: ["prefer-bigint-over-int"],
    instead: "new-identity",
    proof: LATER,
  },
  {
    id: "new-smallint",
    does: "a smallint column in a new table",
    file: sql("CREATE TABLE parcels (id smallint PRIMARY KEY);"),
    finds: [],
    advises: ["prefer-bigint-over-smallint"],
    instead: "new-identity",
    proof: LATER,
  },
  {
    id: "new-serial-script",
    does: "createTable with node-pg-migrate's own shorthand id",
    file: ts(`pgm.createTable("parcels", { id: "id" });`),
    finds: [],
    advises: ["prefer-identity"],
    instead: "new-identity",
    proof: LATER,
  },
  {
    id: "new-identity",
    does: "an identity of bigint in a new table",
    file: sql("CREATE TABLE parcels (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);"),
    finds: [],
    proof: {},
  },
];
