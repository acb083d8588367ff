import { writeFileSync } from "node:fs";
import { it } from "vitest";
import { lint } from "../../../migrate/lint/lint";
import { checkMigration } from "../../../migrate/files/checkMigration";
import { applyAcceptances } from "../../../migrate/lint/acceptances";
import { observe } from "./proof/observe";
import { startStage } from "./proof/stage";
import { readSnippets, stepsOf } from "./read";
import { SNIPPETS } from "./snippets";

it("observes", { timeout: 600_000 }, async () => {
  const t0 = Date.now();
  const read = await readSnippets(SNIPPETS);
  console.log("read", Date.now() - t0);
  const only = process.env.ONLY?.split(",");
  const out: Record<string, unknown> = {};
  const t1 = Date.now();
  for (const [snippet, one] of read) {
    if (only && !only.includes(snippet.id)) continue;
    const name = one.subject.migration.file.name;
    const f = await lint([...one.history, one.subject], { subjects: new Set([name]), isOneRelease: true });
    const all = applyAcceptances([...checkMigration(one.subject.migration).filter(x=>x.level!=="note"), ...f], [{ shownPath: one.subject.migration.file.shownPath, text: one.subject.migration.text }]);
    const serious = [...new Set(all.filter((x) => x.level !== "note").map((x) => x.rule))].sort();
    const notes = [...new Set(all.filter((x) => x.level === "note").map((x) => x.rule))];
    if (JSON.stringify(serious) !== JSON.stringify([...snippet.finds].sort())) console.log("LINT", snippet.id, "expected", snippet.finds, "got", serious);
    for (const a of snippet.advises ?? []) if (!notes.includes(a)) console.log("NOTE", snippet.id, a, notes);
  }
  console.log("lint", Date.now() - t1);
  const t2 = Date.now();
  const stage = await startStage();
  console.log("stage", Date.now() - t2);
  const slow: [number, string][] = [];
  try {
    for (const [snippet, one] of read) {
      if (only && !only.includes(snippet.id)) continue;
      const t = Date.now();
      try {
        out[snippet.id] = await observe(stage, snippet, await stepsOf(one));
      } catch (e) {
        console.log("ERROR", snippet.id, (e as Error).stack);
      }
      slow.push([Date.now() - t, snippet.id]);
    }
  } finally {
    await stage.stop();
  }
  console.log("observe", Date.now() - t2, slow.sort((a, b) => b[0] - a[0]).slice(0, 12));
  writeFileSync("/tmp/lk/observed.json", JSON.stringify(out, null, 1));
});
