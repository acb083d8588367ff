import type { Finding, Level } from "./finding";
import { countFindings, isAnswerable } from "./verdict";

const SIGNS: Readonly<Record<Level, string>> = {
  error: "❌ error",
  warning: "⚠️ warning",
  note: "ℹ️ note",
};

/** A table for a pull request's comment; notes are folded away. */
export function toMarkdown(title: string, findings: readonly Finding[]): string[] {
  const answerable = findings.filter(isAnswerable);
  const notes = findings.filter((finding) => !isAnswerable(finding));
  return [
    `### ${title}`,
    "",
    findings.length === 0 ? "Nothing to change." : `${countFindings(findings)}.`,
    ...toTable(answerable),
    ...(notes.length === 0
      ? []
      : [
          "",
          `<details><summary>${countFindings(notes)}</summary>`,
          ...toTable(notes),
          "",
          "</details>",
        ]),
  ];
}

function toTable(findings: readonly Finding[]): string[] {
  if (findings.length === 0) return [];
  const rows = findings.map(({ file, line, level, rule, message, remedy, url }) => {
    const place = code(line === null ? file : `${file}:${line}`);
    const name = url === null ? code(rule) : `[${code(rule)}](${encodeURI(url)})`;
    return `| ${SIGNS[level]} | ${place} | ${name} | ${escape(message)} | ${escape(remedy)} |`;
  });
  return ["", "| | where | rule | what | what to do |", "| --- | --- | --- | --- | --- |", ...rows];
}

/** Text in a cell: nothing in it is markup, a mention or a link. */
export function escape(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/[\\`*_{}[\]()#+!|~>]/g, "\\$&")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll("@", "&#64;");
}

/** A name as code; a file's name may hold anything. */
export function code(text: string): string {
  const safe = text.replace(/\s+/g, " ").replaceAll("|", "\\|");
  const longest = Math.max(0, ...(safe.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = "`".repeat(longest + 1);
  return longest === 0 ? `${fence}${safe}${fence}` : `${fence} ${safe} ${fence}`;
}
