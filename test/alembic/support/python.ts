import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What the pinned packages ask for. */
const OLDEST = [3, 11] as const;

/** Makes a virtual environment with the packages of `requirements`. Every error is one line. */
export async function makeEnvironment(folder: string, requirements: string): Promise<void> {
  const expected = `expected Python ${OLDEST.join(".")} or newer as python3 on PATH`;
  const version = await firstLine("python3", ["--version"]).catch(() => "none");
  if (!isNewEnough(version)) throw new Error(`${expected}, got ${version}`);
  await run("python3", ["-m", "venv", folder]).catch((error: unknown) => {
    throw new Error(`python3 -m venv failed: ${reasonOf(error)}`, { cause: error });
  });
  const flags = ["--quiet", "--disable-pip-version-check", "--no-input"];
  const args = ["-m", "pip", "install", ...flags, "--requirement", requirements];
  await run(join(folder, "bin", "python"), args).catch((error: unknown) => {
    throw new Error(`pip cannot install the packages: ${reasonOf(error)}`, { cause: error });
  });
}

function isNewEnough(version: string): boolean {
  const [, major, minor] = /^Python (\d+)\.(\d+)/.exec(version) ?? [];
  if (major === undefined || minor === undefined) return false;
  return Number(major) > OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) >= OLDEST[1]);
}

async function firstLine(program: string, args: string[]): Promise<string> {
  const { stdout } = await run(program, args);
  return stdout.split("\n")[0] ?? "";
}

/** The last line that a program wrote: pip and venv end with what went wrong. */
function reasonOf(error: unknown): string {
  const {
    stdout = "",
    stderr = "",
    message,
  } = error as Error & { stdout?: string; stderr?: string };
  const lines = `${stdout}\n${stderr}`.split("\n").filter((line) => line.trim() !== "");
  return lines.at(-1)?.trim() ?? message.split("\n")[0] ?? "";
}
