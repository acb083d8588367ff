import { checkText } from "./checkText";
import type { Violation } from "./violations";

/** Names of the jobs that a release itself runs. */
const TAKEN = ["migrate", "roles"];

/** Checks a worker's name: it becomes the last part of its name in Google Cloud. */
export function checkWorkerName(path: string, name: unknown): Violation[] {
  const expected = `a name of 1 to 20 lower-case letters or digits, beginning with a letter, not ${TAKEN.join(" or ")}`;
  const isLegal = (text: string) => /^[a-z][a-z0-9]{0,19}$/.test(text) && !TAKEN.includes(text);
  return checkText(path, name, expected, isLegal, { rule: "worker-name" });
}
