import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { performance } from "node:perf_hooks";
import type { CommandDefinition, CommandResult } from "../command";
import { openChildEnvironment } from "../connection/childEnvironment";
import { orAbort } from "../interrupt";
import type { CommandContext } from "../run/workspace";
import type { ConnectionSettings } from "../settings/connection";
import type { Environment } from "../settings/environment";
import { COMMON_FLAGS, type Flags } from "../settings/flags";
import { type Settings, parseWith, readConnectionOf, required } from "../settings/parse";
import { quote } from "../violations";

export interface ExecSettings {
  connection: ConnectionSettings;
  /** Program and its arguments. */
  command: readonly [string, ...string[]];
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
    const exitCode = await runChild(settings, child.env);
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
    const [program, ...args] = settings.rest;
    const { words } = settings;
    if (program === undefined || program === "" || words.length > 0) {
      reader.violations.push({
        path: "arguments",
        expected: "a program behind --, and nothing before it",
        got: words.length === 0 ? "nothing" : quote(words.join(" ")),
        remedy: `write exec -- ${words.length === 0 ? "psql" : [...words, ...settings.rest].join(" ")}`,
      });
    }
    const role = reader.text("role");
    const isJson = reader.flag("json");
    const connection = required(readConnectionOf(reader, settings), reader);
    return { connection, command: [program ?? "", ...args], role, env: settings.env, isJson };
  });
}

function runChild({ command, isJson }: ExecSettings, env: Environment): Promise<number> {
  const [program, ...args] = command;
  return new Promise((resolve, reject) => {
    const stdio = ["inherit", isJson ? process.stderr : "inherit", "inherit"] as const;
    const child = spawn(program, args, { env, stdio: [...stdio] });
    const stop = forwardSignals(child);
    child.once("error", (error) => {
      stop();
      reject(new Error(`cannot run ${program}: ${error.message}`, { cause: error }));
    });
    child.once("exit", (code, signal) => {
      stop();
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

const FORWARDED = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The child decides what a signal means; a terminal has sent Ctrl-C to it already. */
function forwardSignals(child: ChildProcess): () => void {
  const listeners = FORWARDED.map((signal) => {
    const listener = (): void => {
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    };
    process.removeAllListeners(signal);
    process.on(signal, listener);
    return { signal, listener };
  });
  return () => {
    for (const { signal, listener } of listeners) process.off(signal, listener);
  };
}
