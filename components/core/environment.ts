import { checkText, isUnknown } from "./checkText";
import { looksSecret } from "./secretNames";
import { quote, type Violation } from "./violations";

/** What a connection is made of. */
export const CONNECTION_KEYS = ["user", "password", "host", "port", "database"] as const;
export type ConnectionKey = (typeof CONNECTION_KEYS)[number];

/** The names that libpq, and so nearly every driver, reads by itself. */
export const DEFAULT_ENVIRONMENT_NAMES: Readonly<Record<ConnectionKey, string>> = {
  user: "PGUSER",
  password: "PGPASSWORD",
  host: "PGHOST",
  port: "PGPORT",
  database: "PGDATABASE",
};

/**
 * Tells libpq, and drivers that follow it, to insist on TLS. It has no name of its own in a framework
 * that renames the other five, so it is never renamed.
 */
export const TLS_VARIABLE = "PGSSLMODE";

/** The connection's variables, in a fixed order, under the names that somebody chose. */
export function connectionVariables(
  names: { [Key in ConnectionKey]?: string | undefined } = {},
): { key: ConnectionKey; name: string }[] {
  return CONNECTION_KEYS.map((key) => ({
    key,
    name: names[key] ?? DEFAULT_ENVIRONMENT_NAMES[key],
  }));
}

// Set by Cloud Run itself: https://cloud.google.com/run/docs/container-contract#env-vars
const RESERVED = /^(PORT|K_.*|CLOUD_RUN_.*|X_GOOGLE_.*)$/;

/** Our own limit: a secret's ID holds the name behind a prefix. */
const NAME_MAX = 128;

/** Checks the name of an environment variable of a service or a job. */
export function checkEnvironmentName(path: string, value: unknown): Violation[] {
  const expected =
    `1 to ${NAME_MAX} letters, digits or _, not beginning with a digit, ` +
    "and not PORT, K_…, CLOUD_RUN_… or X_GOOGLE_…";
  return checkText(path, value, expected, (name) => isName(name) && !RESERVED.test(name), {
    rule: "variable-name",
  });
}

function isName(text: string): boolean {
  return text.length <= NAME_MAX && /^[A-Za-z_][A-Za-z0-9_]*$/.test(text);
}

/** A name and the argument that gave it. */
export interface NamedPath {
  name: string;
  path: string;
}

/** Checks that no two arguments set the same variable: the provider accepts both and one wins. */
export function checkUniqueNames(names: readonly NamedPath[]): Violation[] {
  const first = new Map<string, string>();
  return names.flatMap(({ name, path }): Violation[] => {
    const other = first.get(name);
    if (other === undefined) {
      first.set(name, path);
      return [];
    }
    const expected = `a name that ${other} does not set`;
    return [{ rule: "variable-twice", path, expected, got: quote(name) }];
  });
}

/** Checks Docker build arguments: anybody who can pull the image can read them. An empty value is legal. */
export function checkBuildArgs(path: string, buildArgs: unknown): Violation[] {
  if (buildArgs === undefined || isUnknown(buildArgs)) return [];
  return Object.entries(buildArgs as Record<string, unknown>).flatMap(([name, value]) => {
    const at = `${path}.${name}`;
    const expectedName = "letters, digits or _, not beginning with a digit";
    return [
      ...checkText(at, name, expectedName, isName, { rule: "build-arg-name" }),
      ...checkSecretName(at, name),
      // The value of a refused argument may be the secret, so it is never shown.
      ...(looksSecret(name)
        ? []
        : checkText(at, value, "a text without line break or NUL", isOneLine, {
            rule: "build-arg-value",
          })),
    ];
  });
}

function isOneLine(text: string): boolean {
  return !/[\r\n\0]/.test(text);
}

function checkSecretName(path: string, name: string): Violation[] {
  if (!looksSecret(name)) return [];
  return [
    {
      rule: "build-arg-secret",
      path,
      expected: "a name that does not look like a secret's",
      got: quote(name),
      remedy:
        "build arguments stay readable in the image; give secrets to the service by `secrets`",
    },
  ];
}
