import { createHash } from "node:crypto";

/**
 * Longest name that Google takes for each kind, in characters. Subnets and addresses follow
 * `network`.
 */
const LONGEST = {
  // https://cloud.google.com/iam/docs/service-accounts-create
  serviceAccount: 30,
  // https://cloud.google.com/run/docs/deploying
  runService: 49,
  // https://cloud.google.com/run/docs/create-jobs
  runJob: 49,
  // Google counts `project:instance`: at most 98, and a project ID has at most 30.
  // https://cloud.google.com/sql/docs/postgres/instance-settings
  sqlInstance: 67,
  // https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets/create
  secret: 255,
  // https://cloud.google.com/artifact-registry/docs/repositories/create-repos
  artifactRepository: 63,
  // https://cloud.google.com/build/docs/api/reference/rest/v1/projects.triggers
  trigger: 63,
  // https://cloud.google.com/build/docs/private-pools/create-manage-private-pools
  privatePool: 63,
  // https://cloud.google.com/compute/docs/naming-resources
  network: 63,
} as const;

/** A kind of resource whose name Google limits. */
export type NameKind = keyof typeof LONGEST;

/** What a physical name is made of. */
export interface NameParts {
  /** The component's name. */
  name: string;
  /** The stack, because two stacks of one program may share a project. */
  stack: string;
  /** What the resource is for, where one environment has several of its kind; letters, digits and _. */
  purpose?: string;
}

/**
 * Pulumi appends `-` and seven characters to the logical name of a Cloud SQL instance; we leave the
 * name to it, for a deleted instance's name is blocked for a week.
 */
const AUTONAMING_SUFFIX = 8;

const HASH_LENGTH = 8;
/** Keeps service accounts' database users within 63 bytes: `<28>@<30>.iam` has 63. */
const ACCOUNT_MAX = 28;
/** Long enough for everybody, and leaves room for any purpose we make. */
const PURPOSE_MAX = 128;

/**
 * The name of a resource in Google Cloud: `<name>-<stack>` or `<name>-<stack>-<purpose>`.
 *
 * Different inputs never share a name. Where spelling, length or an ambiguous hyphen would let two
 * inputs meet, eight hexadecimal digits of a hash of both take the stack's place at the end; a
 * stack that looks like such a hash is hashed too, so the two forms cannot meet either.
 */
export function physicalName(kind: NameKind, { name, stack, purpose }: NameParts): string {
  const suffix = purpose === undefined ? "" : `-${purpose}`;
  const base = baseName(name, stack, maxBase(kind, suffix.length));
  return `${base}${suffix}`;
}

function maxBase(kind: NameKind, suffix: number): number {
  if (kind === "serviceAccount") return ACCOUNT_MAX - suffix;
  if (kind === "sqlInstance") return LONGEST.sqlInstance - AUTONAMING_SUFFIX - suffix;
  // A secret's purpose is an environment variable's name, so its length is taken as the longest one.
  if (kind === "secret") return LONGEST.secret - PURPOSE_MAX - 1;
  return LONGEST[kind] - suffix;
}

function baseName(name: string, stack: string, max: number): string {
  const plain = `${name}-${stack}`;
  const slug = slugOf(plain);
  // Without a hyphen in the stack the last one separates the two, so nothing is ambiguous.
  const readable = slug === plain && !stack.includes("-") && !/^[0-9a-f]{8}$/.test(stack);
  if (readable && plain.length <= max) return plain;
  const hash = createHash("sha256")
    .update(JSON.stringify([name, stack]))
    .digest("hex");
  const head = slug.slice(0, max - HASH_LENGTH - 1).replace(/-+$/, "");
  return `${head}-${hash.slice(0, HASH_LENGTH)}`;
}

/** Lower-case ASCII that begins with a letter and ends in a letter or digit. */
function slugOf(text: string): string {
  const slug = text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\p{Mark}/gu, "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return /^[a-z]/.test(slug) ? slug : `app-${slug}`.replace(/-+$/, "");
}

/** PostgreSQL cuts longer identifiers. */
const IDENTIFIER_MAX = 63;

/**
 * The database user of an account with a password: `shop_migrator`. Each environment has an
 * instance of its own, so the stack is left out; what is not plain is told apart by a hash.
 */
export function databaseUserName(name: string, role: "migrator" | "runtime"): string {
  const slug = slugOf(name).replaceAll("-", "_");
  const max = IDENTIFIER_MAX - role.length - 1;
  const isReserved = /^(pg|cloudsql)/.test(slug);
  if (slug === name.replaceAll("-", "_") && !name.includes("_") && !isReserved) {
    if (slug.length <= max) return `${slug}_${role}`;
  }
  const hash = createHash("sha256").update(name).digest("hex").slice(0, HASH_LENGTH);
  const head = (isReserved ? `app_${slug}` : slug).slice(0, max - HASH_LENGTH - 1);
  return `${head}_${hash}_${role}`;
}

/**
 * Name of something that several environments share an instance for: a database, `shop_dev`, or a
 * role, `shop_dev_owner`. Different environments never share a name.
 */
export function sharedDatabaseName(
  name: string,
  stack: string,
  purpose?: "migrator" | "runtime" | "owner",
): string {
  const suffix = purpose === undefined ? "" : `_${purpose}`;
  // With one underscore `shop` in stack `dev` would meet the users of an instance called `shop-dev`.
  const plain = `${name}__${stack}`;
  const isPlain = [name, stack].every((part) => /^[a-z][a-z0-9]*$/.test(part));
  // A stack that looks like a hash is hashed too, so the two forms cannot meet.
  const isReadable = isPlain && !isReservedRole(name) && !/^[0-9a-f]{8}$/.test(stack);
  const max = IDENTIFIER_MAX - "_migrator".length;
  if (isReadable && plain.length <= max) return `${plain}${suffix}`;
  const hash = createHash("sha256")
    .update(JSON.stringify([name, stack]))
    .digest("hex")
    .slice(0, HASH_LENGTH);
  const slug = slugOf(`${name}-${stack}`).replaceAll("-", "_");
  const head = isReservedRole(slug) ? `app_${slug}` : slug;
  return `${head.slice(0, max - HASH_LENGTH - 2)}__${hash}${suffix}`;
}

function isReservedRole(text: string): boolean {
  return /^(pg|cloudsql)/.test(text);
}
