import type { Argv, CommandModule, Options } from "yargs";
import { onEarlyExit } from "./earlyExit";
import { explainError } from "./explain";
import { InterruptedError, SIGNAL_EXIT_CODES, abortOnSignals } from "./interrupt";
import { createRedactor } from "./output/redact";
import { type Streams, takeStreams } from "./output/streams";
import { headline } from "./run/outcome";
import type { CommandContext } from "./run/workspace";
import { withEnvironmentFile } from "./settings/environment";
import { COMMON_FLAGS, type Flags } from "./settings/flags";
import type { Settings } from "./settings/parse";

/** What a command leaves behind. */
export interface CommandResult {
  /** The document of `--json`. */
  document: object;
  /** The same for a person, on stdout. */
  lines: readonly string[];
  /** After the result, on stderr. */
  errorLines?: readonly string[];
  exitCode: number;
}

export interface CommandDefinition {
  name: string;
  /** Positional part of the usage line. */
  usage?: string;
  describe: string;
  flags: Flags;
  /** Command lines without the tool's name, and what each is for. */
  examples: readonly (readonly [string, string])[];
  /** Fields of the document when the command could not begin. */
  emptyDocument: object;
  run(settings: Settings, context: CommandContext): Promise<CommandResult>;
}

/** The yargs module of a command: it holds no logic of its own. */
export function toCommandModule(definition: CommandDefinition): CommandModule {
  const { name, usage, describe, flags, examples } = definition;
  return {
    command: usage === undefined ? name : `${name} ${usage}`,
    describe,
    builder: (yargs: Argv): Argv => {
      const options: Record<string, Options> = { ...COMMON_FLAGS, ...flags };
      return yargs
        .options(options)
        .group(Object.keys(flags), "Flags:")
        .example(examples.map(([line, purpose]): [string, string] => [`$0 ${line}`, purpose]));
    },
    handler: async (argv: Record<string, unknown>): Promise<void> => {
      await runToExit(definition, argv);
    },
  };
}

async function runToExit(
  definition: CommandDefinition,
  argv: Record<string, unknown>,
): Promise<never> {
  const { settings: given, isJson } = toSettings(argv);
  const streams = takeStreams(createRedactor(process.env));
  const signal = abortOnSignals();
  const isDone = onEarlyExit(signal, (message) => {
    printNow(streams, toResult(definition, new Error(message)), isJson);
  });
  try {
    const env = withEnvironmentFile(process.env, process.cwd());
    // Migrations read process.env too.
    Object.assign(process.env, env);
    streams.redactWith(createRedactor(env));
    const context = { signal, progress: streams.progress };
    const result = await definition.run({ ...given, env }, context);
    isDone();
    await print(streams, result, isJson);
    process.exit(result.exitCode);
  } catch (error) {
    const failed = toResult(definition, error);
    isDone();
    await print(streams, failed, isJson);
    process.exit(failed.exitCode);
  }
}

function toSettings(argv: Record<string, unknown>): { settings: Settings; isJson: boolean } {
  const { _: words, "--": rest, name, command } = argv;
  const notFlags = new Set(["_", "$0", "--", "name", "command"]);
  const flags = Object.fromEntries(Object.entries(argv).filter(([key]) => !notFlags.has(key)));
  const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
  const settings = {
    flags,
    words: [...texts(name), ...texts(command), ...texts(words).slice(1)],
    rest: texts(rest),
    env: process.env,
    cwd: process.cwd(),
  };
  return { settings, isJson: flags.json === true };
}

async function print(streams: Streams, result: CommandResult, isJson: boolean): Promise<void> {
  if (isJson) await streams.document(result.document);
  else await streams.result(result.lines);
  for (const line of result.errorLines ?? []) streams.progress(line);
}

/** As `print`, where nobody can wait any more: both streams take their first write at once. */
function printNow(
  streams: Streams,
  { document, errorLines }: CommandResult,
  isJson: boolean,
): void {
  for (const line of errorLines ?? []) streams.progress(line);
  if (isJson) void streams.document(document);
}

function toResult({ name, emptyDocument }: CommandDefinition, error: unknown): CommandResult {
  const { message, remedy } = explainError(error);
  return {
    document: { formatVersion: 1, command: name, ...emptyDocument, error: message, next: remedy },
    lines: [],
    errorLines: [headline(name, message), ...(remedy === null ? [] : [`next: ${remedy}`])],
    exitCode: error instanceof InterruptedError ? SIGNAL_EXIT_CODES[error.signal] : 1,
  };
}
