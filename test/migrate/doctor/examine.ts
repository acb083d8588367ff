import { expect } from "vitest";
import { doctorCommand } from "../../../migrate/commands/doctor";
import type { DoctorFinding } from "../../../migrate/doctor/diagnosis";
import type { Project } from "../support/project";
import type { TestDatabase } from "../support/server";

export interface Examination {
  code: number | null;
  findings: DoctorFinding[];
  fixed: { rule: string; file: string; statements: string[] }[];
  /** Lines for a person. */
  lines: string[];
  /** What was said meanwhile. */
  said: string[];
}

/** Flags of `doctor` beside the roles, which are known. */
export interface ExamineOptions {
  fix?: boolean;
  schema?: string[];
  user?: string;
  [flag: string]: unknown;
}

/**
 * What `doctor` finds in a database of which all roles are known. Runs in this process, which is much
 * quicker; the command line has tests of its own.
 */
export async function examine(
  { env, owner, runtime }: TestDatabase,
  project: Project,
  { user, ...flags }: ExamineOptions = {},
): Promise<Examination> {
  const said: string[] = [];
  const { document, lines, exitCode } = await doctorCommand.run(
    {
      ...{ words: [], rest: [], cwd: project.folder },
      flags: { role: owner, "runtime-role": runtime, ...flags },
      env: user === undefined ? env : { ...env, PGUSER: user },
    },
    { signal: new AbortController().signal, progress: (line) => void said.push(line) },
  );
  expect(document).toMatchObject({ formatVersion: 1, command: "doctor", error: null });
  const { findings, fixed } = document as Pick<Examination, "findings" | "fixed">;
  return { code: exitCode, findings, fixed, lines: [...lines], said };
}

/** The findings as `level rule file`. */
export function listOf(findings: readonly DoctorFinding[]): string[] {
  return findings.map(({ level, rule, file }) => `${level} ${rule} ${file}`);
}

/** The only finding of this rule. */
export function findingOf(
  { findings }: Pick<Examination, "findings">,
  rule: string,
): DoctorFinding {
  const [finding, ...others] = findings.filter((one) => one.rule === rule);
  if (finding === undefined || others.length > 0) {
    throw new Error(`not one finding of ${rule}: ${JSON.stringify(findings, null, 2)}`);
  }
  return finding;
}

/** Runs a finding's statements as an administrator; each must stand in the remedy, ready to be copied. */
export async function treat(database: TestDatabase, finding: DoctorFinding): Promise<void> {
  expect(finding.statements).not.toEqual([]);
  const administrator = await database.connect();
  for (const statement of finding.statements) {
    expect(finding.remedy).toContain(statement);
    await administrator.query(statement);
  }
  await administrator.end();
}

/** Looks, runs what is printed for this rule, and looks again: it must be gone, and nothing new be there. */
export async function expectMended(
  database: TestDatabase,
  project: Project,
  rule: string,
): Promise<void> {
  const before = await examine(database, project);
  const own = before.findings.filter((one) => one.rule === rule);
  expect(own).not.toEqual([]);
  for (const finding of own) await treat(database, finding);
  const left = before.findings.filter((one) => one.rule !== rule);
  const after = await examine(database, project);
  expect(listOf(after.findings)).toEqual(listOf(left));
}
