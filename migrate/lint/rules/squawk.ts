import type { Rule } from "../rule";

/** A rule that squawk finds, in our words and at our level. */
export interface SquawkRule extends Rule {
  /** Squawk's own name of it. */
  squawk: string;
  /** Whether it is about waiting, which nobody does at a table that nobody uses yet. */
  aboutLocks: boolean;
  says: string;
}

const docs = (name: string): string => `https://squawkhq.com/docs/${name}`;

/**
 * What a single statement tells, found by squawk 2.61. Not taken from it: what needs the file's other
 * statements or older files, which rules of ours decide; `require-lock-timeout`, `require-statement-timeout`
 * and retries, which the tool sees to itself; `require-table-schema`, for the tool sets the search_path.
 */
export const SQUAWK_RULES: readonly SquawkRule[] = [
  {
    id: "require-concurrent-reindex",
    squawk: "require-concurrent-reindex",
    aboutLocks: true,
    level: "error",
    title: "REINDEX without CONCURRENTLY",
    says: "rebuilds an index while writers, and readers that would use it, wait",
    why: "REINDEX locks the table against writers and each index against readers until it is rebuilt.",
    instead: "REINDEX … CONCURRENTLY, in a script of its own that calls pgm.noTransaction()",
    url: "https://www.postgresql.org/docs/18/sql-reindex.html#SQL-REINDEX-CONCURRENTLY",
  },
  {
    id: "require-concurrent-partition-detach",
    squawk: "require-concurrent-partition-detach",
    aboutLocks: true,
    level: "error",
    title: "DETACH PARTITION without CONCURRENTLY",
    says: "detaches a partition while readers and writers of the whole table wait",
    why: "It takes an ACCESS EXCLUSIVE lock on the partitioned table.",
    instead:
      "DETACH PARTITION … CONCURRENTLY, in a script of its own that calls pgm.noTransaction()",
    url: "https://www.postgresql.org/docs/18/sql-altertable.html#SQL-ALTERTABLE-DETACH-PARTITION",
  },
  {
    id: "ban-truncate-cascade",
    squawk: "ban-truncate-cascade",
    aboutLocks: true,
    level: "error",
    title: "TRUNCATE … CASCADE",
    says: "empties every table that refers to it as well",
    why: "Tables that the migration does not name lose all their rows.",
    instead: "name each table that is to be emptied",
    url: docs("ban-truncate-cascade"),
  },
  {
    id: "ban-create-domain-with-constraint",
    squawk: "ban-create-domain-with-constraint",
    aboutLocks: false,
    level: "warning",
    title: "a domain with a constraint",
    says: "the domain's constraint cannot be changed without locking every table that uses it",
    why: "A domain's CHECK is validated in all tables at once, under a lock on each.",
    instead: "a plain type, and a CHECK on each table",
    url: docs("ban-create-domain-with-constraint"),
  },
  {
    id: "identifier-too-long",
    squawk: "identifier-too-long",
    aboutLocks: false,
    level: "error",
    title: "a name of more than 63 bytes",
    says: "holds a name that PostgreSQL cuts off after 63 bytes",
    why: "It is cut off without an error, and two long names can then be one.",
    instead: "choose a shorter name",
    url: "https://www.postgresql.org/docs/18/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS",
  },
  {
    id: "ban-char-field",
    squawk: "ban-char-field",
    aboutLocks: false,
    level: "warning",
    title: "a char(n) column",
    says: "holds a char(n) column, whose values are padded with blanks",
    why: "char(n) pads with blanks, ignores them when it compares, and saves nothing.",
    instead: "text, with a CHECK where the length matters",
    url: docs("ban-char-field"),
  },
  {
    id: "prefer-text-field",
    squawk: "prefer-text-field",
    aboutLocks: false,
    level: "note",
    title: "a varchar(n) column",
    says: "holds a varchar(n) column; its limit can be raised later, not lowered, without reading the table",
    why: "A lower limit needs an ACCESS EXCLUSIVE lock while every row is read.",
    instead: "text, with a CHECK that can be changed NOT VALID",
    url: docs("prefer-text-field"),
  },
  {
    id: "prefer-timestamp-tz",
    squawk: "prefer-timestamp-tz",
    aboutLocks: false,
    level: "note",
    title: "a timestamp without time zone",
    says: "holds a timestamp without time zone, which does not say what moment it means",
    why: "Sessions of different time zones read it as different moments.",
    instead: "timestamptz",
    url: docs("prefer-timestamp-tz"),
  },
  {
    id: "prefer-bigint-over-int",
    squawk: "prefer-bigint-over-int",
    aboutLocks: false,
    level: "note",
    title: "a 32-bit integer",
    says: "holds a 32-bit integer, which ends at 2,147,483,647",
    why: "A key that reaches its end stops every INSERT, and a wider type means writing the table anew.",
    instead: "bigint for keys and counters",
    url: docs("prefer-bigint-over-int"),
  },
  {
    id: "prefer-bigint-over-smallint",
    squawk: "prefer-bigint-over-smallint",
    aboutLocks: false,
    level: "note",
    title: "a 16-bit integer",
    says: "holds a 16-bit integer, which ends at 32,767",
    why: "A key that reaches its end stops every INSERT, and a wider type means writing the table anew.",
    instead: "bigint for keys and counters",
    url: docs("prefer-bigint-over-smallint"),
  },
  {
    id: "prefer-identity",
    squawk: "prefer-identity",
    aboutLocks: false,
    level: "note",
    title: "a serial column",
    says: "holds a serial column; an identity needs no rights on a sequence of its own",
    why: "A serial column's sequence has rights and an owner of its own, and anybody may write over its values.",
    instead: "bigint GENERATED ALWAYS AS IDENTITY",
    url: docs("prefer-identity"),
  },
  {
    id: "require-enum-value-ordering",
    squawk: "require-enum-value-ordering",
    aboutLocks: false,
    level: "note",
    title: "an enum's value is added without its place",
    says: "adds the value behind all others",
    why: "Values compare in the order in which they stand, and it cannot be changed later.",
    instead: "say BEFORE or AFTER which one it comes",
    url: docs("require-enum-value-ordering"),
  },
];
