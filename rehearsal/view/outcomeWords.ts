import type { Promotion, ReleaseResult } from "../result";

/** How a release ended, in words: a build that leaves traffic alone is ready before it is released. */
export function outcomeWords(
  { outcome, failedStep }: ReleaseResult,
  promotion: Promotion | null,
): string {
  if (promotion !== null) {
    const then = promotion.lines.length === 0 ? "" : `, then ${outcome} by hand`;
    return `ready, serving as before${then}`;
  }
  return failedStep === null ? outcome : `${outcome} in ${failedStep}`;
}
