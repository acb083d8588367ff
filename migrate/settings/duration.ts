const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** What `parseDuration` takes, in the words of an error. */
export const DURATION_FORM = "a duration such as 500ms, 5s, 15min, 2h or 0";

/** What to do about one that is none. */
export const DURATION_REMEDY = "write a whole number and its unit, at most 24d";

// PostgreSQL keeps timeouts in a signed 32-bit number of milliseconds.
const LONGEST_MS = 2_147_483_647;

/**
 * Milliseconds of a duration written as PostgreSQL writes it; null when it is none. `m` is not taken:
 * PostgreSQL refuses it too, and half of its readers mean months.
 */
export function parseDuration(text: string): number | null {
  if (text === "0") return 0;
  const match = /^(\d{1,10})(ms|s|min|h|d)$/.exec(text);
  const unit = UNITS[match?.[2] ?? ""];
  if (match === null || unit === undefined) return null;
  const ms = Number(match[1]) * unit;
  return ms <= LONGEST_MS ? ms : null;
}

/** A duration as a person reads it: `12 ms`, `4.2 s`, `3 min 5 s`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  return `${minutes} min ${Math.round((ms - minutes * 60_000) / 1000)} s`;
}
