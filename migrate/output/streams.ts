import { type Redact, redactDeep } from "./redact";

/** Where a command writes. Everything that leaves is redacted. */
export interface Streams {
  /** From now on redacts with this instead, when more secrets are known. */
  redactWith: (redact: Redact) => void;
  /** One line of progress, on stderr. */
  progress: (line: string) => void;
  /** The result as text, on stdout. */
  result: (lines: readonly string[]) => Promise<void>;
  /** The result as one JSON document, on stdout. */
  document: (document: object) => Promise<void>;
}

/**
 * Takes the process's streams over: stdout carries the result alone, so what a migration prints with
 * `console.log` goes to stderr, and nothing goes anywhere unredacted.
 */
export function takeStreams(initial: Redact): Streams {
  let redact = initial;
  const writeOut = process.stdout.write.bind(process.stdout);
  const writeError = process.stderr.write.bind(process.stderr);
  const guarded = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    const text = typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8");
    const callback = rest.find((item) => typeof item === "function") as
      ((error?: Error | null) => void) | undefined;
    return writeError(redact(text), callback);
  };
  process.stdout.write = guarded;
  process.stderr.write = guarded;
  const write = (text: string): Promise<void> =>
    new Promise((resolve) => {
      writeOut(text, () => {
        resolve();
      });
    });
  // A reader that went away (`| head`) is no reason to stop between two migrations.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", ignoreBrokenPipe);
  return {
    redactWith: (next) => {
      redact = next;
    },
    progress: (line) => void guarded(`${line}\n`),
    result: (lines) => write(lines.map((line) => `${redact(line)}\n`).join("")),
    // Only the values: a password that is a word must not rename a field.
    document: (document) => write(`${JSON.stringify(redactDeep(document, redact), null, 2)}\n`),
  };
}

function ignoreBrokenPipe(error: Error & { code?: string }): void {
  if (error.code !== "EPIPE") throw error;
}
