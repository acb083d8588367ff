import { describe, expect, it } from "vitest";

import type { Rule } from "../../../components/core/rules";
import { renderArgsPage } from "../../../inventory/reference/argsPage";
import { parseChange } from "../../../inventory/reference/change";
import { renderErrorsPage, type Example } from "../../../inventory/reference/errorsPage";
import { readArguments } from "../../../inventory/reference/model";
import { BAD_ARGS, type BadArgs } from "../../components/badArgs";

function exampleOf(bad: BadArgs): Example {
  const { of = "MigratedService", what, args, refused } = bad;
  const patch: unknown = typeof args === "function" ? (args as () => object)() : args;
  const lines = refused.map(([, line]) => line);
  return { of, what, args: "instead" in bad ? bad.instead : patch, lines };
}

// `npm run docs` runs this with `--update`, which writes the pages.
describe("the committed reference", () => {
  it("has every argument as its doc comment says it", async () => {
    await expect(renderArgsPage()).toMatchFileSnapshot("../../../docs/args.md");
  });

  it("has every rule with the first example of it", async () => {
    const examples = new Map<Rule, Example>();
    // An example that is about a rule first is better than one that breaks it too.
    for (const place of [(index: number) => index === 0, () => true]) {
      for (const bad of BAD_ARGS) {
        const broken = bad.refused.filter((_, index) => place(index)).map(([rule]) => rule);
        for (const rule of broken) if (!examples.has(rule)) examples.set(rule, exampleOf(bad));
      }
    }
    await expect(renderErrorsPage(examples)).toMatchFileSnapshot("../../../docs/errors.md");
  });
});

describe("the doc comments of arguments", () => {
  const all = readArguments().flatMap((group) => group.arguments);

  it.each(all)("$path says what it is, its default and what a change does", (argument) => {
    expect(argument.text).not.toBe("");
    expect(argument.default === undefined).toBe(argument.required);
    expect(() => parseChange(argument.change ?? "nothing is said")).not.toThrow();
    for (const link of argument.links) expect(link).toMatch(/^https:\/\/\S+$/);
  });

  it.each([
    ["update of the moon", "the moon"],
    ["improvement of the job", "improvement"],
    ["the job changes", "the job changes"],
    ["update of the job; all is lost", "all is lost"],
  ])("cannot say %j", (text, words) => {
    expect(() => parseChange(text)).toThrow(`"${words}" is none of`);
  });

  it("knows conditions, several targets and notes", () => {
    const text =
      "creation or deletion of the job and grants; with login Iam: update of the trigger; its data is lost";
    expect(parseChange(text)).toEqual({
      effects: [
        { verb: "creation", target: "the job", condition: undefined },
        { verb: "creation", target: "grants", condition: undefined },
        { verb: "deletion", target: "the job", condition: undefined },
        { verb: "deletion", target: "grants", condition: undefined },
        { verb: "update", target: "the trigger", condition: "with login Iam" },
      ],
      notes: ["its data is lost"],
    });
    expect(parseChange("none").effects).toEqual([]);
  });
});
