import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import type { BuildStep } from "../../../components/build/document";
import { stepEnvironment, substitutions } from "./cloudBuild";

/** What a stand-in answers to a command line. The first answer that fits is given. */
export interface Answer {
  /** Program and arguments, joined by spaces, must match. */
  to: RegExp | string;
  stdout?: string;
  stderr?: string;
  status?: number;
  /** How often it may be given; then the next that fits is. */
  times?: number;
}

export interface Outcome {
  status: number | null;
  stdout: string;
  stderr: string;
  /** Calls of `gcloud`, `docker` and `psql`, program first. */
  calls: string[][];
  /** Text of files that the script left in the build's working directory. */
  file: (path: string) => string | null;
}

const TOOLS = ["gcloud", "docker", "psql", "sleep"];

// Records its command line and what it is given on stdin, then gives the first answer that fits.
const STAND_IN = `#!/bin/bash
here="\${BASH_SOURCE[0]%/*}/.."
name="\${BASH_SOURCE[0]##*/}"
line="$name $*"
printf '%s\\x1f' "$name" "$@" >> "$here/calls"
printf '\\x1e' >> "$here/calls"
[ "$name" = psql ] && cat > "$here/psql.sql"
[ "$name" = sleep ] && exit 0
for answer in "$here"/answers/*; do
  [[ "$line" =~ $(<"$answer/to") ]] || continue
  left=$(<"$answer/left")
  [ "$left" = 0 ] && continue
  [ "$left" = any ] || echo $((left - 1)) > "$answer/left"
  cat "$answer/stdout"
  cat "$answer/stderr" >&2
  exit "$(<"$answer/status")"
done
echo "stand-in: unexpected: $line" >&2
exit 97
`;

/** Runs a step's script in real bash, with stand-ins for the tools, and removes what it left. */
export async function runScript(
  step: BuildStep,
  answers: Answer[],
  options: {
    substitutions?: Record<string, string>;
    env?: Record<string, string>;
    files?: Record<string, string>;
  } = {},
): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "release-script-"));
  try {
    const workspace = join(folder, "workspace");
    prepare(folder, workspace, answers, options.files ?? {});
    writeFileSync(join(folder, "script"), step.script ?? "");
    const env = {
      ...stepEnvironment(step, { ...substitutions, ...options.substitutions }),
      ...options.env,
      PATH: `${join(folder, "bin")}:/usr/local/bin:/usr/bin:/bin`,
      TMPDIR: folder,
    };
    const done = await run("bash", [join(folder, "script")], workspace, env);
    const files = new Map(
      [
        ".release/backup",
        ".release/image",
        ".release/migration-image",
        ".release/revision",
        ".release/serving",
        ".release/url",
        "PWNED",
        "../psql.sql",
      ].map((path) => [
        path,
        existsSync(join(workspace, path)) ? readFileSync(join(workspace, path), "utf8") : null,
      ]),
    );
    return { ...done, calls: readCalls(folder), file: (path) => files.get(path) ?? null };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function prepare(
  folder: string,
  workspace: string,
  answers: Answer[],
  files: Record<string, string>,
): void {
  mkdirSync(join(folder, "bin"));
  mkdirSync(workspace);
  for (const tool of TOOLS) {
    writeFileSync(join(folder, "bin", tool), STAND_IN);
    chmodSync(join(folder, "bin", tool), 0o755);
  }
  mkdirSync(join(folder, "answers"));
  answers.forEach((answer, index) => {
    const place = join(folder, "answers", String(index).padStart(3, "0"));
    mkdirSync(place);
    const to = typeof answer.to === "string" ? escape(answer.to) : answer.to.source;
    writeFileSync(join(place, "to"), to);
    writeFileSync(join(place, "stdout"), answer.stdout ?? "");
    writeFileSync(join(place, "stderr"), answer.stderr ?? "");
    writeFileSync(join(place, "status"), String(answer.status ?? 0));
    writeFileSync(join(place, "left"), String(answer.times ?? "any"));
  });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(workspace, path)), { recursive: true });
    writeFileSync(join(workspace, path), text);
  }
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, (mark) => `\\${mark}`);
}

function readCalls(folder: string): string[][] {
  const path = join(folder, "calls");
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8")
    .split("\x1e")
    .filter((record) => record !== "")
    .map((record) => record.split("\x1f").slice(0, -1))
    .filter(([name]) => name !== "sleep");
}

async function run(
  program: string,
  args: string[],
  cwd: string,
  env: Record<string, string>,
): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const output = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  return { status, ...output };
}

/** The lines of calls to a program, as one would type them. */
export function linesOf(outcome: Outcome, program: string): string[] {
  return outcome.calls.filter(([name]) => name === program).map((call) => call.slice(1).join(" "));
}
