import type { Rewrite } from "./events";

/** Where the things listen that variables of a container name. */
export interface Addresses {
  /** The embedded PostgreSQL. */
  database: { host: string; port: number };
  /** Names and IP addresses that mean the database instance. */
  databaseHosts: ReadonlySet<string>;
  /** Containers of the build's network by name: the port of this machine that stands for them. */
  containers: ReadonlyMap<string, number>;
  /** The Auth Proxy runs beside the container: `localhost` is the database. */
  hasProxy: boolean;
  /** The container connects by instance name through Google's connector. */
  hasConnector: boolean;
}

const LOCALHOST = /^(localhost|127\.0\.0\.1|::1)$/;
const IP_ADDRESS = /^\d{1,3}(\.\d{1,3}){3}$/;
const HOST_NAME = /(HOST|HOSTNAME|SERVER|ADDRESS|ADDR)$/i;
const DATABASE_NAME = /(PG|POSTGRES|POSTGRESQL|DB|DATABASE|SQL)_?$/i;

/**
 * Points a container to where things listen on this machine, and nothing else: PGHOST and PGPORT (or a
 * framework's own names of them), database URLs, and the instance's name, which only Google's
 * connector could look up.
 */
export function rewriteAddresses(
  where: string,
  environment: Record<string, string>,
  addresses: Addresses,
): { env: Record<string, string>; rewrites: Rewrite[] } {
  const env = { ...environment };
  const rewrites: Rewrite[] = [];
  const set = (name: string, to: string): void => {
    const from = env[name] ?? "";
    if (from === to) return;
    env[name] = to;
    rewrites.push({ where, name, from, to });
  };
  const instance = env.INSTANCE_CONNECTION_NAME ?? "";
  if (addresses.hasConnector && instance !== "") {
    const { host, port } = addresses.database;
    delete env.INSTANCE_CONNECTION_NAME;
    const to = `PGHOST=${host} PGPORT=${port}`;
    rewrites.push({ where, name: "INSTANCE_CONNECTION_NAME", from: instance, to });
    env.PGHOST = host;
    env.PGPORT = String(port);
    return { env, rewrites };
  }
  for (const [name, value] of Object.entries(env)) {
    if (HOST_NAME.test(name)) rewriteHost(name, value, addresses, set);
    else if (/^postgres(ql)?(\+\w+)?:\/\//.test(value) || name === "DATABASE_URL") {
      const change = rewriteUrl(value, addresses);
      if (change === null) continue;
      env[name] = change.url;
      rewrites.push({ where, name, from: change.from, to: change.to });
    }
  }
  return { env, rewrites };
}

function rewriteHost(
  name: string,
  value: string,
  addresses: Addresses,
  set: (name: string, value: string) => void,
): void {
  const prefix = name.replace(HOST_NAME, "");
  const isNamed = DATABASE_NAME.test(prefix) || addresses.databaseHosts.has(value);
  if (!isNamed && !addresses.containers.has(value)) return;
  const port = portOf(value, addresses);
  if (port === null) return;
  set(name, "127.0.0.1");
  set(`${prefix}PORT`, String(port));
}

/** The local port that stands for a host; null when the container could not reach it there either. */
function portOf(host: string, addresses: Addresses): number | null {
  const container = addresses.containers.get(host);
  if (container !== undefined) return container;
  const isDatabase =
    IP_ADDRESS.test(host) || host.startsWith("/cloudsql/") || addresses.databaseHosts.has(host);
  const isHere = LOCALHOST.test(host);
  return (isHere ? addresses.hasProxy : isDatabase) ? addresses.database.port : null;
}

// Neither `new URL` nor a parser of connection strings: both would write the rest anew.
const URL_PARTS =
  /^([a-z+]+:\/\/(?:[^@/]*@)?)([^/?#:@]*|\[[^\]]*\])(:\d+)?(\/[^?#]*)?(\?[^#]*)?(.*)$/s;

function rewriteUrl(
  value: string,
  addresses: Addresses,
): { url: string; from: string; to: string } | null {
  const [, start, host = "", port = "", path = "", query = "", rest = ""] =
    URL_PARTS.exec(value) ?? [];
  if (start === undefined) return null;
  const socket = /[?&]host=([^&]*)/.exec(query)?.[1];
  const wanted = socket === undefined ? host : decodeURIComponent(socket);
  const local = portOf(wanted, addresses);
  if (local === null) return null;
  const to = `127.0.0.1:${local}`;
  const parameters = query
    .replace(/^\?/, "")
    .split("&")
    .filter((pair) => pair !== "" && !/^(host|port)=/.test(pair));
  const tail = parameters.length === 0 ? "" : `?${parameters.join("&")}`;
  return { url: `${start}${to}${path}${tail}${rest}`, from: `${wanted}${port}`, to };
}
