import type { Options } from "yargs";
import { DURATION_FORM } from "./duration";

export type Flags = Record<string, Options>;

/** Flags of every command. */
export const COMMON_FLAGS = {
  "migrations-dir": {
    alias: "m",
    type: "string",
    describe: "folder with the migration files",
    defaultDescription: "migrations",
  },
  "ignore-pattern": {
    type: "string",
    describe:
      "regular expression of file names there that are no migrations, as node-pg-migrate has it",
    defaultDescription: "hidden files, which never are",
  },
  "migrations-table": {
    alias: "t",
    type: "string",
    describe: "table that lists the applied migrations",
    defaultDescription: "pgmigrations",
  },
  schema: {
    alias: "s",
    type: "string",
    array: true,
    describe: "schema that the migrations work in; may be given more than once",
    defaultDescription: "public",
  },
  "migrations-schema": {
    type: "string",
    describe: "schema of the migrations table",
    defaultDescription: "the first --schema",
  },
  instance: {
    type: "string",
    describe: "Cloud SQL instance, PROJECT:REGION:INSTANCE; or INSTANCE_CONNECTION_NAME",
  },
  iam: { type: "boolean", describe: "log in with IAM: there is no password" },
  impersonate: {
    type: "string",
    describe: "service account to connect as, by its email",
  },
  "ip-type": {
    type: "string",
    describe: "address of the instance: PRIVATE or PUBLIC",
    defaultDescription: "PUBLIC",
  },
  json: { type: "boolean", describe: "write exactly one JSON document to stdout" },
} satisfies Flags;

/** Flags of the commands that change the database. */
export const RUN_FLAGS = {
  role: {
    type: "string",
    describe: "role that owns what the migrations make; the login's own name for none",
    defaultDescription: "app_owner",
  },
  "runtime-role": {
    type: "string",
    describe: "login of the service: may read and write rows, and is checked to own nothing",
  },
  extensions: {
    type: "string",
    describe: "extensions to create before the migrations, separated by commas",
  },
  "lock-timeout": {
    type: "string",
    describe: `how long a statement waits for a lock: ${DURATION_FORM}`,
    defaultDescription: "5s",
  },
  "lock-retries": {
    type: "string",
    describe: "how often a transaction that met a lock is rolled back and tried again",
    defaultDescription: "9",
  },
  "statement-timeout": {
    type: "string",
    describe: "how long a statement may run",
    defaultDescription: "15min",
  },
  "lock-wait": {
    type: "string",
    describe: "how long to wait for another migrator",
    defaultDescription: "10min",
  },
} satisfies Flags;

/** Flags that let a deviation of files and database through. */
export const ALLOWANCE_FLAGS = {
  "allow-edited": { type: "boolean", describe: "go on though an applied file was edited" },
  "allow-out-of-order": {
    type: "boolean",
    describe: "apply files that are older than applied ones",
  },
  "allow-ahead": {
    type: "boolean",
    describe: "go on though the database holds migrations that are not here",
  },
} satisfies Flags;
