import type { Rehearsal, RehearsalDetails, ReleaseResult } from "../result";
import { seconds } from "../view/durations";
import { outcomeWords } from "../view/outcomeWords";
import { escapeHtml } from "./escapeHtml";
import { STYLE } from "./style";
import { timeline } from "./timeline";

/** One self-contained page: `graph` is an SVG element, everything else is text that is escaped. */
export function renderPage({ result, details }: Rehearsal, graph: string): string {
  const title = result.ok
    ? "Every release ended as announced"
    : "Not every release ended as announced";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Rehearsal: ${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${facts({ result, details })}
<h2>Steps</h2>
<p>Of ${escapeHtml(details.documentSource)}. An arrow goes from a step to one that waits for it.</p>
<figure class="graph">${graph}</figure>
<h2>Releases</h2>
${result.releases.map((release, index) => releaseSection(release, index, { result, details })).join("\n")}
${list("Not as announced", details.deviations)}
${list("Rules of a release that the document breaks", details.findings)}
${properties(details)}
${list("Failed requests", details.failedRequests)}
${list(
  "Set to where things listen on this machine",
  details.rewrites.map(({ where, name, from, to }) => `${name} in ${where}: ${from} → ${to}`),
)}
${list("Of this rehearsal", details.notes)}
<details><summary>The document that ran</summary><pre tabindex="0">${escapeHtml(details.documentText)}</pre></details>
</main>
</body>
</html>
`;
}

function facts({ result, details }: Rehearsal): string {
  const { requests, leftovers } = result;
  const rows: [string, string][] = [
    ["Duration", seconds(result.durationMs)],
    ["Requests", `${requests.served} served, ${requests.failed} failed, to ${details.endpoint}`],
    ["Rate", details.requestRate === null ? "no requests" : `${details.requestRate} a second`],
    ["Left behind", `${leftovers.processes} processes, ${leftovers.folders} folders`],
  ];
  return `<dl>${rows
    .map(([term, text]) => `<div><dt>${term}</dt><dd>${escapeHtml(text)}</dd></div>`)
    .join("")}</dl>`;
}

function releaseSection(release: ReleaseResult, index: number, { details }: Rehearsal): string {
  const { number, serving, schema, requests } = release;
  const promotion = details.promotions[index] ?? null;
  const announced = details.announcements.find((announcement) => announcement.number === number);
  const deviations = announced?.deviations ?? [];
  const rows: [string, string][] = [
    ["Outcome", outcomeWords(release, promotion)],
    ...(promotion?.lines ?? []).map((line): [string, string] => ["By hand", line]),
    ["Requests", `${requests.served} served, ${requests.failed} failed`],
    ["Serving", `${serving.before ?? "none"} → ${serving.after ?? "none"}`],
    ["Schema", `${schema.before.version ?? "none"} → ${schema.after.version ?? "none"}`],
    ["Catalogue", schema.before.digest === schema.after.digest ? "unchanged" : "changed"],
    ["Commit", release.commit.slice(0, 12)],
    ["Image", release.imageDigest?.slice(0, 19) ?? "none"],
  ];
  return `<section aria-labelledby="release-${number}">
<h3 id="release-${number}">Release ${number}: ${escapeHtml(announced?.title ?? "")}</h3>
<p class="${deviations.length === 0 ? "good" : "bad"}">${
    deviations.length === 0 ? "✔ as announced" : `✖ ${escapeHtml(deviations.join("; "))}`
  }</p>
<dl>${rows.map(([term, text]) => `<div><dt>${term}</dt><dd>${escapeHtml(text)}</dd></div>`).join("")}</dl>
${timeline(release, details.timelines[index] ?? [])}
${release.error === null ? "" : `<pre tabindex="0">${escapeHtml(release.error)}</pre>`}
</section>`;
}

function properties({ properties, ownProperties, documentSource }: RehearsalDetails): string {
  if (ownProperties.length === 0) return "";
  const rows = properties.map(({ id, holds, why }) => {
    const own = ownProperties.find((property) => property.id === id)?.holds === true;
    return `<tr><th scope="row">${escapeHtml(id)}</th><td>${mark(holds)}</td><td>${mark(own)}</td><td>${escapeHtml(why)}</td></tr>`;
  });
  return `<h2>Properties</h2>
<table><thead><tr><th scope="col">Property</th><th scope="col">${escapeHtml(documentSource)}</th>
<th scope="col">Rendered document</th><th scope="col">Why</th></tr></thead>
<tbody>${rows.join("")}</tbody></table>`;
}

function mark(holds: boolean): string {
  return holds ? "✔ has" : "✖ lacks";
}

function list(title: string, items: readonly string[]): string {
  if (items.length === 0) return "";
  const lines = [...new Set(items)].map((item) => `<li>${escapeHtml(item)}</li>`);
  return `<h2>${title}</h2>\n<ul>${lines.join("")}</ul>`;
}
