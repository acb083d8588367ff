import { describe, expect, it } from "vitest";
import { parseBuild } from "../../../rehearsal/player";
import { builtInValues, substitute } from "../../../rehearsal/player/substitute";

const VALUES = { PROJECT_ID: "p", COMMIT_SHA: "abc", _A: "one", _INNER: "$PROJECT_ID" };

function arg(text: string): string {
  const build = parseBuild(JSON.stringify({ steps: [{ name: "x", args: [text] }] }));
  return substitute(build, VALUES).build.steps[0]!.args[0]!;
}

describe("substitute", () => {
  it.each([
    ["gcr.io/$PROJECT_ID/app:$COMMIT_SHA", "gcr.io/p/app:abc"],
    ["${_A}b$_A-c", "oneb" + "one-c"],
    ["$_MISSING|${BRANCH_NAME}|", "||"],
    ["$$HOME $${HOME} $$$PROJECT_ID", "$HOME ${HOME} $p"],
    ["$(date) $1 $", "$(date) $1 $"],
    ["$_INNER", "$PROJECT_ID"],
  ])("makes of %s %s", (text, expected) => {
    expect(arg(text)).toBe(expected);
  });

  it.each(["$HOME", "${image}", "$FOO_BAR"])(
    "refuses %s, which Cloud Build does not know",
    (text) => {
      expect(() => arg(text)).toThrow(
        `steps[0].args[0]: expected a built-in substitution or one that begins with _, got ${text}; write $${text} for a variable of the shell`,
      );
    },
  );

  it("puts values into every text but the script", () => {
    const build = parseBuild(`
steps:
- {name: $_A, dir: d/$_A, entrypoint: $_A, env: [X=$_A], args: [$_A]}
- {name: x, script: "echo $_A $$ $HOME"}
images: [$_A]
tags: [t-$_A]
options: {env: [Y=$_A]}
availableSecrets: {secretManager: [{env: S, versionName: projects/$PROJECT_ID/secrets/s/versions/1}]}
`);
    const { build: result, missing } = substitute(build, VALUES);
    const [first, second] = result.steps;
    expect(first).toMatchObject({ name: "one", dir: "d/one", entrypoint: "one", env: ["X=one"] });
    expect(second!.script).toBe("echo $_A $$ $HOME");
    expect([result.images, result.tags, result.env]).toEqual([["one"], ["t-one"], ["Y=one"]]);
    expect(result.secrets.get("S")).toBe("projects/p/secrets/s/versions/1");
    expect(missing).toEqual([]);
  });

  it("names what has no value", () => {
    const build = parseBuild("steps: [{name: x, args: [$_B, $TAG_NAME, $_B]}]");
    expect(substitute(build, VALUES).missing).toEqual(["TAG_NAME", "_B"]);
  });
});

describe("builtInValues", () => {
  it("derives what a trigger derives from the commit", () => {
    const place = { id: "b", project: "p", region: "r" };
    expect(builtInValues(place, { COMMIT_SHA: "0123456789", _X: "y" })).toMatchObject({
      BUILD_ID: "b",
      PROJECT_ID: "p",
      LOCATION: "r",
      COMMIT_SHA: "0123456789",
      REVISION_ID: "0123456789",
      SHORT_SHA: "0123456",
      _X: "y",
    });
  });
});
