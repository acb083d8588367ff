import { join } from "node:path";
import { formatDuration } from "../settings/duration";
import { type Difference, describe, isSame } from "../shadow/compare";
import type { PlannedFile } from "./planMigration";
import type { Proof } from "./prove";

/** What `diff` found, and wrote. */
export interface DiffReport {
  /** In the order in which they run; empty when migrations and schema agree. */
  files: (PlannedFile & { fileName: string })[];
  /** Folder of the files, as the user wrote it. */
  shownFolder: string;
  /** Whether the files were written. */
  isWritten: boolean;
  suggestions: string[];
  /** What no file can express. */
  left: Difference;
  /** Null when there was nothing to prove, or nothing was to be written. */
  proof: Proof | null;
  durationMs: number;
}

/** Whether there is something that the user has to decide. */
export function isSettled({ files, left, isWritten }: DiffReport): boolean {
  return isSame(left) && (files.length === 0 || isWritten);
}

export const EMPTY_DIFF = {
  ...{ differs: null, files: [], dataLoss: [], renames: [], notExpressed: [] },
  ...{ proof: null, durationMs: null },
};

export function toDiffDocument(report: DiffReport): object {
  const { files, suggestions, left, proof, durationMs, isWritten, shownFolder } = report;
  return {
    formatVersion: 1,
    command: "diff",
    differs: files.length > 0 || !isSame(left),
    files: files.map(({ fileName, mode, statements, down }) => ({
      path: isWritten ? join(shownFolder, fileName) : null,
      transaction: mode === "transaction",
      up: statements,
      down,
    })),
    dataLoss: files.flatMap(({ losses }) => losses),
    renames: suggestions,
    notExpressed: describe(left),
    proof,
    durationMs,
    error: null,
  };
}

export function toDiffLines(report: DiffReport): string[] {
  const { files, suggestions, left, proof, durationMs, isWritten, shownFolder } = report;
  const time = formatDuration(durationMs);
  const lines = [
    ...files.flatMap(({ fileName, mode, statements }) => [
      isWritten ? join(shownFolder, fileName) : `would write ${join(shownFolder, fileName)}`,
      ...statements.map((sql) => `  ${sql.replace(/\s+/g, " ")}`),
      ...(mode === "alone" ? ["  (outside a transaction)"] : []),
    ]),
    ...files.flatMap(({ losses }) => losses).map((sql) => `data loss: ${sql.replace(/\s+/g, " ")}`),
    ...suggestions.map((text) => `was it a rename? then add --rename ${text}`),
    ...describe(left).map((line) => `not expressed: ${line}`),
    ...(proof?.notFilled ?? []).map(({ table, reason }) => `without rows: ${table}: ${reason}`),
  ];
  if (files.length === 0 && isSame(left)) {
    return [`diff: migrations and schema agree (${time})`];
  }
  const rows = proof?.rows == null ? "" : ` on tables with ${proof.rows} rows`;
  const sum =
    proof === null
      ? "migrations and schema differ"
      : `${files.length} ${files.length === 1 ? "file" : "files"}, proved${rows}: up leads to the schema, down back`;
  return [...lines, `diff: ${sum} (${time})`];
}
