/** How a runtime begins the line that names what went wrong. */
const ERROR =
  /^\W*(?:uncaught )?(?:[\w.$]*(?:error|exception)|fatal|panic)\b|"severity": ?"(?:ERROR|CRITICAL)/i;

/** Lines of a cut-off part that are kept at most. */
const KEPT = 3;

/**
 * The last lines of a log, and before them the first errors of what is cut off: a program that crashes
 * names the reason first and its stack last.
 */
export function excerpt(log: readonly string[], last: number): string[] {
  const cut = log.slice(0, Math.max(0, log.length - last));
  const end = log.slice(cut.length);
  const errors = cut.filter((line) => ERROR.test(line)).slice(0, KEPT);
  return errors.length === 0 ? end : [...errors, "…", ...end];
}
