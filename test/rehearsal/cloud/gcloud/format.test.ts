import { describe, expect, it } from "vitest";
import { flatten, parseFormat, print } from "../../../../rehearsal/cloud/gcloud/format";

const RECORD = {
  id: "a",
  b: true,
  n: 3,
  status: {
    traffic: [
      { revisionName: "r1", percent: 100, latestRevision: true },
      { revisionName: "r2", tag: "t" },
    ],
    conditions: [],
  },
  tags: ["x", "y, z"],
  s: 'has "q", c',
  f: null,
  m: { k: "v", k2: "w" },
  labels: { "build-id": "7" },
};

// Right column: what gcloud 528 printed for the same record.
describe("--format", () => {
  it.each([
    ["value(id,b,n)", "a\tTrue\t3\n"],
    ["value(status.traffic.revisionName)", "r1;r2\n"],
    ["value(status.traffic[].revisionName)", "r1;r2\n"],
    ["value(status.traffic[0].revisionName)", "r1\n"],
    ["value(status.traffic[1].percent)", "\n"],
    ["value(status.traffic[1].latestRevision,id)", "\ta\n"],
    ["value(tags)", "x;y, z\n"],
    ["value(m)", "k=v;k2=w\n"],
    ["value(nope)", "\n"],
    ["value(nope,id)", "\ta\n"],
    ["value(status.conditions)", "\n"],
    ["value(s)", 'has "q", c\n'],
    ["value(f)", "\n"],
    ['value[separator=","](id,n)', "a,3\n"],
    ["value(labels.build-id)", "7\n"],
    ["csv(id,tags,s)", 'id,tags,s\na,x;"y, z","has ""q"", c"\n'],
    ["csv[no-heading](id,b,s,nope)", 'a,True,"has ""q"", c",\n'],
    ["csv[no-heading](tags)", 'x;"y, z"\n'],
    ["csv[no-heading](nope,x)", ",\n"],
    ["json(id,n)", '[\n  {\n    "id": "a",\n    "n": 3\n  }\n]\n'],
    ["none", ""],
  ])("prints %s", (format, expected) => {
    expect(print(parseFormat(format), [RECORD], true)).toBe(expected);
  });

  it("prints nothing, or an empty list, for no record", () => {
    expect(print(parseFormat("value(id)"), [], true)).toBe("");
    expect(print(parseFormat("csv(id)"), [], true)).toBe("");
    expect(print(parseFormat("json"), [], true)).toBe("[]\n");
  });

  it("prints one object for describe", () => {
    expect(JSON.parse(print(parseFormat("json"), [RECORD], false))).toEqual(RECORD);
    expect(print(parseFormat("yaml"), [{ a: [1] }], false)).toBe("a:\n  - 1\n");
  });

  it.each([
    ["table(id)", "Format must be one of csv, json, none, value, yaml; received [table(id)]."],
    ["value()", "Format [value] requires a non-empty projection."],
    [
      "value(id.basename())",
      "Invalid projection key [id.basename()]; transforms are not known here.",
    ],
  ])("refuses %s", (format, message) => {
    expect(() => parseFormat(format)).toThrow(message);
  });
});

describe("--flatten", () => {
  it("puts each item in the list's place", () => {
    const format = parseFormat(
      "csv[no-heading](id,status.traffic.revisionName,status.traffic.percent)",
    );
    expect(print(format, flatten([RECORD], "status.traffic[]"), true)).toBe("a,r1,100\na,r2,\n");
  });

  it("gives nothing for an empty list, and the record where there is none", () => {
    expect(flatten([RECORD], "status.conditions[]")).toEqual([]);
    expect(flatten([RECORD], "nope[]")).toEqual([RECORD]);
  });
});
