import { createInterface } from "node:readline/promises";

/** Where somebody reads the question and writes the answer. */
export interface Terminal {
  input: NodeJS.ReadableStream;
  output: NodeJS.WritableStream;
}

/** Whether somebody is there who can answer. */
export function canAsk(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/** Asks about each rename that was not named; gives those that are ones. Nothing is an answer of no. */
export async function askAbout(
  suggestions: readonly string[],
  signal: AbortSignal,
  terminal: Terminal = { input: process.stdin, output: process.stderr },
): Promise<string[]> {
  const lines = createInterface(terminal);
  try {
    const agreed: string[] = [];
    for (const suggestion of suggestions) {
      const [from = "", to = ""] = suggestion.split("=");
      const question = `is ${from} renamed to ${to}? Its content stays then; else it is dropped [y/N] `;
      const answer = await lines.question(question, { signal }).catch((error: unknown) => {
        signal.throwIfAborted();
        throw error;
      });
      if (/^y(es)?$/i.test(answer.trim())) agreed.push(suggestion);
    }
    return agreed;
  } finally {
    lines.close();
  }
}
