import yargs, { type Options } from "yargs";

import { formatViolations, type Misfit } from "../components";
import { nearest } from "../components/core/nearest";

/**
 * A flag, as yargs takes it. What follows is checked here, so that all mistakes are told at once.
 */
export interface Flag extends Pick<Options, "type" | "default"> {
  describe: string;
  choices?: readonly string[];
  /** The command contract has the flag, this version does not do it. */
  comesLater?: true;
}

export type Flags = Record<string, Flag>;

/** Arguments that do not fit, in the words that the user reads. */
export class InvalidArguments extends Error {
  constructor(violations: readonly Misfit[]) {
    super(formatViolations(violations));
  }
}

/** Values by flag; help, when it was asked for. */
export interface CommandLine {
  values: Record<string, unknown>;
  help: string | undefined;
}

/** Reads a command line. Throws every unknown flag and bad value in one error. */
export async function parseCommandLine(
  usage: string,
  flags: Flags,
  words: readonly string[],
): Promise<CommandLine> {
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, { choices, describe, comesLater = false, ...flag }]) => [
      name,
      {
        ...flag,
        hidden: comesLater,
        describe: choices === undefined ? describe : `${describe}: ${choices.join(", ")}`,
      },
    ]),
  );
  const parser = yargs([])
    .scriptName("npm run")
    .usage(usage)
    .options(options)
    .parserConfiguration({ "camel-case-expansion": false, "boolean-negation": false })
    .version(false)
    .help()
    .exitProcess(false)
    .fail(false);
  const parsed = (await parser.parse([...words], {}, () => undefined)) as Record<string, unknown>;
  if (parsed["help"] === true) return { values: {}, help: await parser.getHelp() };
  const violations = [
    ...unknownFlags(parsed, Object.keys(flags)),
    ...Object.entries(flags).flatMap(([name, flag]) => badValue(name, flag, parsed[name])),
  ];
  if (violations.length > 0) throw new InvalidArguments(violations);
  return { values: parsed, help: undefined };
}

function unknownFlags(parsed: Record<string, unknown>, known: string[]): Misfit[] {
  const words = (parsed["_"] as unknown[]).map((word): Misfit => ({
    path: String(word),
    expected: "flags only",
    got: "a word",
  }));
  const unknown = Object.keys(parsed).filter(
    (name) => !["_", "$0", "help", ...known].includes(name),
  );
  return [
    ...unknown.map((name) => {
      const near = nearest(name, known);
      return {
        path: `--${name}`,
        expected: "a known flag",
        got: "an unknown one",
        remedy:
          near === undefined
            ? `known are ${known.map((flag) => `--${flag}`).join(", ")}`
            : `did you mean --${near}?`,
      };
    }),
    ...words,
  ];
}

function badValue(name: string, { type, choices, comesLater }: Flag, value: unknown): Misfit[] {
  if (value === undefined) return [];
  const path = `--${name}`;
  if (comesLater === true) {
    return [{ path, expected: "a flag that this version has", got: "one of a later version" }];
  }
  if (Array.isArray(value)) return [{ path, expected: "one value", got: JSON.stringify(value) }];
  if (type !== "boolean" && value === "") return [{ path, expected: "a value", got: "none" }];
  if (choices === undefined || choices.includes(value as string)) return [];
  return [{ path, expected: choices.join(" or "), got: JSON.stringify(value) }];
}

/** Runs a command: its result goes to stdout, an error's message to stderr, with exit code 1. */
export async function runCommand(command: () => Promise<string>): Promise<void> {
  try {
    const result = await command();
    process.stdout.write(result.endsWith("\n") ? result : `${result}\n`);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${message}\n`);
    process.exitCode = 1;
  }
}
