import { type Snippet, labelOf } from "../snippet";
import { describeProof } from "./proofText";
import { INTRO, READING } from "./text";
import { type FoundOf, renderTotals } from "./totals";

type Topics = Readonly<Record<string, readonly Snippet[]>>;

export function renderPage(topics: Topics, squawkVersion: string, foundOf: FoundOf): string {
  const totals = renderTotals(Object.values(topics).flat(), squawkVersion, foundOf);
  const tables = Object.entries(topics).map(([topic, own]) => renderTopic(topic, own, foundOf));
  return [INTRO, totals, READING, ...tables].join("\n");
}

function renderTopic(topic: string, snippets: readonly Snippet[], foundOf: FoundOf): string {
  const heading = "| migration | | what it does | label | what is seen | `check` | squawk alone |";
  const rows = snippets.map((snippet) => renderRow(snippet, foundOf));
  return [
    `## ${topic}`,
    "",
    heading,
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}

function renderRow(snippet: Snippet, foundOf: FoundOf): string {
  const { id, instead, file, does, advises = [] } = snippet;
  const { rules, advice, squawk } = foundOf(snippet);
  const wanted = advice.filter((rule) => advises.includes(rule));
  const found = [...rules.map(code), ...wanted.map((rule) => `advice: ${code(rule)}`)];
  const alone = squawk.filter((rule) => !rule.endsWith("-timeout")).map(code);
  const cells = [
    `${code(id)}${instead === undefined ? "" : `<br>→ ${code(instead)}`}`,
    file.extension.slice(1).toUpperCase(),
    does,
    labelOf(snippet),
    describeProof(snippet),
    found.join(", ") || "–",
    file.extension === ".sql" ? alone.join(", ") || "–" : "reads no script",
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

function code(text: string): string {
  return `\`${text}\``;
}
