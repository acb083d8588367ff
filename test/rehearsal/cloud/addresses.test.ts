import { describe, expect, it } from "vitest";
import { type Addresses, rewriteAddresses } from "../../../rehearsal/cloud/addresses";

const DATABASE = { port: 6000, refusal: null };
const NOTHING: Addresses = {
  tcp: { PRIVATE: DATABASE, PUBLIC: { port: 6009, refusal: "it takes nobody" } },
  kindOf: (host) => (host === "203.0.113.3" ? "PUBLIC" : "PRIVATE"),
  databaseHosts: new Set(["10.20.0.3"]),
  containers: new Map(),
  proxy: null,
  socket: DATABASE,
  connector: null,
  emulator: null,
};
const IN_BUILD = { ...NOTHING, containers: new Map([["cloud-sql-proxy", 6001]]) };
const BESIDE_PROXY = { ...NOTHING, proxy: DATABASE };
const BY_CONNECTOR = { ...NOTHING, connector: DATABASE };

function rewrite(env: Record<string, string>, addresses: Addresses): Record<string, string> {
  return rewriteAddresses("step x", env, addresses).env;
}

describe("rewriteAddresses", () => {
  it.each<[string, Record<string, string>, Addresses, Record<string, string>]>([
    [
      "the instance's name for the connector",
      { INSTANCE_CONNECTION_NAME: "p:r:i", PGUSER: "u" },
      BY_CONNECTOR,
      { PGUSER: "u", PGHOST: "127.0.0.1", PGPORT: "6000" },
    ],
    [
      "the proxy beside a service",
      { PGHOST: "localhost", PGPORT: "5432" },
      BESIDE_PROXY,
      { PGHOST: "127.0.0.1", PGPORT: "6000" },
    ],
    [
      "a framework's own names",
      { POSTGRES_HOST: "127.0.0.1", POSTGRES_PORT: "5432", DB_SERVER: "localhost" },
      BESIDE_PROXY,
      {
        POSTGRES_HOST: "127.0.0.1",
        POSTGRES_PORT: "6000",
        DB_SERVER: "127.0.0.1",
        DB_PORT: "6000",
      },
    ],
    [
      "a container of the build's network",
      { PGHOST: "cloud-sql-proxy", PGPORT: "5432" },
      IN_BUILD,
      { PGHOST: "127.0.0.1", PGPORT: "6001" },
    ],
    [
      "the private address",
      { PGHOST: "10.20.0.3" },
      NOTHING,
      { PGHOST: "127.0.0.1", PGPORT: "6000" },
    ],
    [
      "a URL, and nothing else of it",
      { DATABASE_URL: "postgres://u:p%40:x@10.20.0.3:5432/shop?sslmode=disable" },
      NOTHING,
      { DATABASE_URL: "postgres://u:p%40:x@127.0.0.1:6000/shop?sslmode=disable" },
    ],
    [
      "a URL with a driver and a socket",
      { DB: "postgresql+psycopg://u:p@/shop?host=/cloudsql/p:r:i&a=b" },
      NOTHING,
      { DB: "postgresql+psycopg://u:p@127.0.0.1:6000/shop?a=b" },
    ],
  ])("rewrites %s", (_, env, addresses, expected) => {
    expect(rewrite(env, addresses)).toEqual(expected);
  });

  it.each<[string, Record<string, string>, Addresses]>([
    ["localhost without a proxy", { PGHOST: "localhost", PGPORT: "5432" }, NOTHING],
    ["a name that no container has", { PGHOST: "proxy" }, IN_BUILD],
    ["the address of something else", { REDIS_HOST: "10.9.9.9", GREETING: "10.20.0.3" }, NOTHING],
    [
      "the instance's name where a script passes it on",
      { INSTANCE_CONNECTION_NAME: "p:r:i" },
      IN_BUILD,
    ],
    ["a URL to somewhere else", { DATABASE_URL: "postgres://u:p@db.example.com/x" }, NOTHING],
    ["a port of its own", { PORT: "8080", METRICS_PORT: "5432" }, BESIDE_PROXY],
  ])("leaves %s", (_, env, addresses) => {
    expect(rewriteAddresses("step x", env, addresses)).toEqual({ env, rewrites: [], refusals: [] });
  });

  it("tells our tool where Cloud SQL is played, and keeps the instance's name for it", () => {
    const env = { INSTANCE_CONNECTION_NAME: "p:r:i" };
    expect(rewrite(env, { ...BY_CONNECTOR, emulator: "127.0.0.1:7000" })).toEqual({
      INSTANCE_CONNECTION_NAME: "p:r:i",
      CLOUD_SQL_EMULATOR_HOST: "127.0.0.1:7000",
      PGHOST: "127.0.0.1",
      PGPORT: "6000",
    });
  });

  it("tells of addresses at which Google Cloud would not answer", () => {
    const env = { PGHOST: "203.0.113.3", DATABASE_URL: "postgres://u@203.0.113.3/x" };
    expect(rewriteAddresses("step x", env, NOTHING)).toMatchObject({
      env: { PGPORT: "6009", DATABASE_URL: "postgres://u@127.0.0.1:6009/x" },
      refusals: ["nothing answers at 203.0.113.3: it takes nobody"],
    });
  });

  it("tells of each change, of a URL only the place", () => {
    const env = { DATABASE_URL: "postgres://u:secret@10.20.0.3/shop", PGHOST: "10.20.0.3" };
    expect(rewriteAddresses("job j", env, NOTHING).rewrites).toEqual([
      { where: "job j", name: "DATABASE_URL", from: "10.20.0.3", to: "127.0.0.1:6000" },
      { where: "job j", name: "PGHOST", from: "10.20.0.3", to: "127.0.0.1" },
      { where: "job j", name: "PGPORT", from: "", to: "6000" },
    ]);
  });
});
