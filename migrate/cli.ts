#!/usr/bin/env node
import yargs from "yargs";
import { toCommandModule } from "./command";
import { checkCommand } from "./commands/check";
import { createCommand } from "./commands/create";
import { downCommand } from "./commands/down";
import { execCommand } from "./commands/exec";
import { statusCommand } from "./commands/status";
import { upCommand } from "./commands/up";
import { verifyCommand } from "./commands/verify";
import { readToolVersion } from "./toolVersion";
import { InvalidArgsError, quote } from "./violations";

const COMMANDS = [
  upCommand,
  downCommand,
  statusCommand,
  createCommand,
  checkCommand,
  verifyCommand,
  execCommand,
];

async function main(args: string[]): Promise<void> {
  const parser = yargs(args)
    .scriptName("cloud-run-migrations")
    .usage("$0 <command> [flags]\n\nMigrates a PostgreSQL database with node-pg-migrate.")
    // Unknown flags and words are found with all the other violations, in settings/parse.ts.
    .command("$0", false, {}, ({ _: [word] }) => {
      throw toInvalidArgs(word === undefined ? "nothing" : quote(word));
    })
    .parserConfiguration({
      "camel-case-expansion": false,
      "strip-aliased": true,
      "populate--": true,
      "greedy-arrays": false,
      "parse-numbers": false,
      "parse-positional-numbers": false,
      "duplicate-arguments-array": true,
      "boolean-negation": false,
    })
    .version(readToolVersion() ?? "unknown")
    .wrap(100)
    .epilogue("Exit codes: 0 done, 1 error, 2 the answer is no, 130 or 143 after a signal.")
    .fail((message, error: Error | undefined) => {
      throw error ?? toInvalidArgs(message);
    });
  for (const command of COMMANDS) parser.command(toCommandModule(command));
  await parser.parseAsync();
}

function toInvalidArgs(got: string): InvalidArgsError {
  const names = COMMANDS.map(({ name }) => name).join(", ");
  const remedy = "see --help";
  return new InvalidArgsError([{ path: "command", expected: `one of ${names}`, got, remedy }]);
}

const args = process.argv.slice(2);
main(args).catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  const document = { formatVersion: 1, command: null, error: message };
  if (args.includes("--json")) process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
});
