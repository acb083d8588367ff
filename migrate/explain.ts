import { DatabaseError } from "pg";
import { messageOf, remedyOf } from "./run/failure";

/** An error that happened outside any migration, in the words that the user reads. */
export interface Explanation {
  message: string;
  /** What to do; null when the message says it. */
  remedy: string | null;
}

const REMEDIES: Readonly<Record<string, string>> = {
  "42501":
    "log in as the user that migrates, or let cloud-run-migrations up run once as this one: it joins it to the owner role",
  "57014": "the database is slow or locked; look at pg_stat_activity",
};

export function explainError(error: unknown): Explanation {
  if (error instanceof DatabaseError) {
    const { code = "no code" } = error;
    return { message: `${messageOf(error)} (${code})`, remedy: REMEDIES[code] ?? null };
  }
  return { message: messageOf(error), remedy: remedyOf(error) };
}
