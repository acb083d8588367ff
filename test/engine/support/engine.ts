import { execFile } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { LocalWorkspace, Stack, type EngineEvent } from "@pulumi/pulumi/automation";
import { cliOnPath } from "./cli";
import { Cloud, type Call } from "./cloud";
import { withTimeLimit } from "./processes";
import { ROOT, type Program } from "./programs";

/** Longest that one command may take. */
const LIMIT = 120_000;

/** What a command did and said. */
export interface Run {
  ok: boolean;
  stdout: string;
  stderr: string;
  events: EngineEvent[];
  /** Calls that the provider got. */
  calls: Call[];
  seconds: number;
}

export interface RunOptions {
  refresh?: boolean;
  parallel?: number;
  /** Receives the output while the command runs. */
  onOutput?: (text: string) => void;
}

export type Operation = "up" | "preview" | "refresh" | "destroy";

/** A stack of a real engine in a folder of its own, and the cloud behind it. */
export class Engine {
  private constructor(
    readonly folder: string,
    readonly cloud: Cloud,
    readonly stack: Stack,
  ) {}

  /** `cloud` is that of another stack, when both share a project. */
  static async open(program: Program, cloud?: Cloud): Promise<Engine> {
    const folder = mkdtempSync(join(tmpdir(), "engine-"));
    const project = join(folder, "project");
    for (const part of ["project", "home", "state", "cloud", "bin"]) mkdirSync(join(folder, part));
    writePlugin(join(folder, "bin", "pulumi-resource-gcp"));
    program.write(project);
    const mine = cloud ?? new Cloud(join(folder, "cloud"));
    const envVars = variables(folder, mine.folder);
    const workspace = await LocalWorkspace.create({ workDir: project, envVars });
    const stack = await Stack.create(program.stack, workspace);
    cpSync(join(folder, "state"), join(folder, "fresh"), { recursive: true });
    return new Engine(folder, mine, stack);
  }

  /** The folder of the program. */
  get project(): string {
    return join(this.folder, "project");
  }

  run(operation: Operation, options: RunOptions = {}): Promise<Run> {
    const { stack } = this;
    const { refresh, parallel } = options;
    const events: EngineEvent[] = [];
    return this.watch(events, async (hear) => {
      const shared = {
        onOutput: (text: string) => {
          options.onOutput?.(text);
        },
        onError: hear,
        onEvent: (event: EngineEvent) => {
          events.push(event);
        },
        ...(parallel !== undefined && { parallel }),
        ...(refresh !== undefined && { refresh }),
      };
      const { stdout, stderr } = await (operation === "refresh"
        ? stack.refresh(shared)
        : operation === "destroy"
          ? stack.destroy(shared)
          : operation === "preview"
            ? stack.preview(shared)
            : stack.up(shared));
      return { stdout, stderr };
    });
  }

  /** A command that the Automation API does not have, for this stack. */
  command(...words: string[]): Promise<Run> {
    return this.watch([], async (hear) => {
      const args = [...words, "--stack", this.stack.name, "--non-interactive"];
      const env = { ...process.env, ...variables(this.folder, this.cloud.folder) };
      const settings = { cwd: this.project, env, maxBuffer: 256 * 1024 * 1024 };
      const running = promisify(execFile)(cliOnPath(), args, settings);
      running.child.stderr?.on("data", (data: Buffer) => {
        hear(String(data));
      });
      running.child.stdout?.on("data", (data: Buffer) => {
        hear(String(data));
      });
      return running;
    });
  }

  /** What Pulumi knows, as it is stored: secrets are ciphertext. */
  async state(): Promise<State> {
    return (await this.stack.exportStack()).deployment as State;
  }

  /** As if nothing had ever been done with the stack. */
  reset(): void {
    rmSync(join(this.folder, "state"), { recursive: true });
    cpSync(join(this.folder, "fresh"), join(this.folder, "state"), { recursive: true });
    this.cloud.clear();
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async watch(
    events: EngineEvent[],
    act: (hear: (text: string) => void) => Promise<{ stdout: string; stderr: string }>,
  ): Promise<Run> {
    const before = this.cloud.calls().length;
    const started = performance.now();
    let heard = "";
    const result = await withTimeLimit(LIMIT, () => act((text) => (heard += text))).then(
      (output) => ({ ok: true, ...output }),
      (error: unknown) => ({ ok: false, stdout: String(error), stderr: heard }),
    );
    const seconds = (performance.now() - started) / 1000;
    return { ...result, events, calls: this.cloud.calls().slice(before), seconds };
  }
}

/** A stack's state, as far as tests look at it. */
export interface State {
  resources?: { urn: string; type: string; id?: string; custom: boolean; protect?: boolean }[];
  pending_operations?: { type: string; resource: { urn: string } }[];
}

/** IDs of everything in the cloud that the state knows. */
export function idsIn({ resources = [] }: State): string[] {
  const custom = resources.filter(({ type, custom }) => custom && !type.startsWith("pulumi:"));
  return custom.map(({ id = "" }) => id).sort();
}

/** Nothing of this machine is used, and nothing is fetched. */
function variables(folder: string, cloud: string): Record<string, string> {
  return {
    PATH: [join(folder, "bin"), process.env["PATH"] ?? ""].join(delimiter),
    STAND_IN_FOLDER: cloud,
    PULUMI_HOME: join(folder, "home"),
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "passphrase of a test",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    NODE_OPTIONS: "--max-old-space-size=2048",
  };
}

function writePlugin(path: string): void {
  const main = join(ROOT, "dist", "engine-provider", "main.js");
  writeFileSync(path, `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`);
  chmodSync(path, 0o755);
}
