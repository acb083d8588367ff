import { describe, expect, it } from "vitest";
import { parseBuild } from "../../rehearsal/player";
import type { ReleaseDocument } from "../../rehearsal/releaseDocument";
import { chooseTarget, reachOf } from "../../rehearsal/target";

const DOCKER = { name: "gcr.io/cloud-builders/docker" };

function document(...lines: object[]): string {
  return JSON.stringify(Object.assign({ steps: [{ ...DOCKER, args: ["version"] }] }, ...lines));
}

describe("reachOf", () => {
  it.each([
    ["nothing of the database", document(), "CloudRunJob"],
    [
      "the instance's name in a step",
      document({ steps: [{ ...DOCKER, env: ["INSTANCE_CONNECTION_NAME=p:r:i"], args: ["x"] }] }),
      "BuildStep",
    ],
    [
      "the Auth Proxy in a script",
      document({ steps: [{ ...DOCKER, script: "docker run -d cloud-sql-proxy" }] }),
      "BuildStep",
    ],
    [
      "a pool",
      document({ options: { workerPool: "projects/p/locations/r/workerPools/w" } }),
      "PrivatePool",
    ],
    [
      "a pool as newer builds name it",
      document({ options: { pool: { name: "projects/p/locations/r/workerPools/w" } } }),
      "PrivatePool",
    ],
  ])("of a document with %s", (_, text, reach) => {
    expect(reachOf(parseBuild(text))).toBe(reach);
  });
});

describe("chooseTarget", () => {
  const withReach = (reach: ReleaseDocument["reach"]): ReleaseDocument =>
    ({ reach }) as ReleaseDocument;

  it("is the stack dev, or what was named", () => {
    expect(chooseTarget({}, null)).toEqual({ stack: "dev", args: undefined, notes: [] });
    const named = { stack: "production", args: "/shop.yaml" } as const;
    expect(chooseTarget(named, withReach("BuildStep"))).toEqual({ ...named, notes: [] });
  });

  it("is changed so that a document reaches its database, and says so", () => {
    const { config, notes } = chooseTarget({}, withReach("BuildStep"));
    expect(config).toEqual({
      "cloud-run-migrations:connectivity": "BuildStep",
      "cloud-run-migrations:publicIp": "true",
    });
    expect(notes.join()).toContain("the stack dev with connectivity BuildStep");
    expect(chooseTarget({}, withReach("PrivatePool")).config).toMatchObject({
      "cloud-run-migrations:publicIp": "false",
    });
    expect(chooseTarget({}, withReach("CloudRunJob")).config).toBeUndefined();
  });
});
