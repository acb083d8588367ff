import { spawn } from "node:child_process";

/** Git is not there, or says no. */
export class GitError extends Error {
  constructor(
    message: string,
    readonly remedy: string,
  ) {
    super(message);
    this.name = "GitError";
  }
}

/** What git prints, given `input`. Nothing of it goes through a shell. */
export function git(
  cwd: string,
  args: readonly string[],
  input = "",
  env: NodeJS.ProcessEnv = process.env,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn("git", args, { cwd, env, stdio: "pipe" });
    const printed: Buffer[] = [];
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => printed.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    // A git that ends before it has read everything says why on stderr.
    child.stdin.on("error", () => undefined).end(input);
    child.once("error", () => {
      reject(new GitError("git: expected a program, got none", "install git and put it on PATH"));
    });
    child.once("close", (code) => {
      if (code === 0) resolve(Buffer.concat(printed));
      else reject(new GitError(`git ${args[0] ?? ""}: ${firstLine(said)}`, REMEDY));
    });
  });
}

const REMEDY = "run it inside a git checkout that has the history of both branches";

function firstLine(text: string): string {
  return text.trim().split("\n")[0] ?? "";
}
