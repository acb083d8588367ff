import { checkInteger, checkOneOf, checkText } from "./checkText";
import type { Violation } from "./violations";

// Versions that Cloud SQL makes instances of: https://cloud.google.com/sql/docs/postgres/db-versions
const VERSIONS = [13, 14, 15, 16, 17, 18].map((version) => `POSTGRES_${version}`);

/** Checks a PostgreSQL version. */
export function checkDatabaseVersion(path: string, value: unknown): Violation[] {
  return checkOneOf(path, value, VERSIONS);
}

/** Checks an edition by itself; whether it fits the tier is `checkTier`'s. */
export function checkEdition(path: string, value: unknown): Violation[] {
  return checkOneOf(path, value, ["ENTERPRISE", "ENTERPRISE_PLUS"]);
}

/** Checks a disk's size. */
export function checkDiskSize(path: string, value: unknown): Violation[] {
  return checkInteger(path, value, 10, 65536);
}

const RESERVED_DATABASES = ["postgres", "template0", "template1", "cloudsqladmin"];

/** Checks a database's name; the ones that every instance has already are refused. */
export function checkDatabaseName(path: string, value: unknown): Violation[] {
  const expected =
    "1 to 63 lower-case letters, digits or _, beginning with a letter, " +
    `and not ${RESERVED_DATABASES.join(", ")}`;
  return checkText(
    path,
    value,
    expected,
    (text) => isPlainIdentifier(text) && !RESERVED_DATABASES.includes(text),
    { rule: "database-name" },
  );
}

/** Checks the name of a user with a password, or of a role. */
export function checkDatabaseUserName(path: string, value: unknown): Violation[] {
  const expected =
    "1 to 63 lower-case letters, digits or _, beginning with a letter, " +
    "and not postgres, public, pg_… or cloudsql…";
  return checkText(
    path,
    value,
    expected,
    (text) =>
      isPlainIdentifier(text) &&
      !["postgres", "public"].includes(text) &&
      !/^(pg_|cloudsql)/.test(text),
    { rule: "role-name" },
  );
}

function isPlainIdentifier(text: string): boolean {
  return /^[a-z][a-z0-9_]{0,62}$/.test(text);
}

const ACCOUNT_SUFFIX = ".gserviceaccount.com";

/**
 * The database user of a service account.
 *
 * @see https://cloud.google.com/sql/docs/postgres/add-manage-iam-users#creating-a-database-user
 */
export function iamUserName(email: string): string {
  return email.endsWith(ACCOUNT_SUFFIX) ? email.slice(0, -ACCOUNT_SUFFIX.length) : email;
}

/** Checks that a service account's database user fits into PostgreSQL's 63 bytes. */
export function checkIamUserName(path: string, email: unknown): Violation[] {
  return checkText(
    path,
    email,
    `a service account's email of at most ${63 + ACCOUNT_SUFFIX.length} characters`,
    (text) =>
      /^[a-z0-9-]+@[a-z0-9.-]+\.gserviceaccount\.com$/.test(text) && iamUserName(text).length <= 63,
    {
      rule: "iam-user-name",
      remedy: "PostgreSQL cuts names after 63 bytes; take an account with a shorter ID",
    },
  );
}
