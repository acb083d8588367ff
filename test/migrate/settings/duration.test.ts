import { describe, expect, it } from "vitest";
import { formatDuration, parseDuration } from "../../../migrate/settings/duration";

describe("parseDuration", () => {
  it.each([
    ["0", 0],
    ["500ms", 500],
    ["5s", 5000],
    ["15min", 900_000],
    ["2h", 7_200_000],
    ["1d", 86_400_000],
    ["2147483647ms", 2_147_483_647],
  ])("reads %s", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(["", "5", "5m", "-5s", "1.5s", "5 s", "2147483648ms", "25d", "1e3s", "constructor"])(
    "refuses %j, as PostgreSQL would or might misread it",
    (text) => {
      expect(parseDuration(text)).toBeNull();
    },
  );
});

it.each([
  [12.4, "12 ms"],
  [4230, "4.2 s"],
  [185_000, "3 min 5 s"],
])("formatDuration writes %d as %s", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});
