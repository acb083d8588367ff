import { ServiceError } from "../service";
import type { Tool, ToolCall } from "../tools";
import { TrafficError } from "../traffic";
import { WorkerPoolError } from "../workerPool";
import { BUILD_COMMANDS } from "./buildCommands";
import { CloudError, type CloudState, type Command, type CommandResult, flag } from "./context";
import { parseFilter } from "./filter";
import { flatten, parseFormat, print } from "./format";
import { JOB_COMMANDS } from "./jobCommands";
import { type ParsedCommand, UsageError, findCommand, parseCommand } from "./parse";
import { SERVICE_COMMANDS } from "./serviceCommands";
import { SQL_COMMANDS } from "./sqlCommands";
import { WORKER_POOL_COMMANDS } from "./workerPoolCommands";

const COMMANDS: Command[] = [
  ...BUILD_COMMANDS,
  ...SERVICE_COMMANDS,
  ...JOB_COMMANDS,
  ...WORKER_POOL_COMMANDS,
  ...SQL_COMMANDS,
];

/** The stand-in for gcloud: the commands of a release, in gcloud's own words. */
export function createGcloud(state: CloudState): Tool {
  return async (call) => {
    let words: readonly string[] = [];
    try {
      const command = findCommand(COMMANDS, call.args) as Command;
      words = command.words;
      const parsed = parseCommand(command, call.args);
      const format = flag(parsed, "format");
      const [printer, filter] = [format, flag(parsed, "filter")].map((text) => text ?? "");
      // Both are read before anything is done: a mistyped format must not cost a deployment.
      if (format !== null) parseFormat(printer ?? "");
      if (filter !== "") parseFilter(filter ?? "");
      const say = (text: string): void => {
        call.err(text);
      };
      const result = await command.run({ state, parsed, words, say });
      call.out(show(parsed, result));
      return 0;
    } catch (error) {
      return fail(call, words, error);
    }
  };
}

function show(parsed: ParsedCommand, result: CommandResult): string {
  let { records } = result;
  const filter = flag(parsed, "filter");
  if (filter !== null && filter !== "") records = records.filter(parseFilter(filter));
  const limit = flag(parsed, "limit");
  if (limit !== null) records = records.slice(0, Number(limit));
  for (const key of parsed.flags.get("flatten") ?? []) records = flatten(records, key);
  const isList = result.isList || parsed.flags.has("flatten");
  return print(parseFormat(flag(parsed, "format") ?? result.defaultFormat), records, isList);
}

function fail(call: ToolCall, words: readonly string[], error: unknown): number {
  const isUsage = error instanceof UsageError;
  const isKnown =
    isUsage ||
    error instanceof CloudError ||
    error instanceof ServiceError ||
    error instanceof WorkerPoolError ||
    error instanceof TrafficError;
  const message = error instanceof Error ? error.message : String(error);
  const command = ["gcloud", ...(isUsage ? error.command : words)].join(".");
  call.err(`ERROR: (${command}) ${message}\n`);
  if (isUsage) return error.exitCode;
  // Anything else is a mistake of this stand-in: its trace helps more than its message.
  if (!isKnown && error instanceof Error && error.stack !== undefined) call.err(`${error.stack}\n`);
  return 1;
}
