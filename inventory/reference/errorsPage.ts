import type { Rule } from "../../components/core/rules";
import { formatArgs } from "./formatArgs";
import { RULE_TOPICS, type RuleTopic } from "./rules";
import type { RuleText } from "./rules/ruleText";

/** Arguments that break a rule, and what is said of them. */
export interface Example {
  /** What is given them: `MigratedService`. */
  of: string;
  /** In words: "a zone for a region". */
  what: string;
  args: unknown;
  /** Every line of the error. */
  lines: string[];
}

/** Text of `docs/errors.md`: every rule, with an example of each. */
export function renderErrorsPage(examples: ReadonlyMap<Rule, Example>): string {
  return [
    "# Errors",
    "",
    "<!-- Written by `npm run docs` from inventory/reference/rules and test/components/badArgs. -->",
    "",
    "Arguments are checked before anything is made, and all that is wrong with them is told at once:",
    "",
    "```",
    "invalid args",
    '  region: expected a region such as europe-west1, got "europe-west1-b"',
    "  service.port: expected a whole number from 1 to 65535, got 70000",
    "```",
    "",
    "Each line is `<path>: expected <allowed>, got <value>; <what to do>`. A value that is only known",
    "during the deployment is checked then. No line shows a secret: it says `[secret]`.",
    "",
    "Every rule has an ID that keeps its meaning. Search this page for the words after `expected`.",
    "",
    ...RULE_TOPICS.map(({ title }) => `- [${title}](#${anchor(title)})`),
    "",
    ...RULE_TOPICS.flatMap((topic) => section(topic, examples)),
  ].join("\n");
}

function section({ title, rules }: RuleTopic, examples: ReadonlyMap<Rule, Example>): string[] {
  return [
    `## ${title}`,
    "",
    ...Object.entries(rules).flatMap(([id, text]) => entry(id as Rule, text, examples)),
  ];
}

function entry(
  id: Rule,
  { means, remedy }: RuleText,
  examples: ReadonlyMap<Rule, Example>,
): string[] {
  const example = examples.get(id);
  if (example === undefined) throw new Error(`no example of rule ${id}`);
  const { of, what, args, lines } = example;
  return [
    `### ${id}`,
    "",
    `${means} ${remedy}`,
    "",
    `\`${of}\`, ${what}:`,
    "",
    "```js",
    formatArgs(args),
    "```",
    "",
    "```",
    ...lines,
    "```",
    "",
  ];
}

/** As GitHub makes them of headings. */
function anchor(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");
}
