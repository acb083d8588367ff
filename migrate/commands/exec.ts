import { performance } from "node:perf_hooks";
import { readCommand } from "../child/readCommand";
import { type ChildCommand, runChild } from "../child/runChild";
import type { CommandDefinition, CommandResult } from "../command";
import { openChildEnvironment } from "../connection/childEnvironment";
import { orAbort } from "../interrupt";
import type { CommandContext } from "../run/workspace";
import type { ConnectionSettings } from "../settings/connection";
import type { Environment } from "../settings/environment";
import { COMMON_FLAGS, type Flags } from "../settings/flags";
import { type Settings, parseWith, readConnectionOf, required } from "../settings/parse";

export interface ExecSettings {
  connection: ConnectionSettings;
  command: ChildCommand;
  role: string | null;
  env: Environment;
  /** Whether stdout belongs to the document, not to the child. */
  isJson: boolean;
}

/** How the child ended. */
export interface ExecReport {
  exitCode: number;
  durationMs: number;
}

const FLAGS = {
  role: { type: "string", describe: "role that the child's connections take" },
} satisfies Flags;

/** Runs a program against the database. Trusts its input. */
export async function _exec(settings: ExecSettings, context: CommandContext): Promise<ExecReport> {
  const begin = performance.now();
  const { connection, role, env } = settings;
  const child = await orAbort(openChildEnvironment(connection, env, role), context.signal);
  try {
    const exitCode = await runChild(settings.command, child.env, settings);
    return { exitCode, durationMs: Math.round(performance.now() - begin) };
  } finally {
    await child.close();
  }
}

/** Runs a program against the database. */
export async function exec(settings: Settings, context: CommandContext): Promise<ExecReport> {
  return _exec(parseExec(settings), context);
}

export const execCommand: CommandDefinition = {
  name: "exec",
  usage: "[command..]",
  describe:
    "Runs a program with PGHOST, PGUSER and the others set; ends with its exit code: exec -- COMMAND",
  flags: FLAGS,
  examples: [
    ["exec -- psql", "a prompt"],
    [
      "exec --instance my-project:europe-west1:shop --iam -- alembic upgrade head",
      "through the connector",
    ],
  ],
  emptyDocument: { exitCode: null, durationMs: null },
  run: async (settings, context): Promise<CommandResult> => {
    const { exitCode, durationMs } = await exec(settings, context);
    return {
      document: { formatVersion: 1, command: "exec", exitCode, durationMs, error: null },
      lines: [],
      exitCode,
    };
  },
};

function parseExec(settings: Settings): ExecSettings {
  return parseWith(settings, { ...COMMON_FLAGS, ...FLAGS }, "some", (reader) => {
    const command = readCommand(reader, settings, "exec", "psql");
    const role = reader.text("role");
    const isJson = reader.flag("json");
    const connection = required(readConnectionOf(reader, settings), reader);
    return { connection, command, role, env: settings.env, isJson };
  });
}
