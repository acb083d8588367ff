import type { Door } from "./doors";
import type { Rewrite } from "./events";
import type { AddressKind } from "./instance";

/** Where the things listen that variables of a container name. */
export interface Addresses {
  /** The database by its private address, and by its public one. */
  tcp: Record<AddressKind, Door>;
  /** Kind of an IP address or of a name that means the database instance. */
  kindOf: (host: string) => AddressKind;
  /** Names and IP addresses that mean the database instance. */
  databaseHosts: ReadonlySet<string>;
  /** Containers of the build's network by name: the port of this machine that stands for them. */
  containers: ReadonlyMap<string, number>;
  /** The Auth Proxy beside the container, which then is `localhost`; null without one. */
  proxy: Door | null;
  /** The socket below `/cloudsql` that Cloud Run itself offers. */
  socket: Door;
  /** The way of Google's connector, by the instance's name; null where nothing connects so. */
  connector: Door | null;
  /** Where Cloud SQL's API listens, for our own tool: it knows of emulators. Null for any other program. */
  emulator: string | null;
}

/** A container's variables as they are here. */
export interface Rewritten {
  env: Record<string, string>;
  rewrites: Rewrite[];
  /** Addresses of the variables at which nothing would answer on Google Cloud, and why. */
  refusals: string[];
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
): Rewritten {
  const env = { ...environment };
  const rewrites: Rewrite[] = [];
  const refusals = new Set<string>();
  const set = (name: string, to: string): void => {
    const from = env[name] ?? "";
    if (from === to) return;
    env[name] = to;
    rewrites.push({ where, name, from, to });
  };
  const warn = (host: string, { refusal }: Place): void => {
    if (refusal !== null) refusals.add(`nothing answers at ${host}: ${refusal}`);
  };
  const instance = env.INSTANCE_CONNECTION_NAME ?? "";
  const { connector, emulator } = addresses;
  if (connector !== null && instance !== "") {
    warn(instance, connector);
    const [host, port] = ["127.0.0.1", String(connector.port)];
    if (emulator === null) delete env.INSTANCE_CONNECTION_NAME;
    else env.CLOUD_SQL_EMULATOR_HOST = emulator;
    const to = `PGHOST=${host} PGPORT=${port}`;
    rewrites.push({ where, name: "INSTANCE_CONNECTION_NAME", from: instance, to });
    env.PGHOST = host;
    env.PGPORT = port;
    return { env, rewrites, refusals: [...refusals] };
  }
  for (const [name, value] of Object.entries(env)) {
    if (HOST_NAME.test(name)) {
      const place = hostPlace(name, value, addresses);
      if (place === null) continue;
      warn(value, place);
      set(name, "127.0.0.1");
      set(`${name.replace(HOST_NAME, "")}PORT`, String(place.port));
    } else if (/^postgres(ql)?(\+\w+)?:\/\//.test(value) || name === "DATABASE_URL") {
      const change = rewriteUrl(value, addresses);
      if (change === null) continue;
      warn(change.host, change.place);
      env[name] = change.url;
      rewrites.push({ where, name, from: change.from, to: change.to });
    }
  }
  return { env, rewrites, refusals: [...refusals] };
}

/** Where a host is here. */
type Place = Pick<Door, "port" | "refusal">;

/** Null for a variable that is about something else. */
function hostPlace(name: string, value: string, addresses: Addresses): Place | null {
  const prefix = name.replace(HOST_NAME, "");
  const isNamed = DATABASE_NAME.test(prefix) || addresses.databaseHosts.has(value);
  return isNamed || addresses.containers.has(value) ? placeOf(value, addresses) : null;
}

/** The local port that stands for a host; null when the container could not reach it there either. */
function placeOf(host: string, addresses: Addresses): Place | null {
  const container = addresses.containers.get(host);
  if (container !== undefined) return { port: container, refusal: null };
  if (LOCALHOST.test(host)) return addresses.proxy;
  if (host.startsWith("/cloudsql/")) return addresses.socket;
  const isDatabase = IP_ADDRESS.test(host) || addresses.databaseHosts.has(host);
  return isDatabase ? addresses.tcp[addresses.kindOf(host)] : null;
}

// Neither `new URL` nor a parser of connection strings: both would write the rest anew.
const URL_PARTS =
  /^([a-z+]+:\/\/(?:[^@/]*@)?)([^/?#:@]*|\[[^\]]*\])(:\d+)?(\/[^?#]*)?(\?[^#]*)?(.*)$/s;

function rewriteUrl(
  value: string,
  addresses: Addresses,
): { url: string; host: string; place: Place; from: string; to: string } | null {
  const [, start, host = "", port = "", path = "", query = "", rest = ""] =
    URL_PARTS.exec(value) ?? [];
  if (start === undefined) return null;
  const socket = /[?&]host=([^&]*)/.exec(query)?.[1];
  const wanted = socket === undefined ? host : decodeURIComponent(socket);
  const place = placeOf(wanted, addresses);
  if (place === null) return null;
  const to = `127.0.0.1:${place.port}`;
  const parameters = query
    .replace(/^\?/, "")
    .split("&")
    .filter((pair) => pair !== "" && !/^(host|port)=/.test(pair));
  const tail = parameters.length === 0 ? "" : `?${parameters.join("&")}`;
  const url = `${start}${to}${path}${tail}${rest}`;
  return { url, host: wanted, place, from: `${wanted}${port}`, to };
}
