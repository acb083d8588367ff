import type { Settings } from "../settings/parse";
import type { FlagReader } from "../settings/reader";
import { quote } from "../violations";
import type { ChildCommand } from "./runChild";

/** The program behind `--`; anything before it is a violation. */
export function readCommand(
  reader: FlagReader,
  { rest, words }: Settings,
  name: string,
  example: string,
): ChildCommand {
  const [program = "", ...args] = rest;
  if (program === "" || words.length > 0) {
    reader.violations.push({
      path: "arguments",
      expected: "a program behind --, and nothing before it",
      got: words.length === 0 ? "nothing" : quote(words.join(" ")),
      remedy: `write ${name} -- ${words.length === 0 ? example : [...words, ...rest].join(" ")}`,
    });
  }
  return [program, ...args];
}
