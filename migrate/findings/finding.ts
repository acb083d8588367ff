/** Something in the files, or in the database, that a reader should change. */
export interface Finding {
  /** Stable id, as `explain` takes it. */
  rule: string;
  level: Level;
  /** Path as shown; of a database's own fault the name of what it is about. */
  file: string;
  /** From 1; null when it is about the whole file. */
  line: number | null;
  message: string;
  remedy: string;
  /** Where the rule comes from. */
  url: string | null;
}

/**
 * - `error`: would break the revision that still serves, lose data, block everybody, or not run at all
 * - `warning`: likely wrong, or costly
 * - `note`: advice; nobody has to answer it
 */
export type Level = "error" | "warning" | "note";
