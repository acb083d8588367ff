import type { Violation } from "../violations";

/** The parameters of libpq and pg that people write behind `?`. */
const PARAMETER =
  /^(host|hostaddr|port|user|password|dbname|ssl[a-z]*|options|application_name|fallback_application_name|connect_timeout|client_encoding|keepalives[a-z_]*|tcp_user_timeout|target_session_attrs|channel_binding|gssencmode|service|uselibpqcompat|statement_timeout|lock_timeout|query_timeout|idle_in_transaction_session_timeout|max|min|pgbouncer|schema|connection_limit|pool_timeout)=/;

/**
 * Refuses a URL whose password was pasted raw. Such a URL does not fail: `postgres://u:p/w@db/app`
 * names the host `u`, so the tool would send the rest of the password to a wrong server.
 */
export function checkDatabaseUrl(url: string): Violation[] {
  const reason = findFault(url);
  if (reason === null) return [];
  return [
    {
      path: "DATABASE_URL",
      expected: "a postgres:// URL with each of its parts percent-encoded",
      got: `[secret], where ${reason}`,
      remedy:
        "encode the password with encodeURIComponent, or set PGHOST, PGUSER, PGPASSWORD and PGDATABASE, which need no encoding",
    },
  ];
}

function findFault(url: string): string | null {
  const match = /^postgres(?:ql)?:\/\/([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(url);
  if (match === null) return "the scheme is not postgres://";
  const [, authority = "", path = "", query = "", fragment] = match;
  if (/\s/.test(url)) return "there is white space";
  if (fragment !== undefined) return 'there is a raw "#"';
  if (!isDecodable(url)) return 'a "%" begins no percent-encoding';
  if (authority.split("@").length > 2) return 'there is a raw "@" in the password';
  if (/[@:]/.test(path)) return 'a raw "/" ends the host early';
  const parameters = query
    .slice(1)
    .split("&")
    .filter((part) => part !== "");
  if (parameters.some((part) => part.includes("@") && !PARAMETER.test(part))) {
    return 'a raw "?" ends the host early';
  }
  // Without a host, which then is a parameter, pg puts a placeholder in.
  const isReadable = URL.canParse(url.replace("@/", "@placeholder/"));
  return isReadable ? null : "the host or the port cannot be read";
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** Every text in `url` that is, or may be, a password, in encoded and in plain form. */
export function passwordsInUrl(url: string): string[] {
  const found: string[] = [];
  // From the first colon after the scheme to the last @: more than the password when it was pasted raw.
  const raw = /^[a-z]+:\/\/[^:/?#@]*:(.*)@/is.exec(url)?.[1];
  if (raw !== undefined) found.push(raw);
  const parameter = /[?&]password=([^&#]*)/i.exec(url)?.[1];
  if (parameter !== undefined) found.push(parameter);
  return found.flatMap((text) => [text, decode(text)]);
}

function decode(text: string): string {
  return isDecodable(text) ? decodeURIComponent(text) : text;
}
