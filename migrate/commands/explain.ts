import type { CommandDefinition, CommandResult } from "../command";
import { isAcceptable } from "../lint/acceptances";
import type { Rule } from "../lint/rule";
import { ALL_RULES, RULES } from "../lint/rules/index";
import { paint, paintLevel } from "../output/paint";
import { formatTable } from "../output/table";
import { COMMON_FLAGS } from "../settings/flags";
import { type Settings, parseWith } from "../settings/parse";
import { quote } from "../violations";

/** The rule that is asked for; null when all of them are. */
export function explain(settings: Settings): Rule | null {
  return parseWith(settings, COMMON_FLAGS, "some", (reader) => {
    const [word, ...surplus] = settings.words;
    if (word === undefined) return null;
    const rule = ALL_RULES.find(({ id }) => id === word);
    if (rule === undefined || surplus.length > 0) {
      reader.violations.push({
        path: "rule",
        expected: "the id of one rule, as findings give it",
        got: quote(settings.words.join(" ")),
        remedy: remedyFor(word),
      });
    }
    return rule ?? null;
  });
}

export const explainCommand: CommandDefinition = {
  name: "explain",
  usage: "[name..]",
  describe: "Says why a rule is one, and what to write instead; lists all rules without a name",
  flags: {},
  examples: [
    ["explain", "all rules, with their levels"],
    ["explain adding-required-field", "why, what instead, how to accept it"],
  ],
  emptyDocument: { rule: null, rules: null },
  run: (settings): Promise<CommandResult> => {
    const rule = explain(settings);
    return Promise.resolve({
      document: {
        ...{ formatVersion: 1, command: "explain" },
        rule: rule === null ? null : toFields(rule),
        rules:
          rule === null ? ALL_RULES.map(({ id, level, title }) => ({ id, level, title })) : null,
        error: null,
      },
      lines: rule === null ? listRules() : describeRule(rule),
      exitCode: 0,
    });
  },
};

function remedyFor(word: string): string {
  const words = new Set(word.split("-"));
  const shared = ({ id }: Rule): number => id.split("-").filter((part) => words.has(part)).length;
  const [nearest] = [...ALL_RULES].sort((a, b) => shared(b) - shared(a));
  const isNear = nearest !== undefined && shared(nearest) > 0;
  return isNear ? `did you mean ${nearest.id}? explain alone lists all` : "explain alone lists all";
}

function toFields({ id, level, title, why, instead, url }: Rule): object {
  return { id, level, title, why, instead, url, accept: acceptOf(id) };
}

function acceptOf(id: string): string | null {
  const isOfFiles = RULES.some((rule) => rule.id === id);
  return isOfFiles && isAcceptable(id) ? `-- cloud-run-migrations: accept ${id}: REASON` : null;
}

function listRules(): string[] {
  const rows = ALL_RULES.map(({ id, level, title }) => [paintLevel(level), id, title]);
  return formatTable(["LEVEL", "RULE", "WHAT IS FOUND"], rows);
}

function describeRule({ id, level, title, why, instead, url }: Rule): string[] {
  const accept = acceptOf(id);
  return [
    `${paint("bold", id)} (${paintLevel(level)}): ${title}`,
    "",
    why,
    "",
    `Instead: ${instead}`,
    "",
    accept === null
      ? "No comment accepts it."
      : `To accept it, above the statement or at the top of the file, // in a script:\n  ${accept}`,
    "",
    url,
  ];
}
