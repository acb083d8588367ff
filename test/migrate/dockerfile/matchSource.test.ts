import { describe, expect, it } from "vitest";
import { matchSource, parseSource } from "../../../migrate/dockerfile/matchSource";

function landing(source: string, path: string, keepsParents = false): string | null {
  return matchSource(parseSource(source, keepsParents), path)?.landing ?? null;
}

describe("matchSource", () => {
  it.each([
    [".", "a/b", "a/b"],
    ["", "a/b", "a/b"],
    ["/", "a", "a"],
    ["../..", "a", "a"],
    ["a", "a/b/c", "b/c"],
    ["a/", "a/b", "b"],
    ["./x/../a/b", "a/b", "b"],
    ["a", "ab", null],
    ["a/b", "a", null],
    // What a pattern matches is copied as what it is: of a folder, what it holds.
    ["*", "a", "a"],
    ["*", "a/b/c", "b/c"],
    ["*/*", "a/b/c", "c"],
    ["a/*.env", "a/.env", ".env"],
    ["a/**", "a/b/c", "c"],
    ["**/c", "a/b/c", null],
    ["[a-c]?", "bx", "bx"],
    ["[^a-c]", "b", null],
    ["[^a-c]", "d", "d"],
    ["a\\*", "a*", "a*"],
    ["a\\*", "ab", null],
    ["a+(b)|c$", "a+(b)|c$", "a+(b)|c$"],
    ["a.b", "axb", null],
    ["[", "[", "["],
    ["[z-a]", "b", null],
    ["ü?", "üé", "üé"],
  ])("%s takes %s as %s", (source, path, expected) => {
    expect(landing(source, path)).toBe(expected);
  });

  it.each([
    ["a/b", "a/b/c", "a/b/c"],
    ["a/b/c", "a/b/c", "a/b/c"],
    ["a/./b", "a/b/c", "b/c"],
    ["./a/./*", "a/b", "b"],
    ["**/c", "a/b/c", "a/b/c"],
    ["**/c", "c", "c"],
    ["**", "a/b", "a/b"],
    ["**/d", "a/b/c", null],
  ])("with --parents %s takes %s as %s", (source, path, expected) => {
    expect(landing(source, path, true)).toBe(expected);
  });

  it("tells what is below a folder that is named from what is named", () => {
    expect(matchSource(parseSource("a", false), "a/b")).toEqual({ below: "b", landing: "b" });
    expect(matchSource(parseSource("a/b", false), "a/b")).toEqual({ below: "", landing: "b" });
  });
});
