import type { CommandDefinition, CommandResult } from "../command";
import { checkFolder } from "../files/checkFolder";
import { listFolder } from "../files/migrationFile";
import type { Finding } from "../findings/finding";
import { COMMON_FLAGS } from "../settings/flags";
import { type FolderSettings, type Settings, parseWith, readFolder } from "../settings/parse";

/** Checks the files alone. Trusts its input. */
export async function _check(settings: FolderSettings): Promise<Finding[]> {
  return checkFolder(await listFolder(settings));
}

/** Checks the files alone. */
export async function check(settings: Settings): Promise<Finding[]> {
  return _check(parseCheck(settings));
}

export const checkCommand: CommandDefinition = {
  name: "check",
  describe: "Checks the migration files; exit code 2 when there is something to change",
  flags: {},
  examples: [
    ["check", "in CI, without a database"],
    ["check --json", "for a program"],
  ],
  emptyDocument: { findings: [] },
  run: async (settings): Promise<CommandResult> => {
    const findings = await check(settings);
    return {
      document: { formatVersion: 1, command: "check", findings, error: null },
      lines: toLines(findings),
      exitCode: findings.length === 0 ? 0 : 2,
    };
  },
};

function parseCheck(settings: Settings): FolderSettings {
  return parseWith(settings, COMMON_FLAGS, "none", (reader) => readFolder(reader, settings));
}

function toLines(findings: readonly Finding[]): string[] {
  if (findings.length === 0) return ["check: nothing to change"];
  const rows = findings.map(({ file, line, level, rule, message, remedy }) => {
    const place = line === null ? file : `${file}:${line}`;
    return `${place}: ${level} [${rule}] ${message}; ${remedy}`;
  });
  return [...rows, `check: ${findings.length} to change`];
}
