import { describe, expect, it } from "vitest";
import { type ConnectionSettings, readConnection } from "../../../migrate/settings/connection";
import type { Environment } from "../../../migrate/settings/environment";
import { createFlagReader } from "../../../migrate/settings/reader";
import { formatViolation } from "../../../migrate/violations";

const INSTANCE = "example-project:europe-west1:shop";

function read(
  flags: Record<string, unknown>,
  env: Environment,
): { connection: ConnectionSettings | null; violations: string[] } {
  const reader = createFlagReader(flags);
  const connection = readConnection(reader, env);
  return { connection, violations: reader.violations.map(formatViolation) };
}

describe("readConnection", () => {
  it("prefers an instance, whose login is named by the account that is impersonated", () => {
    const impersonate = "shop-migrator@example-project.iam.gserviceaccount.com";
    const env = {
      INSTANCE_CONNECTION_NAME: INSTANCE,
      PGDATABASE: "shop",
      DATABASE_URL: "postgres://x/y",
    };
    expect(read({ iam: true, impersonate, "ip-type": "PRIVATE" }, env)).toEqual({
      connection: {
        ...{ kind: "instance", instance: INSTANCE, ipType: "PRIVATE", iam: true, impersonate },
        ...{ user: "shop-migrator@example-project.iam", password: null, database: "shop" },
        emulator: null,
      },
      violations: [],
    });
  });

  it("takes --instance before the environment", () => {
    const env = {
      INSTANCE_CONNECTION_NAME: "other",
      PGUSER: "u",
      PGPASSWORD: "p",
      PGDATABASE: "d",
    };
    const { connection, violations } = read({ instance: `example.com:${INSTANCE}` }, env);
    expect(violations).toEqual([]);
    expect(connection).toMatchObject({ instance: `example.com:${INSTANCE}`, ipType: "PUBLIC" });
  });

  it("names everything that an instance needs and was not given", () => {
    expect(
      read({ instance: "shop", impersonate: "me", "ip-type": "private" }, {}).violations,
    ).toEqual([
      '--ip-type: expected PRIVATE or PUBLIC, got "private"; write it in capitals: PRIVATE inside the network, PUBLIC elsewhere',
      "--impersonate: expected a service account's email, NAME@PROJECT.iam.gserviceaccount.com, got \"me\"; give the account's whole email; gcloud iam service-accounts list has it",
      '--instance: expected PROJECT:REGION:INSTANCE, got "shop"; it is the stack\'s output connectionName',
      "PGUSER: expected the name of the login, got nothing; set PGUSER",
      "PGDATABASE: expected the name of the database, got nothing; set PGDATABASE",
      "PGPASSWORD: expected the login's password, or --iam for a login without one, got nothing; set PGPASSWORD",
    ]);
  });

  it("takes a URL, then PGHOST; an empty variable counts as none", () => {
    const url = "postgres://app@db/app";
    expect(read({}, { DATABASE_URL: url, PGHOST: "h" }).connection).toEqual({ kind: "url", url });
    const env = { INSTANCE_CONNECTION_NAME: "", DATABASE_URL: "", PGHOST: "h", PGPORT: "6000" };
    expect(read({ iam: true }, env)).toEqual({
      connection: {
        kind: "host",
        host: "h",
        port: 6000,
        user: null,
        password: null,
        database: null,
      },
      violations: [],
    });
  });

  it("refuses a port that is none, and no connection at all", () => {
    expect(read({}, { PGHOST: "h", PGPORT: "70000" }).violations).toEqual([
      'PGPORT: expected a port, 1 to 65535, got "70000"; PostgreSQL\'s own is 5432',
    ]);
    expect(read({}, {})).toEqual({
      connection: null,
      violations: [
        "connection: expected --instance, INSTANCE_CONNECTION_NAME, DATABASE_URL or PGHOST, got none of them; set one, on a laptop in .env",
      ],
    });
  });
});
