import { execFileSync } from "node:child_process";

/** Runs git there as somebody, whoever the machine's user is. */
export function gitIn(folder: string, ...args: string[]): string {
  const who = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];
  return execFileSync("git", [...who, "-c", "core.autocrlf=false", ...args], {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: process.env.PATH ?? "", GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" },
    stdio: ["ignore", "pipe", "ignore"],
  });
}

/** Makes the folder a repository whose branch `main` holds all that is in it. */
export function startRepository(folder: string): void {
  gitIn(folder, "init", "-q", "-b", "main");
  gitIn(folder, "add", "--all");
  gitIn(folder, "commit", "-q", "--allow-empty", "-m", "Begin");
}
