import { spawnSync } from "node:child_process";
import {
  accessSync,
  constants,
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";

/** A node of gcloud's static command tree. */
export interface CommandNode {
  commands: Record<string, CommandNode>;
  /** `--region` to `value`, `bool`, `dynamic` or its choices. */
  flags: Record<string, string | string[]>;
}

/** The folder of the gcloud SDK on PATH. Throws without one: these tests are about nothing else. */
export function sdkFolder(): string {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const path = join(folder, "gcloud");
    try {
      accessSync(path, constants.X_OK);
    } catch {
      continue;
    }
    const root = dirname(dirname(realpathSync(path)));
    if (existsSync(join(root, "lib", "googlecloudsdk"))) return root;
  }
  throw new Error("expected a gcloud SDK on PATH, found none; install it or run npm test only");
}

/** gcloud's own list of its commands and their flags; the file is JSON behind a Python assignment. */
export function commandTree(): CommandNode {
  const text = readFileSync(join(sdkFolder(), "data", "cli", "gcloud_completions.py"), "utf8");
  return JSON.parse(text.slice(text.indexOf("{"))) as CommandNode;
}

export interface PrintQuestion {
  format: string;
  flatten?: string;
  record: unknown;
}

export interface Questions {
  parse: string[][];
  print: PrintQuestion[];
  filter: { expression: string; ongoing: boolean }[];
  match: { expression: string; record: unknown }[];
  list: string[];
}

export interface Answers {
  /** gcloud's error for each command line; `null` when it is right. */
  parse: (string | null)[];
  print: string[];
  /** What is left to the client, and what the server is asked. */
  filter: [string | null, string | null][];
  /** Whether gcloud itself lets a record through a filter. */
  match: boolean[];
  /** What gcloud makes of the value of a flag that takes a list. */
  list: string[][];
}

/** Asks gcloud's own Python code. It parses and prints; it runs no command and calls nobody. */
export function askSdk(questions: Questions): Answers {
  const root = sdkFolder();
  const bundled = join(root, "platform", "bundledpythonunix", "bin", "python3");
  const python = process.env["CLOUDSDK_PYTHON"] ?? (existsSync(bundled) ? bundled : "python3");
  const settings = mkdtempSync(join(tmpdir(), "gcloud-settings-"));
  try {
    const { status, stdout, stderr, error } = spawnSync(python, [join(__dirname, "sdk.py"), root], {
      input: JSON.stringify(questions),
      encoding: "utf8",
      env: {
        ...process.env,
        CLOUDSDK_CONFIG: settings,
        CLOUDSDK_CORE_DISABLE_USAGE_REPORTING: "1",
      },
      maxBuffer: 64 * 1024 * 1024,
    });
    if (status !== 0) throw error ?? new Error(`${python} failed: ${stderr}`);
    return JSON.parse(stdout) as Answers;
  } finally {
    rmSync(settings, { recursive: true, force: true });
  }
}
