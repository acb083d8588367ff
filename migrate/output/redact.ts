import { passwordsInUrl } from "../settings/databaseUrl";
import type { Environment } from "../settings/environment";

/** Replaces every known secret in a text by `[secret]`. */
export type Redact = (text: string) => string;

const SECRET_NAME = /(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|APIKEY|_(PASS|PWD|PW|KEY))$/i;

// Shorter values occur as ordinary words of a message; a password of three letters protects nothing.
const SHORTEST = 4;

/**
 * Knows the password of the database and every variable whose name says that it is a secret, as they
 * are, percent-encoded and as JSON writes them; the password of any other URL is recognised by its place.
 */
export function createRedactor(env: Environment): Redact {
  const secrets = new Set<string>();
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) continue;
    const texts = SECRET_NAME.test(name) ? [value] : passwordsInUrl(value);
    for (const text of texts.flatMap(spellings)) {
      if (text.length >= SHORTEST) secrets.add(text);
    }
  }
  // The longest first: a secret that contains another one goes as a whole.
  const ordered = [...secrets].sort((a, b) => b.length - a.length);
  return (text) => {
    let result = text;
    for (const secret of ordered) result = result.replaceAll(secret, "[secret]");
    return result.replace(URL_PASSWORD, "$1[secret]$2");
  };
}

const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/?#@"']*:)[^\s"']+(@)/gi;

function spellings(secret: string): string[] {
  const trimmed = secret.trim();
  return [secret, trimmed].flatMap((text) => [
    text,
    encodeURIComponent(text),
    encodeURI(text),
    new URLSearchParams({ k: text }).toString().slice(2),
    JSON.stringify(text).slice(1, -1),
  ]);
}

/** `value` with every string in it redacted, for a document that is written as JSON. */
export function redactDeep(value: unknown, redact: Redact): unknown {
  if (typeof value === "string") return redact(value);
  if (Array.isArray(value)) return value.map((item) => redactDeep(item, redact));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, redactDeep(item, redact)]),
  );
}
