import type { MigrationBuilder, RunnerOption } from "node-pg-migrate";
import type { Violation } from "../violations";
import { formatViolation } from "../violations";
import { type FileSettings, parseSettingsComment, parseSettingsExport } from "./fileSettings";
import { importScript } from "./importScript";
import { type MigrationFile, readMigration } from "./migrationFile";
import { type SqlSections, splitSql } from "./sqlSections";

type Strategy = NonNullable<RunnerOption["migrationLoaderStrategies"]>[number];
type Loader = Exclude<Strategy["loader"], string>;

/** What node-pg-migrate runs for one file. */
export type MigrationUnit = Awaited<ReturnType<Loader>>[number];
export type MigrationActions = MigrationUnit["actions"];

/** A migration, ready to run. */
export interface LoadedMigration {
  file: MigrationFile;
  sha256: string;
  text: string;
  /** Null for a script. */
  sections: SqlSections | null;
  actions: MigrationActions;
  settings: FileSettings;
  /** A guess from the text, good enough to plan with: the run itself notices when it was wrong. */
  mentionsNoTransaction: boolean;
}

/** Files that cannot be run; nothing has been applied yet. */
export class LoadError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(["cannot run the migrations", ...problems.map((line) => `  ${line}`)].join("\n"));
    this.name = "LoadError";
    this.problems = problems;
  }
}

/** Loads files and reports every one that cannot be run. */
export async function loadMigrations(files: readonly MigrationFile[]): Promise<LoadedMigration[]> {
  const problems: string[] = [];
  const loaded: LoadedMigration[] = [];
  for (const file of files) {
    try {
      const { migration, violations } = await loadMigration(file);
      problems.push(...violations.map(formatViolation));
      loaded.push(migration);
    } catch (error) {
      problems.push(`${file.shownPath}: ${messageOf(error)}`);
    }
  }
  if (problems.length > 0) throw new LoadError(problems);
  return loaded;
}

/** Loads one file as node-pg-migrate would, and reads its settings. */
export async function loadMigration(
  file: MigrationFile,
): Promise<{ migration: LoadedMigration; violations: Violation[] }> {
  const { text, sha256 } = await readMigration(file);
  const comment = parseSettingsComment(text, file.shownPath);
  if (file.extension === ".sql") {
    const sections = splitSql(text);
    const actions = toActions(sections);
    const migration = {
      ...{ file, sha256, text, sections, actions },
      settings: comment.settings,
      mentionsNoTransaction: false,
    };
    return { migration, violations: comment.violations };
  }
  const actions = await importScript<MigrationActions & { settings?: unknown }>(file.path);
  const exported = parseSettingsExport(actions.settings, file.shownPath);
  const migration = {
    ...{ file, sha256, text, sections: null, actions },
    settings: merge(comment.settings, exported.settings),
    mentionsNoTransaction: /\bnoTransaction\b/.test(text),
  };
  return { migration, violations: [...comment.violations, ...exported.violations] };
}

function toActions({ up, down }: SqlSections): MigrationActions {
  return {
    up: (pgm: MigrationBuilder) => {
      pgm.sql(up.text);
    },
    down:
      down === null
        ? false
        : (pgm: MigrationBuilder) => {
            pgm.sql(down.text);
          },
  };
}

function merge(a: FileSettings, b: FileSettings): FileSettings {
  return {
    statementTimeoutMs: b.statementTimeoutMs ?? a.statementTimeoutMs,
    lockTimeoutMs: b.lockTimeoutMs ?? a.lockTimeoutMs,
  };
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split("\n")[0] ?? message;
}
