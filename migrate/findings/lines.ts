import { paintLevel } from "../output/paint";
import type { Finding } from "./finding";
import { countFindings } from "./verdict";

/** `migrations/1_a.sql:3: error [rule] message; remedy` */
export function formatFinding({ file, line, level, rule, message, remedy }: Finding): string {
  const place = line === null ? file : `${file}:${line}`;
  return `${place}: ${paintLevel(level)} [${rule}] ${message}; ${remedy}`;
}

/** A line for each finding, then their sum. */
export function formatFindings(command: string, findings: readonly Finding[]): string[] {
  if (findings.length === 0) return [`${command}: nothing to change`];
  return [
    ...findings.map(formatFinding),
    `${command}: ${countFindings(findings)}; cloud-run-migrations explain RULE says why`,
  ];
}
