import type { Options } from "yargs";
import type { CommandDefinition } from "../../migrate/command";
import { COMMON_FLAGS, type Flags } from "../../migrate/settings/flags";

/** The page of the commands, as their definitions have them: what `--help` says, on one page. */
export function renderCliPage(commands: readonly CommandDefinition[]): string {
  return [
    "# The commands",
    "",
    "Made from the tool itself by `npm run docs`: do not edit it. `cloud-run-migrations COMMAND --help` says the same.",
    "",
    "| command | does |",
    "| --- | --- |",
    ...commands.map(({ name, describe }) => `| [\`${name}\`](#${name}) | ${cell(describe)} |`),
    "",
    "Exit codes: 0 done; 1 error, a refusal included; 2 the answer is no; 130 or 143 after a signal. stdout carries the result,",
    'stderr the progress. `--json` writes exactly one document, which begins `{"formatVersion": 1, "command": …}`. Colours are for',
    "terminals only; `NO_COLOR=1` turns them off there too, `FORCE_COLOR=1` on elsewhere.",
    "",
    "`cloud-run-migrations completion >> ~/.bashrc` completes commands and flags in bash; in zsh, `>> ~/.zshrc`.",
    "",
    "## Flags of every command",
    "",
    ...renderFlags(COMMON_FLAGS),
    ...commands.flatMap(renderCommand),
    "",
  ].join("\n");
}

function renderCommand({ name, usage, describe, flags, examples }: CommandDefinition): string[] {
  return [
    "",
    `## ${name}`,
    "",
    `${describe}.`,
    "",
    "```sh",
    `cloud-run-migrations ${name}${usage === undefined ? "" : ` ${usage}`}`,
    ...examples.map(([line, purpose]) => `cloud-run-migrations ${line}  # ${purpose}`),
    "```",
    ...(Object.keys(flags).length === 0 ? [] : ["", ...renderFlags(flags)]),
  ];
}

function renderFlags(flags: Flags): string[] {
  const rows = Object.entries(flags).map(([name, { alias, type, describe, ...rest }]) => {
    const short = typeof alias === "string" ? `, \`-${alias}\`` : "";
    const value = type === "boolean" ? "" : " VALUE";
    return `| \`--${name}${value}\`${short} | ${cell(describe ?? "")} | ${defaultOf(rest)} |`;
  });
  return ["| flag | | default |", "| --- | --- | --- |", ...rows];
}

function defaultOf({ defaultDescription }: Options): string {
  return defaultDescription === undefined ? "" : cell(defaultDescription);
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}
