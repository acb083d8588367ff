import { join } from "node:path";
import { readFileSync } from "node:fs";
import type { Scenario, ScenarioOutcome } from "./tryScenario";

type Result = readonly [Scenario, ScenarioOutcome];

/** The page on `diff`: what it does, and what came of every scenario. */
export function toPage(agreed: readonly Result[], own: readonly Result[]): string {
  const text = readFileSync(join(__dirname, "page.md"), "utf8");
  return text
    .replace("{{totals}}", totals(agreed, own).join("\n"))
    .replace("{{agreed}}", table(agreed, true).join("\n"))
    .replace("{{own}}", table(own, false).join("\n"));
}

function totals(agreed: readonly Result[], own: readonly Result[]): string[] {
  const count = (results: readonly Result[], is: (result: Result) => boolean): string =>
    `${results.filter(is).length} of ${results.length}`;
  const rows: [string, (result: Result) => boolean, string][] = [
    ["reaches the schema, rows kept", ([, one]) => isReached(one), "18 of 57"],
    ["differs, and says so", ([, one]) => one.listed.length > 0, "–"],
    [
      "misses something silently",
      ([, one]) => !isReached(one) && one.listed.length === 0 && one.failure === null,
      "23 of 57",
    ],
    ["differs in parts", () => false, "3 of 57"],
    ["loses rows", ([, one]) => one.keepsRows === false, "2 of 57"],
    ["its SQL fails, or it refuses", ([, one]) => one.failure !== null, "11 of 57"],
    ["down leads back", ([, one]) => one.failure === null, "–"],
    ["a second run finds nothing", ([, one]) => one.isStable, "–"],
    ["keeps nobody waiting", ([, one]) => waits(one).length === 0, "–"],
  ];
  return [
    "| | diff, 57 agreed scenarios | diff, our own | Alembic 1.20.1, 57 agreed ones |",
    "| --- | --- | --- | --- |",
    ...rows.map(
      ([what, is, alembic]) =>
        `| ${what} | ${count(agreed, is)} | ${count(own, is)} | ${alembic} |`,
    ),
  ];
}

function isReached({ isReached: reached, keepsRows }: ScenarioOutcome): boolean {
  return reached && keepsRows !== false;
}

/** Rules about the code that still serves, or about style. Whatever else `check` says counts as waiting. */
const NOT_WAITING = new Set([
  ...["ban-drop-table", "ban-drop-column", "ban-drop-not-null", "dropping-default"],
  ...["dropping-object-in-use", "dropping-foreign-key", "renaming-table", "renaming-column"],
  ...["renaming-object", "foreign-key-without-index", "ban-create-domain-with-constraint"],
  ...["security-definer-search-path", "ban-char-field"],
]);

function waits({ findings }: ScenarioOutcome): string[] {
  return findings.filter((rule) => !NOT_WAITING.has(rule));
}

function table(results: readonly Result[], hasAlembic: boolean): string[] {
  const head = [
    "scenario",
    "files",
    "reached",
    "rows",
    "online",
    "`check` says",
    ...(hasAlembic ? ["Alembic"] : []),
  ];
  return [
    `| ${head.join(" | ")} |`,
    `|${" --- |".repeat(head.length)}`,
    ...results.map(([scenario, outcome]) => {
      const cells = [
        `\`${scenario.name}\``,
        String(outcome.files),
        outcome.listed.length > 0 ? "listed" : outcome.isReached ? "yes" : "no",
        outcome.keepsRows === null ? "–" : outcome.keepsRows ? "kept" : "lost",
        waits(outcome).length === 0 ? "yes" : "no",
        outcome.findings.map((rule) => `\`${rule}\``).join(", ") || "–",
        ...(hasAlembic ? [scenario.alembic ?? "–"] : []),
      ];
      return `| ${cells.join(" | ")} |`;
    }),
  ];
}
