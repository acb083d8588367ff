import { type Snippet, labelOf } from "../snippet";

/** What was found in a snippet: by `check`, and by squawk alone. */
export interface Found {
  rules: readonly string[];
  advice: readonly string[];
  squawk: readonly string[];
}

export type FoundOf = (snippet: Snippet) => Found;

/** Squawk's advice, which `check` gives as such too, or which is about the tool's own work. */
const ADVICE = [
  ...["prefer-robust-stmts", "prefer-text-field", "prefer-identity", "prefer-timestamp-tz"],
  ...["prefer-bigint-over-int", "prefer-bigint-over-smallint"],
];
const UNCOUNTED = new Set([...ADVICE, "require-lock-timeout", "require-statement-timeout"]);

export function renderTotals(
  snippets: readonly Snippet[],
  version: string,
  foundOf: FoundOf,
): string {
  const unsafe = snippets.filter((snippet) => labelOf(snippet) === "unsafe");
  const safe = snippets.filter((snippet) => labelOf(snippet) === "safe");
  const scripts = snippets.filter((snippet) => !isSql(snippet));
  const names = ADVICE.map((rule) => `\`${rule}\``).join(", ");
  return `## In numbers

${snippets.length} migrations, ${scripts.length} of them scripts: ${unsafe.length} unsafe, ${safe.length} safe, ${snippets.length - unsafe.length - safe.length} with advice only.
Each unsafe one names the nearest safe one.

| | unsafe ones found | safe ones flagged |
| --- | --- | --- |
${countAll(unsafe, safe, foundOf).join("\n")}

*squawk alone* is squawk ${version} with its default rules and \`--assume-in-transaction\`, on the same files. It reads SQL, so of a script
it sees nothing. One counts as found whatever it names in it, but for its two rules about timeouts, which it names in every file and
the tool sets itself, and its advice (${names}).
\`check\` asks squawk too, for some of what a single statement tells, and gives it what scripts render to.
`;
}

type Test = (snippet: Snippet) => boolean;

const isSql: Test = ({ file }) => file.extension === ".sql";

function countAll(
  unsafe: readonly Snippet[],
  safe: readonly Snippet[],
  foundOf: FoundOf,
): string[] {
  const isFound: Test = (snippet) =>
    snippet.finds.every((rule) => foundOf(snippet).rules.includes(rule));
  const isFlagged: Test = (snippet) => foundOf(snippet).rules.length > 0;
  const isNamed: Test = (snippet) => foundOf(snippet).squawk.some((rule) => !UNCOUNTED.has(rule));
  const count = (all: readonly Snippet[], test: Test): string =>
    `${all.filter(test).length} of ${all.length}`;
  const [bad, good] = [unsafe.filter(isSql), safe.filter(isSql)];
  return [
    `| \`check\` | ${count(unsafe, isFound)} | ${count(safe, isFlagged)} |`,
    `| squawk alone | ${count(unsafe, isNamed)} | ${count(safe, isNamed)} |`,
    `| squawk alone, of the \`.sql\` files | ${count(bad, isNamed)} | ${count(good, isNamed)} |`,
  ];
}
