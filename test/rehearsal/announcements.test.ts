import { describe, expect, it } from "vitest";
import { announce, findDeviations } from "../../rehearsal/announcements";
import type { ReleaseResult } from "../../rehearsal/result";
import { failedRelease, firstRelease, lastRelease } from "./sampleResult";

const [first, second, third] = announce({ first: "2_orders", last: "3_notes" });

describe("findDeviations", () => {
  it("finds none where every release does what was announced", () => {
    expect(findDeviations(first!, firstRelease, "migrate")).toEqual([]);
    expect(findDeviations(second!, failedRelease, "migrate")).toEqual([]);
    expect(findDeviations(third!, lastRelease, "migrate")).toEqual([]);
  });

  it.each<[string, Partial<ReleaseResult>, string]>([
    [
      "that failed",
      { outcome: "failed", failedStep: "deploy" },
      "outcome: expected released, got failed in step deploy",
    ],
    [
      "that was superseded",
      { outcome: "superseded", failedStep: "guard" },
      "outcome: expected released, got superseded in step guard",
    ],
    [
      "whose migrations were not applied",
      { schema: { before: firstRelease.schema.after, after: firstRelease.schema.after } },
      "schema: expected its migrations applied, got no change",
    ],
    [
      "with another newest migration",
      {
        schema: {
          before: firstRelease.schema.before,
          after: { version: "1_a", digest: "sha256:c" },
        },
      },
      "schema version: expected 2_orders, got 1_a",
    ],
    [
      "that does not serve",
      { serving: { before: null, after: null } },
      "serving: expected the new revision shop-00002-abc, got none",
    ],
    [
      "that made no revision",
      { revision: null },
      "serving: expected the new revision, got shop-00002-abc",
    ],
    [
      "that failed requests",
      { requests: { served: 100, failed: 2 } },
      "requests: expected no failed one, got 2",
    ],
  ])("finds a release %s", (_, change, deviation) => {
    expect(findDeviations(first!, { ...firstRelease, ...change }, "migrate")).toContain(deviation);
  });

  it.each<[string, Partial<ReleaseResult>, string]>([
    ["that is released", { outcome: "released" }, "outcome: expected failed, got released"],
    [
      "that fails in another step",
      { failedStep: "deploy" },
      "failed step: expected migrate, got deploy",
    ],
    [
      "that moves traffic",
      { serving: { before: "shop-00002-abc", after: "shop-00003-abc" } },
      "serving: expected shop-00002-abc to serve on, got shop-00003-abc",
    ],
    [
      "that leaves part of the schema",
      { schema: { before: firstRelease.schema.after, after: lastRelease.schema.after } },
      "schema: expected no change, got another catalogue",
    ],
    [
      "before which nothing served",
      { serving: { before: null, after: null } },
      "serving: expected the old revision to serve on, got none",
    ],
  ])("finds a failing release %s", (_, change, deviation) => {
    expect(findDeviations(second!, { ...failedRelease, ...change }, "migrate")).toEqual([
      deviation,
    ]);
  });

  it("takes any step for the failing one of a document without a step named migrate", () => {
    expect(findDeviations(second!, { ...failedRelease, failedStep: "Step #1" }, null)).toEqual([]);
  });
});
