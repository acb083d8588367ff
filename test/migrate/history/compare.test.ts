import { expect, it } from "vitest";
import type { AppliedMigration } from "../../../migrate/history/applied";
import { compareHistory } from "../../../migrate/history/compare";

const AT = "2026-01-01T00:00:00.000Z";

function row(name: string, sha256: string | null = null): AppliedMigration {
  const run =
    sha256 === null ? null : { sha256, durationMs: 1, buildId: null, commit: null, image: null };
  return { id: 1, name, appliedAt: AT, run };
}

function states(files: string[], applied: AppliedMigration[]): string {
  return compareHistory(
    files.map((name) => ({ name, sha256: `sha of ${name}` })),
    applied,
  )
    .map(({ name, state }) => `${name}=${state}`)
    .join(" ");
}

it.each<[string[], AppliedMigration[], string]>([
  [["1_a", "2_b"], [], "1_a=pending 2_b=pending"],
  [["1_a", "2_b"], [row("1_a", "sha of 1_a")], "1_a=applied 2_b=pending"],
  [["1_a"], [row("1_a")], "1_a=applied"],
  [["1_a"], [row("1_a", "other")], "1_a=edited"],
  [["1_a"], [row("1_a"), row("2_b")], "1_a=applied 2_b=ahead"],
  [["2_b"], [row("1_a"), row("2_b")], "1_a=missing 2_b=applied"],
  [["1_a", "2_b"], [row("2_b")], "1_a=out-of-order 2_b=applied"],
  [[], [row("1_a")], "1_a=ahead"],
  [["10_a", "9_b"], [], "9_b=pending 10_a=pending"],
  [["1_a"], [row("by hand")], "by hand=missing 1_a=pending"],
])("of %j with %j", (files, applied, expected) => {
  expect(states(files, applied)).toBe(expected);
});
