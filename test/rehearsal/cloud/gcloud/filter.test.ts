import { describe, expect, it } from "vitest";
import { parseFilter } from "../../../../rehearsal/cloud/gcloud/filter";

const BUILD = {
  id: "b1",
  tags: ["release-shop", "other"],
  status: "SUCCESS",
  createTime: "2026-11-22T10:00:00.123456Z",
};

describe("--filter", () => {
  it.each([
    ['tags="release-shop"', true],
    ["tags=release-shop", true],
    ['tags="release"', false],
    ['tags="release-shop" AND status="SUCCESS"', true],
    ['tags="release-shop" AND status="WORKING"', false],
    ['tags="release-shop" status="WORKING"', false],
    ['status="WORKING" OR status="SUCCESS"', true],
    ['NOT status="WORKING"', true],
    ["-status=SUCCESS", false],
    ["tags=other AND (status=WORKING OR status=SUCCESS)", true],
    ["status!=SUCCESS", false],
    ["status:succ", true],
    ["nope=x", false],
    // Cut to milliseconds: a build of the same millisecond is not older.
    ['createTime<"2026-11-22T10:00:00.123999Z"', false],
    ['createTime<"2026-11-22T10:00:00.124Z"', true],
    ['createTime>="2026-11-22T10:00:00.123999Z"', true],
  ])("%s is %s", (filter, expected) => {
    expect(parseFilter(filter)(BUILD)).toBe(expected);
  });

  it.each(["tags=", "=x", "tags=a )", "(tags=a", 'tags="a'])("refuses %s", (filter) => {
    expect(() => parseFilter(filter)).toThrow("Invalid filter");
  });
});
