import { type Diagnosis, isFault, toFinding } from "./diagnosis";

export interface DoctorReport {
  /** What is wrong; after mending, what still is. */
  diagnoses: Diagnosis[];
  /** What was wrong before it was mended. */
  fixed: Diagnosis[];
}

export function toDocument({ diagnoses, fixed }: DoctorReport): object {
  return {
    formatVersion: 1,
    command: "doctor",
    findings: diagnoses.map(toFinding),
    fixed: fixed.map(({ rule, object, statements }) => ({
      rule: rule.id,
      file: object,
      statements,
    })),
    error: null,
  };
}

/** Two or more lines a finding: what, what to do, and each statement by itself, to be copied. */
export function toLines({ diagnoses, fixed }: DoctorReport): string[] {
  return [
    ...fixed.map(({ rule, object, message }) => `${object}: fixed [${rule.id}] ${message}`),
    ...diagnoses.flatMap(linesOf),
    sumOf(diagnoses, fixed),
  ];
}

function linesOf({ rule, object, level, message, advice, statements, fix }: Diagnosis): string[] {
  const automatic = fix === null ? "" : " (or --fix)";
  const ask = statements.length === 0 ? advice : `${advice}${automatic}:`;
  return [
    `${object}: ${level} [${rule.id}] ${message}`,
    `  ${ask}`,
    ...statements.map((statement) => `    ${statement.replaceAll("\n", "\n    ")};`),
  ];
}

function sumOf(diagnoses: readonly Diagnosis[], fixed: readonly Diagnosis[]): string {
  const faults = diagnoses.filter(isFault).length;
  const notes = diagnoses.length - faults;
  const parts = [
    ...(fixed.length === 0 ? [] : [`${fixed.length} fixed`]),
    ...(faults === 0 ? [] : [`${faults} to mend`]),
    ...(notes === 0 ? [] : [`${notes} to know`]),
  ];
  return `doctor: ${parts.length === 0 ? "nothing is wrong" : parts.join(", ")}`;
}
