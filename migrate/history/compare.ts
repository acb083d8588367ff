import { compareNames } from "../files/fileName";
import type { AppliedMigration } from "./applied";

export type MigrationState =
  "applied" | "pending" | "missing" | "edited" | "out-of-order" | "ahead";

/** One migration, known from its file, from the database or from both. */
export interface MigrationStatus {
  name: string;
  state: MigrationState;
  appliedAt: string | null;
  durationMs: number | null;
  /** Of the file; of what was applied where there is no file. */
  sha256: string | null;
  buildId: string | null;
  commit: string | null;
  image: string | null;
}

/**
 * Compares files with what was applied.
 *
 * - `ahead`: applied, without a file, and newer than every file: this image is older than the database
 * - `missing`: applied, without a file, and older than some file: the file was deleted or renamed
 * - `edited`: applied from a file with other content
 * - `out-of-order`: pending, though something newer is applied
 */
export function compareHistory(
  files: readonly { name: string; sha256: string }[],
  applied: readonly AppliedMigration[],
): MigrationStatus[] {
  const fileOf = new Map(files.map((file) => [file.name, file]));
  const rowOf = new Map(applied.map((row) => [row.name, row]));
  const newestFile = newest([...fileOf.keys()]);
  const newestApplied = newest([...rowOf.keys()]);
  const names = [...new Set([...fileOf.keys(), ...rowOf.keys()])].sort(compareNames);
  return names.map((name) => {
    const row = rowOf.get(name);
    const sha256 = fileOf.get(name)?.sha256 ?? null;
    return {
      name,
      state: stateOf(name, sha256, row, newestFile, newestApplied),
      appliedAt: row?.appliedAt ?? null,
      durationMs: row?.run?.durationMs ?? null,
      sha256: sha256 ?? row?.run?.sha256 ?? null,
      buildId: row?.run?.buildId ?? null,
      commit: row?.run?.commit ?? null,
      image: row?.run?.image ?? null,
    };
  });
}

function stateOf(
  name: string,
  sha256: string | null,
  row: AppliedMigration | undefined,
  newestFile: string | null,
  newestApplied: string | null,
): MigrationState {
  if (row === undefined) return isNewer(newestApplied, name) ? "out-of-order" : "pending";
  if (sha256 === null) return isNewer(newestFile, name) ? "missing" : "ahead";
  return row.run === null || row.run.sha256 === sha256 ? "applied" : "edited";
}

function isNewer(candidate: string | null, name: string): boolean {
  return candidate !== null && compareNames(candidate, name) > 0;
}

/** The newest applied migration: what `schema.version` says. */
export function newest(names: readonly string[]): string | null {
  return [...names].sort(compareNames).at(-1) ?? null;
}
