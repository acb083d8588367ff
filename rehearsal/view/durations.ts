/** `0.4 s`, `12.3 s`: for people; contracts carry milliseconds. */
export function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1)} s`;
}
