import type { Finding, Level } from "./finding";

/** Whether somebody has to answer: change it, or accept it with a reason. A note is advice. */
export function isAnswerable({ level }: Finding): boolean {
  return level !== "note";
}

/** 2 when the answer is no. */
export function exitCodeOf(findings: readonly Finding[]): 0 | 2 {
  return findings.some(isAnswerable) ? 2 : 0;
}

/** `2 errors, 1 note`; empty for none. */
export function countFindings(findings: readonly Finding[]): string {
  return (["error", "warning", "note"] as const)
    .map((level): [Level, number] => [level, findings.filter((one) => one.level === level).length])
    .filter(([, count]) => count > 0)
    .map(([level, count]) => `${count} ${level}${count === 1 ? "" : "s"}`)
    .join(", ");
}

/** In the order of `files`, other places first; within a file by line, what has none first. */
export function sortFindings(findings: readonly Finding[], files: readonly string[]): Finding[] {
  const place = new Map(files.map((file, index) => [file, index]));
  return [...findings].sort(
    (a, b) =>
      (place.get(a.file) ?? -1) - (place.get(b.file) ?? -1) || (a.line ?? 0) - (b.line ?? 0),
  );
}
