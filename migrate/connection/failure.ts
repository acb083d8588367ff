import { Client } from "pg";
import type { ConnectionSettings } from "../settings/connection";

/** Why a connection failed, as far as it decides whether to try again. */
export type ConnectionFault =
  /** The server is not up yet. */
  | "starting"
  /** A permission is missing that may only not have reached every server of Google's yet. */
  | "propagating"
  | "final";

/** The database could not be reached or refused the login. */
export class ConnectionError extends Error {
  readonly remedy: string;

  constructor(message: string, remedy: string, cause: unknown) {
    super(message, { cause });
    this.name = "ConnectionError";
    this.remedy = remedy;
  }
}

export function classifyFault(error: unknown, settings: ConnectionSettings): ConnectionFault {
  const code = codeOf(error);
  if (code === "ECONNREFUSED" || code === "57P03") return "starting";
  if (settings.kind !== "instance") return "final";
  // Of the Admin API, of impersonation, of an instance's client certificate.
  if (statusOf(error) === 403) return "propagating";
  // With IAM the instance refuses a login until it has seen the grant; a wrong password stays wrong.
  const isLoginRefused = code === "28000" || code === "28P01";
  return settings.iam && isLoginRefused ? "propagating" : "final";
}

const REMEDIES: Readonly<Record<string, string>> = {
  ECONNREFUSED: "start the server, or correct PGHOST and PGPORT",
  "57P03": "the server is starting; run it again in a minute",
  ENOTFOUND: "correct the host's name",
  ETIMEDOUT:
    "the host does not answer: is there a route to it, and does a firewall let this port through",
  "28P01": "correct PGPASSWORD; if it was rotated, give the new version of the secret",
  "28000":
    "the login may not connect: check its name, and with --iam its roles cloudsql.client and cloudsql.instanceUser",
  "3D000": "create the database, or correct PGDATABASE",
  "53300": "too many connections: lower the service's pool or instances, then run it again",
};

/** Where the connection comes by a URL, the URL is what is wrong. */
const REMEDIES_OF_URLS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "start the server, or correct the URL's host and port",
  "28P01": "correct the URL's password; if it was rotated, give the new version of the secret",
  "3D000": "create the database, or correct the URL's",
};

/** What the user reads. */
export function explainFailure(error: unknown, settings: ConnectionSettings): ConnectionError {
  const code = codeOf(error) ?? (statusOf(error) === null ? null : String(statusOf(error)));
  const remedy =
    statusOf(error) === 403
      ? "grant the account roles/cloudsql.client on the project, with --iam also roles/cloudsql.instanceUser, with --impersonate roles/iam.serviceAccountTokenCreator on that account"
      : remedyFor(code ?? "", error, settings);
  const message = `cannot connect to ${describeTarget(settings)}: ${messageOf(error)}`;
  return new ConnectionError(code === null ? message : `${message} (${code})`, remedy, error);
}

function remedyFor(code: string, error: unknown, { kind }: ConnectionSettings): string {
  const ofUrl = kind === "url" ? REMEDIES_OF_URLS[code] : undefined;
  return ofUrl ?? REMEDIES[code] ?? remedyOf(messageOf(error));
}

function remedyOf(message: string): string {
  return message.includes("default credentials")
    ? "log in with gcloud auth application-default login"
    : "check the connection settings";
}

export function describeTarget(settings: ConnectionSettings): string {
  if (settings.kind === "instance") return `the instance ${settings.instance}`;
  if (settings.kind === "host") return `${settings.host}:${settings.port}`;
  const { host, port } = new Client({ connectionString: settings.url });
  return `${host}:${port}`;
}

function messageOf(error: unknown): string {
  // Node tries every address of a name and puts the failures into one error without a message.
  if (error instanceof AggregateError && error.message === "") {
    return error.errors.map(messageOf).join("; ");
  }
  return error instanceof Error ? error.message : String(error);
}

export function codeOf(error: unknown): string | null {
  const code = fieldOf(error, "code");
  return typeof code === "string" ? code : null;
}

/** The HTTP status that an error of Google's carries, or null. */
export function statusOf(error: unknown): number | null {
  const status = Number(fieldOf(error, "status") ?? fieldOf(error, "code"));
  return status >= 400 && status < 600 ? status : null;
}

function fieldOf(error: unknown, field: string): unknown {
  return typeof error === "object" && error !== null
    ? (error as Record<string, unknown>)[field]
    : undefined;
}
