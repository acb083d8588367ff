import { describe, expect, it } from "vitest";
import type { Rule } from "../../../migrate/lint/rule";
import { NOT_RENDERED, SQL_SYNTAX } from "../../../migrate/lint/rules/files";
import { STATEMENT_RULES } from "../../../migrate/lint/rules/index";
import { SQUAWK_RULES } from "../../../migrate/lint/rules/squawk";
import { UNINDEXED_KEY } from "../../../migrate/lint/unindexedKeys";
import { harmOf } from "./harm";
import { type Snippet, isProof, labelOf } from "./snippet";
import { SNIPPETS } from "./snippets";

/** Rules about what a file sends; those about files and their order have tests of their own. */
const RULES: readonly Pick<Rule, "id">[] = [
  ...STATEMENT_RULES,
  ...SQUAWK_RULES,
  ...[UNINDEXED_KEY, SQL_SYNTAX, NOT_RENDERED],
  ...[{ id: "needs-own-transaction" }, { id: "transaction-control" }],
];

const byId = new Map(SNIPPETS.map((snippet) => [snippet.id, snippet]));
const safe = SNIPPETS.filter((snippet) => labelOf(snippet) === "safe");
const others = SNIPPETS.filter((snippet) => labelOf(snippet) !== "safe");
const unsafe = others.filter((snippet) => labelOf(snippet) === "unsafe");

describe("the corpus", () => {
  it("is large, and a good part of it scripts", () => {
    expect(byId.size).toBe(SNIPPETS.length);
    expect(SNIPPETS.length).toBeGreaterThanOrEqual(80);
    const scripts = SNIPPETS.filter(({ file }) => file.extension !== ".sql");
    expect(scripts.length).toBeGreaterThanOrEqual(20);
  });

  it.each(RULES.map(({ id }) => id))("has something that %s finds", (id) => {
    const rules = SNIPPETS.flatMap(({ finds, advises = [] }) => [...finds, ...advises]);
    expect(rules).toContain(id);
  });

  it.each(others)("has a safe neighbour of $id", (snippet) => {
    expect(labelOf(neighbourOf(snippet)!)).toBe("safe");
  });

  it.each(unsafe)("shows the harm of $id, or why it cannot", ({ proof, ...snippet }) => {
    if (!isProof(proof)) {
      expect(proof.because).not.toBe("");
      return;
    }
    const neighbour = neighbourOf({ ...snippet, proof })?.proof;
    const other = neighbour !== undefined && isProof(neighbour) ? neighbour : null;
    expect(harmOf(proof, other)).not.toEqual([]);
  });

  it.each(safe)("shows no harm of $id", ({ proof }) => {
    expect(isProof(proof) && harmOf(proof, null)).toEqual([]);
  });
});

function neighbourOf({ instead = "" }: Snippet): Snippet | undefined {
  return byId.get(instead);
}
