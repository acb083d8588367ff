import type { Rule } from "../rule";

const LIBRARY = "https://salsita.github.io/node-pg-migrate/";
const GIT = "https://salsita.github.io/node-pg-migrate/migrations/";

export const SQL_SYNTAX: Rule = {
  id: "sql-syntax",
  level: "error",
  title: "PostgreSQL cannot read the file",
  why: "The release would fail in migrate.",
  instead: "correct it; the parser is PostgreSQL 18's own",
  url: "https://www.postgresql.org/docs/18/sql-syntax.html",
};

export const NOT_RENDERED: Rule = {
  id: "not-rendered",
  level: "note",
  title: "a script whose statements nobody knows before it runs",
  why: "It asks the database, or fails without one, so nothing of it is looked at.",
  instead: "name the statements without asking the database, or read it with care",
  url: LIBRARY,
};

export const ACCEPTANCE: Rule = {
  id: "acceptance",
  level: "error",
  title: "a comment that accepts a finding is wrong",
  why: "It names no rule, gives no reason, or there is nothing that it accepts.",
  instead: "-- cloud-run-migrations: accept RULE: why it is right here",
  url: LIBRARY,
};

/** About released files, and the order of new ones. */
export const GIT_RULES = {
  edited: {
    id: "edited",
    level: "error",
    title: "a file was edited after it was released",
    why: "Databases that have applied it never see the change, new ones do; up refuses it.",
    instead: "restore it and write the change as a new migration",
    url: "https://atlasgo.io/concepts/migration-directory-integrity",
  },
  deleted: {
    id: "deleted",
    level: "error",
    title: "a released file is gone",
    why: "Databases that have applied it are ahead of this image; up refuses it.",
    instead: "put it back; what it did is undone by a new migration",
    url: "https://atlasgo.io/concepts/migration-directory-integrity",
  },
  "out-of-order": {
    id: "out-of-order",
    level: "error",
    title: "a new file sorts before a released one",
    why: "A new database runs it earlier than the others do; up refuses it on those.",
    instead: "cloud-run-migrations renumber NAME",
    url: GIT,
  },
  "branch-interleaved": {
    id: "branch-interleaved",
    level: "error",
    title: "two branches have added files, and this one's would run first",
    why: "After the merge the other branch's file may be applied already, so this one is out of order.",
    instead: "cloud-run-migrations renumber NAME",
    url: "https://atlasgo.io/concepts/migration-directory-integrity",
  },
} as const satisfies Record<string, Rule>;

/** About new files that do run. */
export const RELEASE_RULES = {
  "no-down": {
    id: "no-down",
    level: "warning",
    title: "no way back",
    why: "down stops at this file, and a release cannot be taken back with it.",
    instead:
      "write -- Down Migration, or, in a script, export const down = false to say that there is none",
    url: "https://docs.gitlab.com/development/migration_style_guide/#reversibility",
  },
  "mixed-no-transaction": {
    id: "mixed-no-transaction",
    level: "warning",
    title: "a file outside a transaction among others",
    why: "Everything before it is committed first, so a failure leaves half of the release behind.",
    instead: "release it by itself",
    url: LIBRARY,
  },
  "not-reviewed": {
    id: "not-reviewed",
    level: "warning",
    title: "a generated file that nobody has reviewed",
    why: "diff knows what the schema is to be, not what was meant: a rename looks like a drop, and a new NOT NULL column needs values.",
    instead: "read it, and say in its line reviewed: who has, and when",
    url: "https://alembic.sqlalchemy.org/en/latest/autogenerate.html",
  },
  "env-in-image": {
    id: "env-in-image",
    level: "error",
    title: ".env would get into the image",
    why: "Whoever can pull the image has what is in it; and the tool refuses to run beside it in Google Cloud.",
    instead: "write **/.env* into .dockerignore",
    url: "https://docs.docker.com/build/concepts/context/#dockerignore-files",
  },
} as const satisfies Record<string, Rule>;

/** About files and their order, found by `check` itself. */
export const FILE_RULES: readonly Rule[] = [
  SQL_SYNTAX,
  NOT_RENDERED,
  ACCEPTANCE,
  {
    id: "not-a-migration",
    level: "error",
    title: "a file in the folder that is no migration",
    why: "node-pg-migrate loads every file there and fails.",
    instead: "move it elsewhere",
    url: LIBRARY,
  },
  {
    id: "duplicate-name",
    level: "error",
    title: "two files of one name",
    why: "The migrations table knows nothing but the name.",
    instead: "rename the newer one",
    url: LIBRARY,
  },
  {
    id: "duplicate-prefix",
    level: "error",
    title: "two files of one number",
    why: "Their order hangs on their names, and two branches may disagree.",
    instead: "cloud-run-migrations renumber NAME",
    url: LIBRARY,
  },
  {
    id: "settings",
    level: "error",
    title: "the file's settings cannot be read",
    why: "A timeout that is not understood would silently be another one.",
    instead: "-- cloud-run-migrations: statement_timeout=2h lock_timeout=10s",
    url: LIBRARY,
  },
  {
    id: "does-not-load",
    level: "error",
    title: "a script that does not load",
    why: "The release would fail in migrate.",
    instead: "correct it, or install what it imports",
    url: LIBRARY,
  },
  {
    id: "no-up",
    level: "error",
    title: "a file without a way up of its own",
    why: "It exports no function up, or its part for going down would run as up too.",
    instead: "export a function named up, or write -- Up Migration above the first statement",
    url: GIT,
  },
  {
    id: "does-nothing",
    level: "error",
    title: "a file that does nothing",
    why: "It would be recorded as applied, so what was meant to be in it can never be added; up refuses it.",
    instead:
      "write its statements, or delete it; of a file that was emptied on purpose say so at its top: -- cloud-run-migrations: accept does-nothing: why",
    url: GIT,
  },
  {
    id: "transaction-control",
    level: "error",
    title: "a file that begins or ends a transaction",
    why: "A failure later on could not be rolled back.",
    instead: "take it out: the tool commits",
    url: "https://squawkhq.com/docs/transaction-nesting",
  },
  {
    id: "needs-own-transaction",
    level: "error",
    title: "a statement that cannot run in a .sql file",
    why: "A .sql file always runs in a transaction, and PostgreSQL refuses this statement there.",
    instead: "write this migration as a script that calls pgm.noTransaction()",
    url: LIBRARY,
  },
  ...Object.values(GIT_RULES),
  ...Object.values(RELEASE_RULES),
];

/** What no reason makes right: the run itself fails, or refuses. */
export const UNACCEPTABLE: ReadonlySet<string> = new Set([
  ...[
    "acceptance",
    "sql-syntax",
    "not-a-migration",
    "duplicate-name",
    "duplicate-prefix",
    "settings",
  ],
  ...[
    "does-not-load",
    "no-up",
    "transaction-control",
    "needs-own-transaction",
    "edited",
    "deleted",
  ],
  ...["out-of-order", "branch-interleaved", "ban-concurrent-index-in-transaction"],
  ...["enum-value-used-too-early", "ban-duplicate-column-assignments"],
]);
