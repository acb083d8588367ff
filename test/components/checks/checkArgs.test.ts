import { describe, expect, it, vi } from "vitest";

import type { Rule } from "../../../components/core/rules";
import type { Misfit, Violation } from "../../../components/core/violations";
import { MigratedService, type MigratedServiceArgs } from "../../../components";
import { evaluate } from "../../../inventory";
import { RULES } from "../../../inventory/reference/rules";
import { BAD_ARGS } from "../badArgs";
import { EXISTING_ARGS, FULL_ARGS, LEAST_ARGS } from "../goodArgs";
import { refusal } from "../refusal";

// Messages do not show rules, so what becomes a message is listened to on its way.
const { told } = vi.hoisted(() => ({ told: [] as (Misfit | Violation)[] }));
vi.mock("../../../components/core/violations", async (importOriginal) => {
  const real = await importOriginal<typeof import("../../../components/core/violations")>();
  return {
    ...real,
    formatViolation: (violation: Misfit) => {
      told.push(violation);
      return real.formatViolation(violation);
    },
    formatViolations: (violations: readonly Misfit[]) => {
      told.push(...violations);
      return real.formatViolations(violations);
    },
  };
});

const hit = new Map<Rule, number>();

describe("bad arguments", () => {
  it("are told apart by what is wrong with them", () => {
    const names = BAD_ARGS.map(({ what }) => what);
    expect(names.length).toBeGreaterThanOrEqual(150);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(BAD_ARGS)("are refused: $what", async (bad) => {
    told.length = 0;
    const lines = await refusal(bad);
    expect(lines).toEqual(bad.refused.map(([, line]) => line));
    const rules = told.map((violation) => ("rule" in violation ? violation.rule : "none"));
    expect(rules).toEqual(bad.refused.map(([rule]) => rule));
    expect(lines.join("\n")).not.toMatch(/s3cret/i);
    for (const [rule] of bad.refused) hit.set(rule, (hit.get(rule) ?? 0) + 1);
  });

  it("break every rule that there is", () => {
    const rules = Object.keys(RULES);
    console.log(`${rules.length} rules, ${hit.size} hit, ${BAD_ARGS.length} bad args`);
    expect(rules.filter((rule) => !hit.has(rule as Rule))).toEqual([]);
  });
});

describe("good arguments", () => {
  it.each<[string, MigratedServiceArgs]>([
    ["the least", LEAST_ARGS],
    ["all of them", FULL_ARGS],
    ["with what is there already", EXISTING_ARGS],
  ])("are taken, by a deployment and by a preview: %s", async (_, args) => {
    for (const preview of [false, true]) {
      const program = () => {
        new MigratedService("shop", args);
      };
      const { resources } = await evaluate(program, { preview });
      expect(resources.length).toBeGreaterThan(20);
    }
  });
});
