import { spawn } from "node:child_process";
import { readFile, readdir, stat } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { InvalidArgsError, quote } from "../violations";
import type { Environment } from "../settings/environment";

/** Where the schema that the user wants is. */
export type DesiredSource =
  { kind: "path"; path: string } | { kind: "command"; command: string; env: Environment };

/** A text of SQL, and what it is called in messages. */
export interface DesiredFile {
  shownPath: string;
  text: string;
}

/** Reads a file, the `.sql` files of a folder in order of their paths, or what a command prints. */
export async function readDesired(source: DesiredSource, cwd: string): Promise<DesiredFile[]> {
  if (source.kind === "command") {
    return [{ shownPath: "--from-command", text: await runCommand(source, cwd) }];
  }
  const { path } = source;
  const absolute = isAbsolute(path) ? path : join(cwd, path);
  const found = await stat(absolute).catch((error: unknown) => {
    throw refusal(path, "a file or a folder that can be read", codeOf(error));
  });
  if (!found.isDirectory()) return [{ shownPath: path, text: await readFile(absolute, "utf8") }];
  const names = (await readdir(absolute, { recursive: true, withFileTypes: true }))
    .filter((entry) => !entry.isDirectory() && entry.name.endsWith(".sql"))
    .map((entry) => join(entry.parentPath, entry.name).slice(absolute.length + 1))
    .sort();
  if (names.length === 0) throw refusal(path, "a folder with .sql files", "none is there");
  return Promise.all(
    names.map(async (name) => ({
      shownPath: join(path, name),
      text: await readFile(join(absolute, name), "utf8"),
    })),
  );
}

function refusal(path: string, expected: string, reason: string): InvalidArgsError {
  const remedy = `name the schema's SQL (${reason})`;
  return new InvalidArgsError([{ path: "--schema", expected, got: quote(path), remedy }]);
}

/** The command that should print the schema did not. */
export class CommandError extends Error {
  constructor(
    message: string,
    readonly remedy = "run it by itself to see what is wrong",
  ) {
    super(message);
    this.name = "CommandError";
  }
}

/** What the command writes to stdout. Its stderr is the user's to see. */
async function runCommand(
  { command, env }: Extract<DesiredSource, { kind: "command" }>,
  cwd: string,
): Promise<string> {
  const child = spawn("/bin/sh", ["-c", command], {
    cwd,
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) {
    throw new CommandError(`the command of --from-command ended with ${String(code)}: ${command}`);
  }
  const text = Buffer.concat(chunks).toString();
  // An empty schema would drop everything.
  if (text.trim() === "") {
    throw new CommandError(`the command of --from-command printed nothing: ${command}`);
  }
  return text;
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
