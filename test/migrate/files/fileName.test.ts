import fc from "fast-check";
import { expect, it } from "vitest";
import { compareNames, numericPrefix } from "../../../migrate/files/fileName";

it("orders names exactly as node-pg-migrate does", async () => {
  const theirs = (await import("node-pg-migrate/utils/comparators")) as {
    compareMigrationFileNames(a: string, b: string): number;
  };
  const prefix = fc.oneof(
    fc.integer({ min: 0, max: 99 }).map(String),
    fc.integer({ min: 0, max: 99 }).map((n) => String(n).padStart(4, "0")),
    fc.integer({ min: 1_700_000_000_000, max: 1_800_000_000_000 }).map(String),
    fc
      .date({ min: new Date("2020-01-01"), max: new Date("2030-01-01"), noInvalidDate: true })
      .map((date) => date.toISOString().replace(/\D/g, "")),
  );
  const rest = fc.string({
    unit: fc.constantFrom("a", "b", "_", "-", "B", "2", "é"),
    maxLength: 6,
  });
  const name = fc.tuple(prefix, rest).map(([number, text]) => `${number}_${text}`);
  fc.assert(
    fc.property(name, name, (a, b) => {
      expect(Math.sign(compareNames(a, b))).toBe(Math.sign(theirs.compareMigrationFileNames(a, b)));
    }),
    { numRuns: 1000 },
  );
});

it.each([
  ["0001_a", 1],
  ["1735689600000_a", 1_735_689_600_000],
  ["20250101000000000_a", Date.UTC(2025, 0, 1)],
  ["a", null],
])("reads the number of %s", (name, number) => {
  expect(numericPrefix(name)).toBe(number);
});
