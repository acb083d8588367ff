import { createInterface } from "node:readline/promises";

/** Whether somebody is there who can answer. */
export function canAsk(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/** Asks about each rename that was not named; gives those that are ones. */
export async function askAbout(suggestions: readonly string[]): Promise<string[]> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const agreed: string[] = [];
    for (const suggestion of suggestions) {
      const [from = "", to = ""] = suggestion.split("=");
      const answer = await terminal.question(
        `is ${from} renamed to ${to}? Its content stays then; else it is dropped [y/N] `,
      );
      if (/^y(es)?$/i.test(answer.trim())) agreed.push(suggestion);
    }
    return agreed;
  } finally {
    terminal.close();
  }
}
