import { checkEnvironmentName } from "./environment";
import { isUnknown } from "./checkText";
import { quote, type Violation } from "./violations";

/** One named secret, as far as checks look at it. */
interface SecretOptions {
  value?: unknown;
  existingSecret?: unknown;
  version?: unknown;
  toRuntime?: unknown;
  toMigration?: unknown;
}

const HIDDEN = "[secret]";

// Secret Manager's own limit: https://cloud.google.com/secret-manager/quotas
const PAYLOAD_MAX = 65536;

/**
 * Purposes of the secrets that we make for the connection. A named secret's purpose is its
 * variable's name; one that begins like these could meet one of them.
 */
const RESERVED_PREFIXES = /^(migrator|runtime)_/;

/** Checks the named secrets, without ever showing a value. */
export function checkSecrets(path: string, secrets: unknown): Violation[] {
  if (secrets === undefined || isUnknown(secrets)) return [];
  return Object.entries(secrets as Record<string, SecretOptions>).flatMap(([name, secret]) => {
    const at = `${path}.${name}`;
    return [
      ...checkEnvironmentName(at, name),
      ...checkNotReserved(at, name),
      ...checkSource(at, secret),
      ...checkReaders(at, secret),
    ];
  });
}

function checkNotReserved(path: string, name: string): Violation[] {
  if (!RESERVED_PREFIXES.test(name)) return [];
  const expected = "a name that does not begin with migrator_ or runtime_";
  return [{ rule: "secret-name", path, expected, got: quote(name) }];
}

function checkSource(path: string, { value, existingSecret, version }: SecretOptions): Violation[] {
  const expected = "exactly one of value and existingSecret";
  if (value !== undefined && existingSecret !== undefined) {
    return [{ rule: "secret-source", path, expected, got: "both" }];
  }
  if (value === undefined && existingSecret === undefined) {
    return [{ rule: "secret-source", path, expected, got: "neither" }];
  }
  if (existingSecret !== undefined) {
    return [
      ...checkExistingSecret(`${path}.existingSecret`, existingSecret),
      ...checkSecretVersion(`${path}.version`, version),
    ];
  }
  const stray: Violation[] =
    version === undefined
      ? []
      : [
          {
            rule: "secret-source",
            path: `${path}.version`,
            expected: "nothing beside value",
            got: showVersion(version),
          },
        ];
  return [...checkPayload(`${path}.value`, value), ...stray];
}

/** Checks the text that becomes a secret. */
export function checkPayload(path: string, value: unknown): Violation[] {
  if (isUnknown(value)) return [];
  const expected = `a text of 1 to ${PAYLOAD_MAX} bytes without NUL`;
  if (typeof value !== "string" || value.includes("\0")) {
    return [{ rule: "secret-value", path, expected, got: HIDDEN }];
  }
  const bytes = Buffer.byteLength(value);
  if (bytes >= 1 && bytes <= PAYLOAD_MAX) return [];
  return [{ rule: "secret-value", path, expected, got: `${HIDDEN} of ${bytes} bytes` }];
}

/** Checks the name of a secret that is there already. */
export function checkExistingSecret(path: string, secret: unknown): Violation[] {
  if (isUnknown(secret)) return [];
  const legal = /^(projects\/[^/]+\/secrets\/)?[A-Za-z0-9_-]{1,255}$/;
  if (typeof secret === "string" && legal.test(secret)) return [];
  const expected = "a secret's ID or projects/{project}/secrets/{id}";
  return [{ rule: "secret-id", path, expected, got: showName(secret) }];
}

/** A version's name is the usual mistake; what looks like no name at all may be the secret itself. */
function showName(secret: unknown): string {
  const isName =
    typeof secret === "string" && /^projects\/[\w.:-]*(\/[a-z]+(\/[\w-]{0,255})?)*$/.test(secret);
  return secret === undefined || secret === "" || isName ? quote(secret) : HIDDEN;
}

/** Checks that a version is pinned: with an alias, instances of one revision may see different values. */
export function checkSecretVersion(path: string, version: unknown): Violation[] {
  if (isUnknown(version)) return [];
  if (typeof version === "string" && /^[1-9]\d*$/.test(version)) return [];
  return [
    {
      rule: "secret-version",
      path,
      expected: 'a version\'s number, such as "3"',
      got: showVersion(version),
      remedy: "gcloud secrets versions list lists them",
    },
  ];
}

/** Anything but a number or the alias may be the secret itself, written into the wrong argument. */
function showVersion(version: unknown): string {
  if (version === undefined || typeof version === "number") return quote(version);
  const isHarmless = typeof version === "string" && /^(\d{1,9}|latest)$/.test(version);
  return isHarmless ? quote(version) : HIDDEN;
}

function checkReaders(path: string, { toRuntime, toMigration }: SecretOptions): Violation[] {
  if (toRuntime !== false || toMigration === true) return [];
  const expected = "a secret that the service or the migration gets";
  const got = "toRuntime false and toMigration not true";
  return [{ rule: "secret-unused", path, expected, got }];
}
