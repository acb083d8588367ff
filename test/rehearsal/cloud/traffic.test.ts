import { describe, expect, it } from "vitest";
import { assign, updateTags, zeroLatest } from "../../../rehearsal/cloud/traffic";

const LATEST = [{ latestRevision: true, percent: 100 }];
const PINNED = [{ revisionName: "a", percent: 100 }];

describe("traffic", () => {
  it("gives what the latest revision has to the one that is ready", () => {
    expect(zeroLatest(LATEST, "a")).toEqual(PINNED);
    expect(zeroLatest(PINNED, "b")).toEqual(PINNED);
    const half = [
      { latestRevision: true, percent: 50 },
      { revisionName: "a", percent: 50 },
    ];
    expect(zeroLatest(half, "a")).toEqual(PINNED);
    expect(zeroLatest([{ ...LATEST[0]!, tag: "t" }], "a")).toEqual([
      ...PINNED,
      { latestRevision: true, tag: "t" },
    ]);
  });

  it("assigns percents; what is not named shares the rest", () => {
    expect(assign(PINNED, new Map([["LATEST", 100]]))).toEqual(LATEST);
    expect(assign(PINNED, new Map([["b", 10]]))).toEqual([
      { revisionName: "b", percent: 10 },
      { revisionName: "a", percent: 90 },
    ]);
    const three = assign(assign(PINNED, new Map([["b", 33]])), new Map([["c", 1]]));
    expect(three.reduce((sum, { percent = 0 }) => sum + percent, 0)).toBe(100);
    expect(assign([...PINNED, { revisionName: "b", tag: "t" }], new Map([["b", 100]]))).toEqual([
      { revisionName: "b", percent: 100 },
      { revisionName: "b", tag: "t" },
    ]);
  });

  it.each([
    [new Map([["b", 101]]), "New traffic for target b is 101, not between 0 and 100"],
    [
      new Map([
        ["b", 60],
        ["c", 60],
      ]),
      "Over 100% of traffic is specified.",
    ],
    [
      new Map([["a", 40]]),
      "Every target with traffic is updated but 100% of traffic has not been specified.",
    ],
  ])("refuses %s", (assignment, message) => {
    expect(() => assign(PINNED, assignment)).toThrow(message);
  });

  it("moves a tag and gives it no traffic", () => {
    const tagged = updateTags(PINNED, new Map([["t", "b"]]));
    expect(tagged).toEqual([...PINNED, { revisionName: "b", tag: "t" }]);
    expect(updateTags(tagged, new Map([["t", "LATEST"]]))).toEqual([
      ...PINNED,
      { latestRevision: true, tag: "t" },
    ]);
    expect(updateTags(tagged, new Map(), new Set(["t"]))).toEqual(PINNED);
  });
});
