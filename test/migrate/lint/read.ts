import { join } from "node:path";
import type { Finding } from "../../../migrate/findings/finding";
import { loadMigrations } from "../../../migrate/files/load";
import { listFolder } from "../../../migrate/files/migrationFile";
import { applyAcceptances } from "../../../migrate/lint/acceptances";
import { lint } from "../../../migrate/lint/lint";
import { type MigrationStatements, statementsOf } from "../../../migrate/sql/statementsOf";
import { createProject } from "../support/project";

/** What the files send when they go up. */
export async function readUp(files: Record<string, string>): Promise<MigrationStatements[]> {
  const folder = join(createProject(files).folder, "migrations");
  const content = await listFolder({ folder, shownFolder: "migrations" });
  const migrations = await loadMigrations(content.files);
  return statementsOf(migrations, { direction: "up", scripts: "any", shorthands: {} });
}

/** Findings about the files named in `subjects`, or all, after what their comments accept. */
export async function lintFiles(
  files: Record<string, string>,
  subjects: "each alone" | readonly string[] = "each alone",
): Promise<Finding[]> {
  const read = await readUp(files);
  const isOneRelease = subjects !== "each alone";
  const names = isOneRelease ? subjects : read.map(({ migration }) => migration.file.name);
  const chosen = new Set(names);
  const comments = read
    .filter(({ migration }) => chosen.has(migration.file.name))
    .map(({ migration: { file, text } }) => ({ shownPath: file.shownPath, text }));
  return applyAcceptances(await lint(read, { subjects: chosen, isOneRelease }), comments);
}

/** Rules at the levels that `check` answers no for. */
export function serious(findings: readonly Finding[]): string[] {
  return findings.filter(({ level }) => level !== "note").map(({ rule }) => rule);
}
