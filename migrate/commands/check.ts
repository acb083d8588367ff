import type { CommandDefinition, CommandResult } from "../command";
import { findEnvInImage } from "../dockerfile/findEnvInImage";
import { checkFolder } from "../files/checkFolder";
import { findMixed, findNoDown, findUnreviewed } from "../files/checkRelease";
import { compareBase } from "../files/compareBase";
import type { LoadedMigration } from "../files/load";
import { type MigrationFile, listFolder } from "../files/migrationFile";
import type { Finding } from "../findings/finding";
import { formatFindings } from "../findings/lines";
import { toMarkdown } from "../findings/markdown";
import { toSarif } from "../findings/sarif";
import { exitCodeOf, sortFindings } from "../findings/verdict";
import { readBase } from "../git/baseFolder";
import { type CommentedFile, applyAcceptances } from "../lint/acceptances";
import { lint } from "../lint/lint";
import { ACCEPTANCE } from "../lint/rules/files";
import { RULES } from "../lint/rules/index";
import { digestFiles } from "../run/workspace";
import { COMMON_FLAGS, type Flags } from "../settings/flags";
import { type FolderSettings, type Settings, parseWith, readFolder } from "../settings/parse";
import { statementsOf } from "../sql/statementsOf";
import { readToolVersion } from "../toolVersion";

export interface CheckSettings extends FolderSettings {
  /** Branch or commit whose files are released already; null when every file is looked at. */
  base: string | null;
  /** Only what would keep the files from running. */
  runnable: boolean;
  format: "lines" | "markdown" | "sarif";
  /** Where the user is. */
  cwd: string;
  /** The Dockerfile that releases the service; null for the one that is found. */
  dockerfile: string | null;
}

const FLAGS = {
  base: {
    type: "string",
    describe:
      "branch or commit that is released: only what this branch adds is looked at, as one release",
  },
  runnable: {
    type: "boolean",
    describe: "only what would keep the files from running, as a release checks its own image",
  },
  dockerfile: {
    type: "string",
    describe: "the Dockerfile that releases the service",
    defaultDescription: "the one here, or above the migrations",
  },
  markdown: { type: "boolean", describe: "write a table for a pull request's comment" },
  sarif: { type: "boolean", describe: "write SARIF 2.1.0, for code scanning" },
} satisfies Flags;

/** Checks the files. Trusts its input; needs no database. */
export async function _check(settings: CheckSettings): Promise<Finding[]> {
  const content = await listFolder(settings);
  const paths = content.files.map(({ shownPath }) => shownPath);
  const { findings, migrations } = await checkFolder(content);
  if (settings.runnable) {
    const accepted = applyAcceptances(findings, migrations.map(toCommented));
    // A wrong comment keeps nothing from running.
    return sortFindings(
      accepted.filter(({ rule }) => rule !== ACCEPTANCE.id),
      paths,
    );
  }
  const { base } = settings;
  const folders = base === null ? null : await readBase(settings, base, "--base");
  const released = new Set(folders?.base.files.map(({ name }) => name));
  const isReleased = ({ name }: MigrationFile): boolean => released.has(name);
  const old = new Set(content.files.filter(isReleased).map(({ shownPath }) => shownPath));
  const subjects = migrations.filter(({ file }) => !isReleased(file));
  const found = [
    // What is released cannot be changed any more.
    ...findings.filter(({ file }) => !old.has(file)),
    ...(folders === null || base === null
      ? []
      : compareBase(await digestFiles(content), folders, base, settings.shownFolder)),
    ...(await findInReleases(migrations, subjects, base !== null)),
  ];
  const left = applyAcceptances(found, subjects.map(toCommented));
  return sortFindings([...left, ...(await findEnvInImage(settings))], paths);
}

function toCommented({ file, text }: LoadedMigration): CommentedFile {
  return { shownPath: file.shownPath, text };
}

/** Checks the files. */
export async function check(settings: Settings): Promise<Finding[]> {
  return _check(parseCheck(settings));
}

export const checkCommand: CommandDefinition = {
  name: "check",
  describe: "Checks the migration files; exit code 2 when there is something to change or accept",
  flags: FLAGS,
  examples: [
    ["check", "every file by itself, without a database"],
    [
      "check --base origin/main",
      "in a pull request: what it adds, and its place among the others'",
    ],
    ["check --base origin/main --sarif > check.sarif", "for code scanning"],
  ],
  emptyDocument: { findings: [] },
  run: async (settings): Promise<CommandResult> => {
    const parsed = parseCheck(settings);
    const findings = await _check(parsed);
    return {
      document: { formatVersion: 1, command: "check", findings, error: null },
      lines: toLines(parsed, findings),
      exitCode: exitCodeOf(findings),
    };
  },
};

function parseCheck(settings: Settings): CheckSettings {
  return parseWith(settings, { ...COMMON_FLAGS, ...FLAGS }, "none", (reader) => {
    const base = reader.text("base");
    const runnable = reader.flag("runnable");
    const [first, ...others] = ["json", "markdown", "sarif"].filter((name) => reader.flag(name));
    if (others.length > 0) {
      const got = [first, ...others].map((name) => `--${name ?? ""}`).join(" and ");
      const expected = "one of --json, --markdown and --sarif";
      reader.violations.push({
        path: `--${others[0] ?? ""}`,
        expected,
        got,
        remedy: "leave all but one out",
      });
    }
    if (runnable && base !== null) {
      const got = "both";
      const remedy = "leave --base out: all files have to run";
      reader.violations.push({ path: "--runnable", expected: "--runnable or --base", got, remedy });
    }
    const format = first === "markdown" || first === "sarif" ? first : "lines";
    const dockerfile = reader.text("dockerfile");
    return {
      ...readFolder(reader, settings),
      base,
      runnable,
      format,
      cwd: settings.cwd,
      dockerfile,
    };
  });
}

function toLines({ format }: CheckSettings, findings: readonly Finding[]): string[] {
  if (format === "markdown") return toMarkdown("Migration check", findings);
  if (format === "lines") return formatFindings("check", findings);
  return JSON.stringify(toSarif(findings, RULES, readToolVersion()), null, 2).split("\n");
}

/** What the new files do, in the light of all before them. */
async function findInReleases(
  migrations: readonly LoadedMigration[],
  subjects: readonly LoadedMigration[],
  isOneRelease: boolean,
): Promise<Finding[]> {
  const options = { scripts: "any", shorthands: {} } as const;
  const ups = await statementsOf(migrations, { ...options, direction: "up" });
  const shorthands = Object.assign(
    {},
    ...migrations.map(({ actions }) => actions.shorthands ?? {}),
  ) as Shorthands;
  const downs = await statementsOf(subjects, { ...options, shorthands, direction: "down" });
  const names = new Set(subjects.map(({ file }) => file.name));
  const own = ups.filter(({ migration }) => names.has(migration.file.name));
  return [
    ...(await lint(ups, { subjects: names, isOneRelease })),
    ...findNoDown(downs),
    ...findUnreviewed(own),
    ...(isOneRelease ? findMixed(own) : []),
  ];
}

type Shorthands = Record<string, unknown>;
