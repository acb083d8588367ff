import { createHash } from "node:crypto";
import type { Violation } from "./violations";
import { checkText } from "./checkText";

/** What Google documents about the name of one kind of resource. */
export interface NameRule {
  /** Longest legal name, in characters. */
  max: number;
  pattern: RegExp;
  /** The rule in words, as an error says it. */
  expected: string;
  /** Where Google says so. */
  url: string;
}

const RFC_1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const RFC_1035_WORDS = "lower-case letters, digits or -, beginning with a letter, not ending in -";

/**
 * The provider checks accounts, networks and subnets at preview and nothing else, so these rules are
 * Google's, not the provider's.
 */
export const NAME_RULES = {
  serviceAccount: {
    max: 30,
    pattern: /^[a-z][-a-z0-9]{4,28}[a-z0-9]$/,
    expected: `6 to 30 ${RFC_1035_WORDS}`,
    url: "https://cloud.google.com/iam/docs/service-accounts-create",
  },
  runService: {
    max: 49,
    pattern: RFC_1035,
    expected: `1 to 49 ${RFC_1035_WORDS}`,
    url: "https://cloud.google.com/run/docs/deploying",
  },
  runJob: {
    max: 49,
    pattern: RFC_1035,
    expected: `1 to 49 ${RFC_1035_WORDS}`,
    url: "https://cloud.google.com/run/docs/create-jobs",
  },
  sqlInstance: {
    // Google counts `project:instance`: at most 98, and a project ID has at most 30.
    max: 67,
    pattern: RFC_1035,
    expected: `1 to 67 ${RFC_1035_WORDS}`,
    url: "https://cloud.google.com/sql/docs/postgres/instance-settings",
  },
  secret: {
    max: 255,
    pattern: /^[A-Za-z0-9_-]+$/,
    expected: "1 to 255 letters, digits, _ or -",
    url: "https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets/create",
  },
  artifactRepository: {
    max: 63,
    pattern: RFC_1035,
    expected: `1 to 63 ${RFC_1035_WORDS}`,
    url: "https://cloud.google.com/artifact-registry/docs/repositories/create-repos",
  },
  trigger: {
    max: 63,
    pattern: /^[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?$/,
    expected: "1 to 63 letters, digits or -, not beginning or ending with -",
    url: "https://cloud.google.com/build/docs/api/reference/rest/v1/projects.triggers",
  },
  network: {
    max: 63,
    pattern: RFC_1035,
    expected: `1 to 63 ${RFC_1035_WORDS}`,
    url: "https://cloud.google.com/compute/docs/naming-resources",
  },
} as const satisfies Record<string, NameRule>;

/** A kind of resource whose name Google limits. Subnets and addresses follow `network`. */
export type NameKind = keyof typeof NAME_RULES;

/** Checks a name that somebody chose against Google's rule for its kind. */
export function checkPhysicalName(kind: NameKind, path: string, value: unknown): Violation[] {
  const rule: NameRule = NAME_RULES[kind];
  return checkText(path, value, `${rule.expected} (${rule.url})`, (text) => {
    return text.length <= rule.max && rule.pattern.test(text);
  });
}

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
  if (kind === "sqlInstance") return NAME_RULES.sqlInstance.max - AUTONAMING_SUFFIX - suffix;
  // A secret's purpose is an environment variable's name, so its length is taken as the longest one.
  if (kind === "secret") return NAME_RULES.secret.max - PURPOSE_MAX - 1;
  return NAME_RULES[kind].max - suffix;
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
