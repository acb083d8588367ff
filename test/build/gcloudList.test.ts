import { describe, expect, it } from "vitest";

import { gcloudList } from "../../components/build/gcloudList";

/** As gcloud splits a list; `npm run test:gcloud` asks gcloud itself. */
function split(value: string): string[] {
  const [, delimiter = ",", rest = value] = /^\^([^^]+)\^([\s\S]*)$/.exec(value) ?? [];
  return rest === "" ? [] : rest.split(delimiter);
}

describe("gcloudList", () => {
  it.each<[string[], string]>([
    [["node"], "node"],
    [["mail.js", "--queue=a"], "mail.js,--queue=a"],
    [[], "^,^"],
    [["--verbose"], "^,^--verbose"],
    [["^a^", "b"], "^,^^a^,b"],
    [["a,b"], "^|^a,b"],
    [["a,b", "c|d"], "^|1|^a,b|1|c|d"],
    [["a,b", "c|1|d", "e|2"], "^|2|^a,b|2|c|1|d|2|e|2"],
    [["a,|1", "1|b"], "^|2|^a,|1|2|1|b"],
  ])("joins %j", (words, expected) => {
    expect(gcloudList(words)).toBe(expected);
    expect(split(expected)).toEqual(words);
  });

  it("is never empty and never looks like a flag", () => {
    for (const words of [[], ["-"], ["--"], ["-c", "x"], [","], ["^"], ["^,^"], ["|", ","]]) {
      expect(gcloudList(words)).toMatch(/^[^-]/);
      expect(split(gcloudList(words))).toEqual(words);
    }
  });
});
