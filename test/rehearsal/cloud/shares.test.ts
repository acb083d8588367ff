import { describe, expect, it } from "vitest";
import { sharesOf } from "../../../rehearsal/cloud/shares";

describe("sharesOf", () => {
  it.each([
    ["all to the latest", [{ latestRevision: true, percent: 100 }], 3, { new: 3 }],
    [
      "half each, the first has the odd one",
      [
        { revisionName: "a", percent: 50 },
        { revisionName: "b", percent: 50 },
      ],
      3,
      { a: 2, b: 1 },
    ],
    [
      "the larger rest",
      [
        { revisionName: "a", percent: 90 },
        { latestRevision: true, percent: 10 },
      ],
      1,
      { a: 1, new: 0 },
    ],
    [
      "one revision by two names",
      [
        { revisionName: "new", percent: 40 },
        { latestRevision: true, percent: 60 },
      ],
      5,
      { new: 5 },
    ],
    [
      "nothing to zero percent",
      [
        { revisionName: "a", percent: 0 },
        { latestRevision: true, percent: 100 },
      ],
      2,
      { new: 2 },
    ],
  ])("gives %s", (_, targets, instances, expected) => {
    expect(Object.fromEntries(sharesOf(targets, "new", instances))).toEqual(expected);
  });
});
