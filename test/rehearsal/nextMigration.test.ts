import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nextMigration } from "../../rehearsal/nextMigration";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "migrations-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe("nextMigration", () => {
  it.each([
    [["0001_a.sql", "0009_b.js"], "0009_b", "0010_rehearsal_notes"],
    [["1_a.sql", "10_b.sql", "9_c.sql"], "10_b", "11_rehearsal_notes"],
    [
      ["1764115200000_a.sql", "1764115200999_b.mjs"],
      "1764115200999_b",
      "1764115201000_rehearsal_notes",
    ],
    [["20261231235959999_a.sql"], "20261231235959999_a", "20270101000059999_rehearsal_notes"],
    [
      ["1764115200000_a.sql", "20200101000000000_b.sql"],
      "1764115200000_a",
      "1764115200001_rehearsal_notes",
    ],
    [["0001_first.up.sql", ".hidden"], "0001_first.up", "0002_rehearsal_notes"],
  ])("follows %j", async (files, previous, name) => {
    for (const file of files) writeFileSync(join(folder, file), "");
    expect(await nextMigration(folder)).toMatchObject({ previous, name });
  });

  it("writes a file that fails, then the corrected one in its place", async () => {
    const migrations = join(folder, "migrations");
    mkdirSync(migrations);
    writeFileSync(join(migrations, "1_a.sql"), "");
    const next = await nextMigration(migrations);
    const file = join(migrations, "2_rehearsal_notes.sql");
    await next.write(folder, "failing");
    expect(readFileSync(file, "utf8")).toContain("VALUES (1), (1);");
    await next.write(folder, "corrected");
    expect(readFileSync(file, "utf8")).toBe(`-- Up Migration

CREATE TABLE rehearsal_notes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  release bigint NOT NULL
);
INSERT INTO rehearsal_notes (release) VALUES (1), (2);
ALTER TABLE rehearsal_notes ADD CONSTRAINT rehearsal_notes_release_key UNIQUE (release);

-- Down Migration

DROP TABLE rehearsal_notes;
`);
  });
});
