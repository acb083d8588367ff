import { createHash } from "node:crypto";
import type { Rule } from "../lint/rule";
import type { Finding } from "./finding";

const SCHEMA =
  "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/**
 * SARIF 2.1.0, as code scanning takes it. Paths are relative to the folder that the tool runs in.
 * https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
 */
export function toSarif(
  findings: readonly Finding[],
  rules: readonly Rule[],
  version: string | null,
): object {
  const known = rules.filter(({ id }) => findings.some(({ rule }) => rule === id));
  return {
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "cloud-run-migrations",
            ...(version !== null && { semanticVersion: version }),
            rules: known.map(toRule),
          },
        },
        results: findings.map((finding) => toResult(finding, known)),
      },
    ],
  };
}

function toRule({ id, level, title, why, instead, url }: Rule): object {
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: why },
    help: { text: `${why}\n\nInstead: ${instead}`, markdown: `${why}\n\n**Instead:** ${instead}` },
    helpUri: url,
    defaultConfiguration: { level },
  };
}

function toResult(
  { rule, level, file, line, message, remedy }: Finding,
  rules: readonly Rule[],
): object {
  const ruleIndex = rules.findIndex(({ id }) => id === rule);
  return {
    ruleId: rule,
    ...(ruleIndex >= 0 && { ruleIndex }),
    level,
    message: { text: `${message}; ${remedy}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: toUri(file), uriBaseId: "%SRCROOT%" },
          region: { startLine: line ?? 1 },
        },
      },
    ],
    partialFingerprints: { "findingHash/v1": hashOf(rule, file, message) },
  };
}

function toUri(path: string): string {
  return path.replaceAll("\\", "/").split("/").map(encodeURIComponent).join("/");
}

/** The same finding keeps its hash when lines above it come or go. */
function hashOf(...parts: string[]): string {
  return createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 32);
}
