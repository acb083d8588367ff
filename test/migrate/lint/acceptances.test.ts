import { describe, expect, it } from "vitest";
import type { Finding } from "../../../migrate/findings/finding";
import { applyAcceptances } from "../../../migrate/lint/acceptances";

const found = (rule: string, line: number | null): Finding => ({
  ...{ rule, line, level: "error", file: "a.sql", message: "m", remedy: "r", url: null },
});

/** Rules that are left, with their lines, of findings about a file with this text. */
function left(text: string, ...findings: Finding[]): string[] {
  const files = [{ shownPath: "a.sql", text }];
  return applyAcceptances(findings, files).map(
    ({ rule, level, line }) => `${rule} ${level} ${String(line)}`,
  );
}

const ACCEPT = "-- cloud-run-migrations: accept ban-drop-table: nothing reads it";

describe("applyAcceptances", () => {
  it.each([
    ["directly above", `SELECT 1;\n${ACCEPT}\nDROP TABLE a;`, 3, []],
    ["above other comments", `SELECT 1;\n${ACCEPT}\n-- why\nDROP TABLE a;`, 4, []],
    [
      "above an empty line",
      `SELECT 1;\n${ACCEPT}\n\nDROP TABLE a;`,
      4,
      ["ban-drop-table error 4", "acceptance note 2"],
    ],
    ["at the top", `${ACCEPT}\n\nSELECT 1;\nDROP TABLE a;`, 4, []],
    ["at the top, after a block", `/*\n * Why\n */\n${ACCEPT}\nSELECT 1;\nDROP TABLE a;`, 6, []],
    [
      "at another statement",
      `SELECT 1;\n${ACCEPT}\nSELECT 2;\nDROP TABLE a;`,
      4,
      ["ban-drop-table error 4", "acceptance note 2"],
    ],
  ])("takes a comment %s", (_, text, line, rules) => {
    expect(left(text, found("ban-drop-table", line))).toEqual(rules);
  });

  it("takes the comments at the top of a script, whose statements have no line", () => {
    const text = `/** @type {import("node-pg-migrate").MigrationBuilder} */\n//${ACCEPT.slice(2)}\nexports.up = () => {};`;
    expect(left(text, found("ban-drop-table", null))).toEqual([]);
  });

  it.each([
    ["ban-drop-table:", "ban-drop-table error 2"],
    ["ban-drop-table", "ban-drop-table error 2"],
    ["no-such-rule: because", "ban-drop-table error 2"],
    [": because", "ban-drop-table error 2"],
    ["sql-syntax: because", "ban-drop-table error 2"],
  ])("fails a comment that accepts %s", (accepted, finding) => {
    const text = `-- cloud-run-migrations: accept ${accepted}\nDROP TABLE a;`;
    expect(left(text, found("ban-drop-table", 2))).toEqual([finding, "acceptance error 1"]);
  });
});
