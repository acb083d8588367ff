import { describe, expect, it } from "vitest";
import { parseSettingsComment, parseSettingsExport } from "../../../migrate/files/fileSettings";
import { formatViolation } from "../../../migrate/violations";

const NONE = { statementTimeoutMs: null, lockTimeoutMs: null };

describe("parseSettingsComment", () => {
  it.each([
    ["-- cloud-run-migrations: statement_timeout=2h lock_timeout=10s\nSELECT 1", 7_200_000, 10_000],
    ["\n-- Up Migration\n--cloud-run-migrations:lock_timeout=0\nSELECT 1", null, 0],
    ["#!/x\n// cloud-run-migrations: statement_timeout=1min\r\nexports.up = 1", 60_000, null],
    ["SELECT 1;\n-- cloud-run-migrations: lock_timeout=1s", null, null],
    ["-- something else", null, null],
  ])("reads %j", (text, statementTimeoutMs, lockTimeoutMs) => {
    expect(parseSettingsComment(text, "f")).toEqual({
      settings: { statementTimeoutMs, lockTimeoutMs },
      violations: [],
    });
  });

  it("reports everything that it does not know", () => {
    const { settings, violations } = parseSettingsComment(
      "-- cloud-run-migrations: timeout=1s lock_timeout=5 statement_timeout",
      "m/1.sql",
    );
    expect(settings).toEqual(NONE);
    expect(violations.map(formatViolation)).toEqual([
      'm/1.sql settings: expected statement_timeout or lock_timeout, got "timeout"',
      'm/1.sql lock_timeout: expected a duration such as 500ms, 5s, 15min, 2h or 0, got "5"; write a whole number and its unit, at most 24d',
      'm/1.sql statement_timeout: expected a duration such as 500ms, 5s, 15min, 2h or 0, got ""; write a whole number and its unit, at most 24d',
    ]);
  });
});

describe("parseSettingsExport", () => {
  it("reads an object, and refuses anything else", () => {
    expect(parseSettingsExport({ lock_timeout: "1s" }, "f").settings).toEqual({
      ...NONE,
      lockTimeoutMs: 1000,
    });
    expect(parseSettingsExport(undefined, "f").violations).toEqual([]);
    expect(parseSettingsExport({ lock_timeout: 5 }, "f").violations).toHaveLength(1);
    expect(parseSettingsExport("2h", "f").violations.map(formatViolation)).toEqual([
      'f settings: expected an object such as { statement_timeout: "2h" }, got "2h"',
    ]);
  });
});
