import type { SourceArgs } from "../args";
import { quote, type Violation } from "../core/violations";
import { group, isRecord, type Check, type Members } from "./shape";

const KINDS = ["github", "repository", "developerConnect"] as const;

/**
 * The group of the source. That exactly one kind is given is checked on what was written: one of
 * the wrong form is refused for that, not for being missing too.
 */
export function sourceGroup(members: Members<SourceArgs>): Check {
  const check = group(members);
  return (value, path, findings) => {
    if (isRecord(value)) findings.violations.push(...checkOneKind(path, value));
    return check(value, path, findings);
  };
}

function checkOneKind(path: string, source: Record<string, unknown>): Violation[] {
  const given = KINDS.filter((kind) => source[kind] !== undefined);
  if (given.length === 1) return [];
  return [
    {
      rule: "source-kind",
      path,
      expected: "exactly one of github, repository and developerConnect",
      got: given.length === 0 ? "none" : given.join(" and "),
    },
  ];
}

/**
 * Cloud Build finds a connected repository only from its own region. What is not known yet is
 * right. A GitHub repository of the 1st generation has no region in its name.
 */
export function checkSource(
  path: string,
  source: SourceArgs | undefined,
  region: unknown,
): Violation[] {
  return [
    ...checkLocation(`${path}.repository`, source?.repository, region),
    ...checkLocation(`${path}.developerConnect`, source?.developerConnect, region),
  ];
}

function checkLocation(path: string, repository: unknown, region: unknown): Violation[] {
  if (typeof repository !== "string" || typeof region !== "string") return [];
  const location = /\/locations\/([^/]+)\//.exec(repository)?.[1];
  if (location === region) return [];
  return [
    {
      rule: "source-region",
      path,
      expected: `a repository in region ${region}`,
      got: quote(repository),
      remedy: "connect it in that region: a trigger sees no other",
    },
  ];
}
