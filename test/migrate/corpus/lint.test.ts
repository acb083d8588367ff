import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkMigration } from "../../../migrate/files/checkMigration";
import type { Finding } from "../../../migrate/findings/finding";
import { applyAcceptances } from "../../../migrate/lint/acceptances";
import { lint } from "../../../migrate/lint/lint";
import { removeProjects } from "../support/project";
import { renderPage } from "./page/page";
import { type ReadSnippet, readSnippets } from "./read";
import { type Snippet, labelOf } from "./snippet";
import { SNIPPETS, TOPICS } from "./snippets";
import { runSquawkAlone } from "./squawkAlone";

const found = new Map<Snippet, Finding[]>();

beforeAll(async () => {
  for (const [snippet, read] of await readSnippets(SNIPPETS)) found.set(snippet, await check(read));
}, 300_000);

afterAll(() => {
  removeProjects();
});

/** As `check --base` does, with the snippet as all that a branch adds. */
async function check({ history, subject }: ReadSnippet): Promise<Finding[]> {
  const { migration } = subject;
  const { file, text } = migration;
  const subjects = new Set([file.name]);
  const linted = await lint([...history, subject], { subjects, isOneRelease: true });
  const comments = [{ shownPath: file.shownPath, text }];
  return applyAcceptances([...checkMigration(migration), ...linted], comments);
}

/** Rules at the levels that `check` answers no for, or at the one that it does not. */
function rulesOf(snippet: Snippet, isNote: boolean): string[] {
  const findings = found.get(snippet) ?? [];
  const rules = findings.filter(({ level }) => (level === "note") === isNote);
  return [...new Set(rules.map(({ rule }) => rule))].sort();
}

describe("lint", () => {
  it.each(SNIPPETS)("knows what is wrong with $id", (snippet) => {
    expect(rulesOf(snippet, false)).toEqual([...snippet.finds].sort());
  });

  it.each(SNIPPETS.filter((snippet) => labelOf(snippet) === "advice"))(
    "has advice about $id",
    (snippet) => {
      expect(rulesOf(snippet, true)).toEqual(expect.arrayContaining([...(snippet.advises ?? [])]));
    },
  );

  // `npm run docs` writes it.
  it("does what the committed page says", async () => {
    const squawk = runSquawkAlone(SNIPPETS);
    const page = renderPage(TOPICS, squawk.version, (snippet) => ({
      rules: rulesOf(snippet, false),
      advice: rulesOf(snippet, true),
      squawk: squawk.rules.get(snippet) ?? [],
    }));
    await expect(page).toMatchFileSnapshot("../../../docs/lint.md");
  });
});
