import { DatabaseError } from "pg";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { connect } from "../../../migrate/connection/connect";
import {
  ConnectionError,
  classifyFault,
  explainFailure,
} from "../../../migrate/connection/failure";
import type { OpenClient } from "../../../migrate/connection/open";
import { InterruptedError } from "../../../migrate/interrupt";
import type { ConnectionSettings } from "../../../migrate/settings/connection";

const HOST: ConnectionSettings = {
  ...{ kind: "host", host: "db", port: 5432, user: "u", password: "p", database: "d" },
};
const INSTANCE: ConnectionSettings = {
  ...{
    kind: "instance",
    instance: "example-project:europe-west1:shop",
    ipType: "PRIVATE",
    iam: false,
  },
  ...{ impersonate: null, user: "u", password: "p", database: "d", emulator: null },
};
const IAM: ConnectionSettings = { ...INSTANCE, iam: true, password: null };

function sqlError(code: string): DatabaseError {
  return Object.assign(new DatabaseError("refused", 1, "error"), { code });
}

function withFields(fields: object): Error {
  return Object.assign(new Error("refused"), fields);
}

describe("classifyFault", () => {
  it.each<[string, unknown, ConnectionSettings, string]>([
    ["nobody listens", withFields({ code: "ECONNREFUSED" }), HOST, "starting"],
    ["the server starts", sqlError("57P03"), HOST, "starting"],
    ["a wrong password", sqlError("28P01"), HOST, "final"],
    ["a wrong password at an instance", sqlError("28P01"), INSTANCE, "final"],
    ["a login refused with IAM", sqlError("28000"), IAM, "propagating"],
    ["a login refused without IAM", sqlError("28000"), HOST, "final"],
    ["a permission of the Admin API", withFields({ status: 403 }), INSTANCE, "propagating"],
    ["the same as a code", withFields({ code: 403 }), INSTANCE, "propagating"],
    ["an instance that is not there", withFields({ status: 404 }), INSTANCE, "final"],
    ["an unknown host", withFields({ code: "ENOTFOUND" }), HOST, "final"],
    ["a broken connection", sqlError("08006"), HOST, "final"],
    ["too many connections", sqlError("53300"), HOST, "final"],
  ])("%s", (_, error, settings, expected) => {
    expect(classifyFault(error, settings)).toBe(expected);
  });
});

describe("connect", () => {
  const lines: string[] = [];
  const context = (signal = new AbortController().signal) => ({
    signal,
    progress: (line: string) => void lines.push(line),
  });
  const opened = {} as OpenClient;

  beforeEach(() => {
    lines.length = 0;
    vi.useFakeTimers({ toFake: ["Date"] });
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  /** Fails so often, each time so much later, then connects. */
  function failing(error: Error, times: number, stepMs: number): () => Promise<OpenClient> {
    let tries = 0;
    return () => {
      tries += 1;
      vi.setSystemTime(Date.now() + stepMs);
      return tries <= times ? Promise.reject(error) : Promise.resolve(opened);
    };
  }

  it("waits for a permission that is on its way, up to 120 s", async () => {
    const error = withFields({ status: 403 });
    expect(await connect(INSTANCE, "test", context(), failing(error, 2, 40_000))).toBe(opened);
    expect(lines).toHaveLength(2);
    await expect(connect(INSTANCE, "test", context(), failing(error, 5, 70_000))).rejects.toThrow(
      ConnectionError,
    );
  });

  it("waits 30 s, no longer, for a server that starts", async () => {
    const error = sqlError("57P03");
    expect(await connect(HOST, "test", context(), failing(error, 1, 20_000))).toBe(opened);
    await expect(connect(HOST, "test", context(), failing(error, 2, 31_000))).rejects.toThrow(
      "57P03",
    );
  });

  it("does not try a wrong password twice", async () => {
    await expect(
      connect(INSTANCE, "test", context(), failing(sqlError("28P01"), 1, 0)),
    ).rejects.toThrow(
      "cannot connect to the instance example-project:europe-west1:shop: refused (28P01)",
    );
    expect(lines).toEqual([]);
  });

  it("ends at a signal, even while nothing answers", async () => {
    const controller = new AbortController();
    const connecting = connect(
      HOST,
      "test",
      context(controller.signal),
      () => new Promise(() => undefined),
    );
    controller.abort(new InterruptedError("SIGTERM"));
    await expect(connecting).rejects.toThrow("interrupted by SIGTERM");
  });
});

it("explainFailure says what to do", () => {
  expect(explainFailure(withFields({ status: 403 }), IAM).remedy).toContain(
    "roles/cloudsql.instanceUser",
  );
  expect(
    explainFailure(new AggregateError([withFields({ code: "ECONNREFUSED" })]), HOST).message,
  ).toBe("cannot connect to db:5432: refused");
  const byUrl = { kind: "url", url: "postgres://u:p@db/d" } as const;
  for (const code of ["ECONNREFUSED", "28P01", "3D000"]) {
    expect(explainFailure(withFields({ code }), HOST).remedy).toContain("PG");
    expect(explainFailure(withFields({ code }), byUrl).remedy).toContain("the URL's");
  }
});
