import { YAMLError } from "yaml";

import { checkRelease } from "./build/checkRelease";
import type { AnyBuildDocument } from "./build/document";
import { parseDocument } from "./build/formatDocument";
import { quote, type Violation } from "./core/violations";
import { isRecord } from "./checks/shape";

/** A release document and what is wrong with it. */
export interface ReadRelease {
  release: AnyBuildDocument;
  violations: Violation[];
}

/** Reads a release document that may be anybody's, and checks it. `path` is the argument's. */
export function readRelease(path: string, text: string): ReadRelease {
  let release: AnyBuildDocument;
  try {
    release = parseDocument(text);
  } catch (error) {
    return { release: {}, violations: [unreadable(path, error)] };
  }
  const odd = oddSteps(release.steps);
  return { release, violations: odd.length > 0 ? odd : checkRelease(release) };
}

function unreadable(path: string, error: unknown): Violation {
  const expected = "a Cloud Build document with steps, as YAML or JSON";
  return { rule: "document-readable", path, expected, got: fault(error) };
}

/** Never the parser's own message: it shows the line, and what may stand there. */
function fault(error: unknown): string {
  const [start] = (error instanceof YAMLError ? error.linePos : undefined) ?? [];
  if (start === undefined) return "something else";
  return `text that cannot be read after line ${start.line}, column ${start.col}`;
}

function oddSteps(steps: unknown): Violation[] {
  if (!Array.isArray(steps)) return [];
  return steps.flatMap((step: unknown, index) =>
    isRecord(step)
      ? []
      : [
          {
            rule: "document-step",
            path: `steps[${index}]`,
            expected: "a step",
            got: quote(step),
          },
        ],
  );
}

/** Builds run in their trigger's region, and a private pool takes only those of its own. */
export function checkPoolRegion(
  path: string,
  { options }: AnyBuildDocument,
  region: string,
): Violation[] {
  const pool = options?.workerPool;
  const location = typeof pool === "string" ? /\/locations\/([^/]+)\//.exec(pool)?.[1] : undefined;
  if (location === undefined || location === region) return [];
  return [
    {
      rule: "pool-region",
      path: `${path}.options.workerPool`,
      expected: `a pool in region ${region}`,
      got: quote(pool),
      remedy: "builds run where their trigger is",
    },
  ];
}
