import type { CommittedFile, CommittedFolder } from "../../git/baseFolder";
import type { LoadedMigration } from "../../files/load";
import { compareNames } from "../../files/fileName";
import { join } from "node:path";
import type { FolderSettings } from "../../settings/parse";
import { compare, describe, isSame } from "../compare";
import { writeBaseFolder } from "../baseTree";
import { add, report, reportFailure } from "./findings";
import { type VerifyRun, takeTurn } from "./run";
import { type VerifyDatabase, openDatabase } from "./verifyDatabase";

/** The previous release's own files, then what is new, as the release will do it. */
export async function turnPreviousRelease(
  run: VerifyRun,
  base: CommittedFolder,
  scratch: string,
): Promise<void> {
  await takeTurn(run, "previous-release", async () => {
    const reasons = reportUnfit(run, base.files);
    const folder = await writeBaseFolder(run.settings, base, scratch);
    const added = run.migrations.filter(({ file }) => !run.old.has(file.name));
    run.context.progress(
      `previous release: ${base.files.length} migrations, then ${added.length} new ones`,
    );
    let database = await openPrevious(run, base, folder);
    if (database === null) return 0;
    await database.fill(added[0]?.file.name ?? null);
    let outcome = await database.up(null);
    if (outcome.error !== null && run.settings.rows !== null) {
      const onRows = outcome;
      await database.drop();
      database = await openPrevious(run, base, folder);
      if (database === null) return 0;
      outcome = await database.up(null);
      if (outcome.error === null) {
        reportFailure(run, onRows, "fails-on-rows", "works on empty tables, but not on rows");
      }
    }
    for (const { name, durationMs } of outcome.committed) {
      run.times.set(name, { ...(run.times.get(name) ?? { name, downMs: null }), upMs: durationMs });
    }
    if (outcome.error !== null) {
      reportFailure(run, outcome, "upgrade-fails", "after the previous release");
    } else {
      compareEnds(run, await database.catalogue(), reasons);
    }
    await database.drop();
    return outcome.committed.length;
  });
}

async function openPrevious(
  run: VerifyRun,
  { commit, files }: CommittedFolder,
  folder: FolderSettings,
): Promise<VerifyDatabase | null> {
  const database = await openDatabase(run);
  if (files.length === 0) return database;
  const outcome = await database.up(null, folder);
  if (outcome.error === null) return database;
  reportFailure(run, outcome, "previous-release-fails", `as of ${commit.slice(0, 12)}`);
  await database.drop();
  return null;
}

/** What `up` would refuse in production; gives the reasons why the result may differ. */
function reportUnfit(run: VerifyRun, base: readonly CommittedFile[]): string[] {
  const { migrations, settings } = run;
  const nameOf = (file: string): LoadedMigration | undefined =>
    migrations.find((migration) => migration.file.name === file);
  const reasons: string[] = [];
  const refuse = (shownPath: string, what: string, remedy: string): void => {
    reasons.push(`${shownPath} was ${what}`);
    add(run, {
      rule: "upgrade-refused",
      level: "error",
      file: shownPath,
      line: null,
      message: `was ${what} after the previous release: up will refuse it`,
      remedy,
      url: null,
    });
  };
  for (const { name, fileName, sha256 } of base) {
    const now = nameOf(name);
    const shown = now?.file.shownPath ?? join(settings.shownFolder, fileName);
    if (now === undefined) refuse(shown, "deleted", "put it back; a new migration can undo it");
    else if (now.sha256 !== sha256) {
      refuse(shown, "edited", "restore it and write the change as a new migration");
    }
  }
  const newest = base.at(-1)?.name;
  for (const { file } of migrations) {
    if (newest === undefined || run.old.has(file.name)) continue;
    if (compareNames(file.name, newest) < 0) {
      refuse(file.shownPath, `added before ${newest}`, "rename it with a newer timestamp");
    }
  }
  return reasons;
}

function compareEnds(run: VerifyRun, state: readonly string[], reasons: readonly string[]): void {
  const difference = compare(run.catalogue ?? [], state);
  if (isSame(difference)) return;
  report(run, null, {
    rule: "previous-release-differs",
    level: "error",
    message: [
      `the previous release and the new migrations make something else than all from zero${reasons.length === 0 ? "" : `: ${reasons.join(", ")}`}`,
      ...describe(difference),
    ].join("\n  "),
    remedy: "restore what was changed, and write the change as a new migration",
  });
}
