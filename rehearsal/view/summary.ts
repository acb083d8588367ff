import type { Rehearsal, RehearsalDetails, ReleaseResult } from "../result";
import { seconds } from "./durations";
import { outcomeWords } from "./outcomeWords";

/** What stands at the end of `npm start`. */
export function summarize(rehearsal: Rehearsal): string {
  const { result, details } = rehearsal;
  const { requests, leftovers } = result;
  const rate = details.requestRate === null ? "" : `, ${details.requestRate} a second`;
  const sections = [
    ...result.releases.map((release, index) => releaseLines(release, details, index)),
    [
      `requests to ${details.endpoint}: ${requests.served} served, ${requests.failed} failed${rate}`,
      ...indent(details.failedRequests),
    ],
    findingLines(details),
    propertyLines(details),
    titled("set to where things listen on this machine:", rewriteLines(details)),
    titled("of this rehearsal:", details.notes),
    [
      `left behind: ${count(leftovers.processes, "process", "processes")}, ${count(leftovers.folders, "folder", "folders")}`,
    ],
    titled("not as announced:", deviationLines(details)),
    [verdict(rehearsal)],
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

/** The last line: the exit code in words. */
function verdict({ result, details }: Rehearsal): string {
  const { announcements, deviations, findings } = details;
  const time = seconds(result.durationMs);
  if (result.ok) return `every release ended as announced, in ${time}`;
  const isReleaseOff = announcements.some((announcement) => announcement.deviations.length > 0);
  const reasons: string[] = [];
  if (isReleaseOff) reasons.push("not every release ended as announced");
  else if (deviations.length > 0) reasons.push(deviations.join("; "));
  if (findings.length > 0) {
    reasons.push(`the document breaks ${count(findings.length, "rule", "rules")} of a release`);
  }
  return `${reasons.join("; ")}, after ${time}`;
}

function releaseLines(
  release: ReleaseResult,
  { announcements, promotions }: RehearsalDetails,
  index: number,
): string[] {
  const promotion = promotions[index] ?? null;
  const title = announcements.find(({ number }) => number === release.number)?.title ?? "";
  const { serving, schema, requests } = release;
  const steps = release.steps
    .filter(({ status }) => status !== "not-run")
    .map(({ id, status, durationMs }) =>
      status === "succeeded" ? `${id} ${seconds(durationMs)}` : `${id} ${status}`,
    );
  return [
    `release ${release.number}, ${title}`,
    `  ${outcomeWords(release, promotion)}; ${requests.served} requests served, ${requests.failed} failed`,
    `  steps    ${steps.length === 0 ? "none ran" : steps.join(", ")}`,
    `  serving  ${change(serving.before, serving.after)}`,
    `  schema   ${change(schema.before.version, schema.after.version)}, catalogue ${
      schema.before.digest === schema.after.digest ? "unchanged" : "changed"
    }`,
    ...workerLines(release),
    ...(promotion?.lines ?? []).map((line) => `  by hand  ${line}`),
    ...(release.backup === null
      ? []
      : [`  backup   ${release.backup.id}, the state of ${release.backup.recoveryTime}`]),
    ...(release.error === null
      ? []
      : [`  error    ${release.error.replaceAll("\n", "\n           ")}`]),
  ];
}

function workerLines({ workers }: ReleaseResult): string[] {
  return workers.map(({ name, instances, alive, imageDigest: { before, after } }) => {
    const image = before === after ? "image as before" : "new image";
    return `  worker   ${name}, ${alive.after} of ${instances} instances, ${image}`;
  });
}

function change(before: string | null, after: string | null): string {
  if (before === after) return `${before ?? "none"}, as before`;
  return `${before ?? "none"} → ${after ?? "none"}`;
}

function findingLines({ findings, documentSource }: RehearsalDetails): string[] {
  return titled(`${documentSource} breaks the rules of a release:`, findings);
}

/** Only a document from elsewhere is compared: ours has every one of its properties. */
function propertyLines({ properties, ownProperties, documentSource }: RehearsalDetails): string[] {
  if (ownProperties.length === 0) return [];
  const lines = properties.map(({ id, holds, why }) => {
    const own = ownProperties.find((property) => property.id === id)?.holds === true;
    return `${holds ? "has  " : "lacks"}  ${own ? "has  " : "lacks"}  ${id}: ${why}`;
  });
  return [`properties (${documentSource}, then the rendered document):`, ...indent(lines)];
}

function rewriteLines({ rewrites }: RehearsalDetails): string[] {
  const lines = rewrites.map(({ where, name, from, to }) => `${name} in ${where}: ${from} → ${to}`);
  return [...new Set(lines)];
}

function deviationLines({ announcements, deviations }: RehearsalDetails): string[] {
  return [
    ...announcements.flatMap((announcement) =>
      announcement.deviations.map((text) => `release ${announcement.number}: ${text}`),
    ),
    ...deviations,
  ];
}

function titled(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...indent(lines)];
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
