import { describe, expect, it } from "vitest";
import type { Finding } from "../../../migrate/findings/finding";
import { formatFindings } from "../../../migrate/findings/lines";
import { code, escape, toMarkdown } from "../../../migrate/findings/markdown";
import { toSarif } from "../../../migrate/findings/sarif";
import { exitCodeOf, sortFindings } from "../../../migrate/findings/verdict";
import { RULES } from "../../../migrate/lint/rules/index";

const FINDING: Finding = {
  rule: "ban-drop-column",
  level: "error",
  file: "migrations/2_b|x.sql",
  line: 3,
  message: "drops `a` of @somebody <b>",
  remedy: "wait",
  url: "https://example.com/a b",
};
const NOTE: Finding = { ...FINDING, level: "note", line: null, rule: "wide-index", url: null };

describe("findings", () => {
  it("are sorted by file and line", () => {
    const other = { ...FINDING, file: "Dockerfile" };
    const first = { ...FINDING, file: "migrations/1_a.sql", line: 9 };
    expect(
      sortFindings([FINDING, NOTE, first, other], ["migrations/1_a.sql", FINDING.file]),
    ).toEqual([other, first, NOTE, FINDING]);
  });

  it.each([
    [[], 0],
    [[NOTE], 0],
    [[NOTE, FINDING], 2],
    [[{ ...FINDING, level: "warning" } satisfies Finding], 2],
  ])("mean an exit code", (findings, exitCode) => {
    expect(exitCodeOf(findings)).toBe(exitCode);
  });

  it("as lines", () => {
    expect(formatFindings("check", [FINDING, NOTE])).toEqual([
      "migrations/2_b|x.sql:3: error [ban-drop-column] drops `a` of @somebody <b>; wait",
      "migrations/2_b|x.sql: note [wide-index] drops `a` of @somebody <b>; wait",
      "check: 1 error, 1 note; cloud-run-migrations explain RULE says why",
    ]);
    expect(formatFindings("check", [])).toEqual(["check: nothing to change"]);
  });
});

describe("Markdown", () => {
  it("is a table, with notes folded away, in which nothing is markup", () => {
    expect(toMarkdown("Migration check", [FINDING, NOTE])).toEqual([
      "### Migration check",
      "",
      "1 error, 1 note.",
      "",
      "| | where | rule | what | what to do |",
      "| --- | --- | --- | --- | --- |",
      "| ❌ error | `migrations/2_b\\|x.sql:3` | [`ban-drop-column`](https://example.com/a%20b) | drops \\`a\\` of &#64;somebody &lt;b\\> | wait |",
      "",
      "<details><summary>1 note</summary>",
      "",
      "| | where | rule | what | what to do |",
      "| --- | --- | --- | --- | --- |",
      "| ℹ️ note | `migrations/2_b\\|x.sql` | `wide-index` | drops \\`a\\` of &#64;somebody &lt;b\\> | wait |",
      "",
      "</details>",
    ]);
    expect(toMarkdown("Migration check", [])).toEqual([
      "### Migration check",
      "",
      "Nothing to change.",
    ]);
  });

  it.each([
    ["a\nb", "a b"],
    ["[x](y)", "\\[x\\]\\(y\\)"],
    ["a|b", "a\\|b"],
    ["&lt;", "&amp;lt;"],
  ])("escapes %j", (text, escaped) => {
    expect(escape(text)).toBe(escaped);
  });

  it("fences code that holds backticks", () => {
    expect(code("a``b")).toBe("``` a``b ```");
  });
});

describe("SARIF", () => {
  const sarif = toSarif([FINDING, NOTE], RULES, "1.2.3") as {
    version: string;
    runs: {
      tool: { driver: { name: string; rules: { id: string; helpUri: string }[] } };
      results: {
        ruleId: string;
        ruleIndex: number;
        level: string;
        message: { text: string };
        locations: {
          physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number } };
        }[];
        partialFingerprints: Record<string, string>;
      }[];
    }[];
  };
  const [run] = sarif.runs;

  it("is what code scanning takes: one run, rules by index, relative paths, lines from 1", () => {
    expect(sarif.version).toBe("2.1.0");
    expect(run!.tool.driver.rules.map(({ id }) => id).sort()).toEqual([
      "ban-drop-column",
      "wide-index",
    ]);
    for (const { ruleId, ruleIndex, locations, message } of run!.results) {
      expect(run!.tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
      expect(locations[0]?.physicalLocation.artifactLocation.uri).toBe("migrations/2_b%7Cx.sql");
      expect(locations[0]?.physicalLocation.region.startLine).toBeGreaterThan(0);
      expect(message.text).not.toBe("");
    }
    expect(run!.results.map(({ level }) => level)).toEqual(["error", "note"]);
  });

  it("keeps a finding's fingerprint when its line moves", () => {
    const moved = toSarif([{ ...FINDING, line: 40 }], RULES, null) as typeof sarif;
    expect(moved.runs[0]!.results[0]!.partialFingerprints).toEqual(
      run!.results[0]!.partialFingerprints,
    );
  });
});

describe("rules", () => {
  it("have ids of their own, and say why, what instead and where it is from", () => {
    expect(new Set(RULES.map(({ id }) => id)).size).toBe(RULES.length);
    for (const { id, title, why, instead, url } of RULES) {
      expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
      for (const text of [title, why, instead]) expect(text).toMatch(/\w{3}/);
      expect(url).toMatch(/^https:\/\//);
    }
  });
});
