import { describe, expect, it } from "vitest";

import {
  parseChange,
  SEE_MEMBERS,
  TARGETS,
  type Resources,
} from "../../../inventory/reference/change";
import type { Difference } from "../../../inventory/reference/diff";
import { readArguments } from "../../../inventory/reference/model";
import { classify, type Touch } from "./classify";
import { evaluateSample } from "./evaluateSample";
import { formatDifferences } from "./formatDifferences";
import { SAMPLES } from "./samples";

const ARGUMENTS = readArguments()
  .flatMap((group) => group.arguments)
  .filter(({ change }) => change !== SEE_MEMBERS);

const golden: string[] = [];

describe("what a change of an argument does", () => {
  it("is shown for every argument, and for nothing else", () => {
    expect(Object.keys(SAMPLES).sort()).toEqual(ARGUMENTS.map(({ path }) => path).sort());
  });

  it.each(ARGUMENTS)("$path: $change", async ({ path, change: text = "" }) => {
    const { effects } = parseChange(text);
    const samples = SAMPLES[path] ?? [];
    const conditions = [undefined, ...new Set(effects.flatMap(({ condition }) => condition ?? []))];
    for (const sample of samples) {
      const differences = await evaluateSample(sample);
      const title = [path, sample.when].filter((part) => part !== undefined).join(" ");
      golden.push(`## ${title}`, "", text, "", ...formatDifferences(differences), "");
      const said = effects.filter(
        ({ condition }) => condition === undefined || condition === sample.when,
      );
      expect(unsaid(differences, said), "changes that the doc comment does not name").toEqual([]);
      const due = said.filter(({ condition }) => condition === sample.when);
      expect(undone(differences, due), "named changes that do not happen").toEqual([]);
    }
    expect(samples.map(({ when }) => when)).toEqual(conditions);
  });

  it("is what was reviewed", async () => {
    await expect(golden.join("\n")).toMatchFileSnapshot("../../golden/args.txt");
  });
});

type Said = ReturnType<typeof parseChange>["effects"][number];

function unsaid(differences: readonly Difference[], said: readonly Said[]): string[] {
  return classify(differences)
    .filter((touch) => !said.some((effect) => fits(touch, effect)))
    .map(({ kind, type, name }) => `${kind} of ${type} ${name}`);
}

/** `creation or deletion of grants` happens as soon as one of both does. */
function undone(differences: readonly Difference[], due: readonly Said[]): string[] {
  const touches = classify(differences);
  const targets = [...new Set(due.map(({ target }) => target))];
  return targets.filter((target) => {
    const effects = due.filter((effect) => effect.target === target);
    return !effects.some((effect) => touches.some((touch) => fits(touch, effect)));
  });
}

const FITTING: Record<Touch["kind"], readonly Said["verb"][]> = {
  creation: ["creation", "replace"],
  deletion: ["deletion", "replace"],
  replace: ["replace"],
  update: ["update", "restart", "replace"],
  protection: ["protection"],
};

function fits({ kind, type, name }: Touch, { verb, target }: Said): boolean {
  const resources: Resources = TARGETS[target];
  const isTarget = resources.types.includes("*") || resources.types.includes(type);
  return FITTING[kind].includes(verb) && isTarget && (resources.name?.test(name) ?? true);
}
