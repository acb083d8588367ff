import { quote } from "../violations";
import { checkDatabaseUrl } from "./databaseUrl";
import { type Emulator, readEmulator } from "./emulator";
import { type Environment, isSet } from "./environment";
import type { FlagReader } from "./reader";

/** Who logs in, and to which database. Null where libpq's own default applies. */
interface Login {
  user: string | null;
  password: string | null;
  database: string | null;
}

/** Through Google's connector: mTLS, the address looked up by the instance's name. */
export interface InstanceConnection extends Login {
  kind: "instance";
  instance: string;
  ipType: "PRIVATE" | "PUBLIC";
  iam: boolean;
  impersonate: string | null;
  /** Stands for Google here; null where the instance is a real one. */
  emulator: Emulator | null;
}

/** Straight to a host, by PGHOST and its sisters. */
export interface HostConnection extends Login {
  kind: "host";
  host: string;
  port: number;
}

/** By DATABASE_URL, whose parameters (`sslmode`, …) pg reads. */
export interface UrlConnection {
  kind: "url";
  url: string;
}

export type ConnectionSettings = InstanceConnection | HostConnection | UrlConnection;

// project ids may carry a domain: `example.com:project`
const INSTANCE =
  /^(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]:[a-z]+-[a-z]+\d+:[a-z][a-z0-9-]{0,97}$/;

const SERVICE_ACCOUNT = /^[^\s@]+@[^\s@]+\.gserviceaccount\.com$/;

/** Which database to connect to; null (and a violation) when nothing names one. */
export function readConnection(reader: FlagReader, env: Environment): ConnectionSettings | null {
  const flags = readConnectionFlags(reader);
  const instance = reader.text("instance") ?? valueOf(env.INSTANCE_CONNECTION_NAME);
  if (instance !== null) return readInstance(reader, instance, flags, env);
  const url = valueOf(env.DATABASE_URL);
  if (url !== null) {
    reader.violations.push(...checkDatabaseUrl(url));
    return { kind: "url", url };
  }
  const host = valueOf(env.PGHOST);
  if (host !== null) return { kind: "host", host, port: readPort(reader, env), ...readLogin(env) };
  reader.violations.push({
    path: "connection",
    expected: "--instance, INSTANCE_CONNECTION_NAME, DATABASE_URL or PGHOST",
    got: "none of them",
    remedy: "set one, on a laptop in .env",
  });
  return null;
}

interface ConnectionFlags {
  iam: boolean;
  impersonate: string | null;
  ipType: "PRIVATE" | "PUBLIC";
}

function readConnectionFlags(reader: FlagReader): ConnectionFlags {
  const ipType = reader.text("ip-type") ?? "PUBLIC";
  if (ipType !== "PRIVATE" && ipType !== "PUBLIC") {
    const got = quote(ipType);
    const remedy = "write it in capitals: PRIVATE inside the network, PUBLIC elsewhere";
    reader.violations.push({ path: "--ip-type", expected: "PRIVATE or PUBLIC", got, remedy });
  }
  const impersonate = reader.text("impersonate");
  if (impersonate !== null && !SERVICE_ACCOUNT.test(impersonate)) {
    reader.violations.push({
      path: "--impersonate",
      expected: "a service account's email, NAME@PROJECT.iam.gserviceaccount.com",
      got: quote(impersonate),
      remedy: "give the account's whole email; gcloud iam service-accounts list has it",
    });
  }
  return {
    iam: reader.flag("iam"),
    impersonate,
    ipType: ipType === "PRIVATE" ? "PRIVATE" : "PUBLIC",
  };
}

function readInstance(
  reader: FlagReader,
  instance: string,
  flags: ConnectionFlags,
  env: Environment,
): InstanceConnection {
  const missing = (path: string, expected: string): void => {
    reader.violations.push({ path, expected, got: "nothing", remedy: `set ${path}` });
  };
  if (!INSTANCE.test(instance)) {
    reader.violations.push({
      path: reader.text("instance") === null ? "INSTANCE_CONNECTION_NAME" : "--instance",
      expected: "PROJECT:REGION:INSTANCE",
      got: quote(instance),
      remedy: "it is the stack's output connectionName",
    });
  }
  const login = readLogin(env);
  // An IAM login is called like its service account, without the ending.
  const user =
    login.user ??
    (flags.iam ? (flags.impersonate?.replace(/\.gserviceaccount\.com$/, "") ?? null) : null);
  if (user === null) missing("PGUSER", "the name of the login");
  if (login.database === null) missing("PGDATABASE", "the name of the database");
  if (!flags.iam && login.password === null) {
    missing("PGPASSWORD", "the login's password, or --iam for a login without one");
  }
  const emulator = readEmulator(reader, env);
  return { kind: "instance", instance, ...flags, ...login, user, emulator };
}

function readLogin(env: Environment): Login {
  return {
    user: valueOf(env.PGUSER),
    password: valueOf(env.PGPASSWORD),
    database: valueOf(env.PGDATABASE),
  };
}

function readPort(reader: FlagReader, env: Environment): number {
  const text = valueOf(env.PGPORT) ?? "5432";
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535) return port;
  const remedy = "PostgreSQL's own is 5432";
  reader.violations.push({
    path: "PGPORT",
    expected: "a port, 1 to 65535",
    got: quote(text),
    remedy,
  });
  return 5432;
}

function valueOf(value: string | undefined): string | null {
  return isSet(value) ? value : null;
}
