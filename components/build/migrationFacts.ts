import { quote } from "../core/violations";
import type { AnyBuildDocument, AnyBuildStep } from "./document";
import type { ShellCommand } from "./shellCommands";
import { asGcloud, builtImages, shellText, stepCommands } from "./stepFacts";

/** A step that is to migrate, and why it does not. */
export interface MigrationStep {
  /** Its place in the document. */
  index: number;
  /** What keeps it from migrating; `null` when it migrates. */
  fault: MigrationFault | null;
}

/** What keeps a step from migrating. */
export interface MigrationFault {
  field: "script" | "args" | "name";
  expected: string;
  got: string;
}

const NOTHING = new Set(["true", ":", "exit", "echo", "printf", "sleep", "test", "[", "[[", "set"]);
const OTHER_STEP = /check|verify|test|lint|prepare|connect|roles|plan|doctor/i;

/**
 * The steps that migrate the database: those that are called so, else those that do what a
 * migration does.
 */
export function migrationStepsOf(document: AnyBuildDocument): MigrationStep[] {
  const steps = document.steps ?? [];
  const built = builtImages(document);
  const all = steps.map((step, index) => ({ index, fault: migrationFault(step, built) }));
  for (const pattern of [/^migrate$/, /migrat/i]) {
    const named = all.filter(({ index }) => pattern.test(steps[index]?.id ?? ""));
    if (named.length > 0) return named;
  }
  return all.filter(
    ({ index, fault }) => fault === null && !OTHER_STEP.test(steps[index]?.id ?? ""),
  );
}

/** Whether the step runs in an image that the document itself has made. */
export function runsBuiltImage(step: AnyBuildStep, built: ReadonlySet<string>): boolean {
  return step.name !== undefined && built.has(step.name);
}

function migrationFault(step: AnyBuildStep, built: ReadonlySet<string>): MigrationFault | null {
  const commands = stepCommands(step);
  const field = step.script === undefined ? "args" : "script";
  const jobs = commands.filter((command) => executesJob(command));
  if (jobs.length > 0) {
    const waiting = jobs.filter((command) => awaitsJob(command));
    if (waiting.length === 0) {
      return { field, expected: "the job's end to be awaited (--wait)", got: "no --wait" };
    }
    return swallowed(step, commands, waiting, field);
  }
  if (!runsBuiltImage(step, built)) {
    return {
      field: step.script === undefined ? "name" : "script",
      expected: "the migration job, run and awaited, or a command of the just-built image",
      got: step.script === undefined ? quote(step.name) : quote(shortScript(step.script)),
    };
  }
  const working = commands.filter(({ words: [name = ""] }) => !isNothing(name));
  if (working.length === 0) {
    const text = commands.map(({ words }) => words.join(" ")).join("; ");
    return { field, expected: "a command that migrates", got: quote(text) };
  }
  const other = working.find(({ words }) => toolCommand(words) !== null);
  const subcommand = other === undefined ? null : toolCommand(other.words);
  if (subcommand !== null && subcommand !== "up") {
    return { field, expected: "the tool's command up", got: quote(subcommand) };
  }
  return swallowed(step, commands, working, field);
}

function isNothing(name: string): boolean {
  return name === "" || NOTHING.has(name.replace(/^.*\//, ""));
}

function executesJob(command: ShellCommand): boolean {
  const gcloud = asGcloud(command);
  if (gcloud === null) return false;
  return (
    gcloud.path.startsWith("run jobs execute") ||
    (/^run jobs (?:create|deploy|update)/.test(gcloud.path) && gcloud.flags.has("execute-now"))
  );
}

function awaitsJob(command: ShellCommand): boolean {
  const flags = asGcloud(command)?.flags;
  return flags?.has("wait") === true && !flags.has("async");
}

// `node …/cloud-run-migrations/dist/migrate/cli.js up` or `cloud-run-migrations up`
function toolCommand(words: string[]): string | null {
  const at = words.findIndex((word) =>
    /cloud-run-migrations(?:\/dist\/migrate\/cli\.js)?$/.test(word),
  );
  return at === -1 ? null : (words[at + 1] ?? "");
}

// A failed migration must fail its step: no `|| true`, and no later command that succeeds for it.
function swallowed(
  step: AnyBuildStep,
  commands: ShellCommand[],
  migrating: ShellCommand[],
  field: MigrationFault["field"],
): MigrationFault | null {
  const excused = migrating.filter((command) => isExcused(commands, command));
  if (excused.length === migrating.length) {
    return { field, expected: "a failure that fails the step", got: "|| true" };
  }
  const text = step.script ?? shellText(step);
  if (text === null || stopsAtErrors(text)) return null;
  const last = commands.lastIndexOf(migrating.at(-1) ?? { ...NO_COMMAND });
  if (onFailure(commands, last) === "exits") return null;
  const after = commands.slice(last).slice(0, -1);
  if (after.every(({ followedBy }) => followedBy === "&&")) return null;
  return {
    field,
    expected: "set -e, so that a failure fails the step",
    got: quote(shortScript(text)),
  };
}

const NO_COMMAND: ShellCommand = { words: [], followedBy: ";", topLevel: true, definedIn: null };

// `gcloud … || true`, and `x=$(gcloud …) || true`, whose outer command carries the inner's text.
function isExcused(commands: ShellCommand[], command: ShellCommand): boolean {
  const text = command.words.slice(0, 4).join(" ");
  return commands.some(
    (other, index) =>
      (other === command || other.words.some((word) => word.includes(text))) &&
      onFailure(commands, index) === "succeeds",
  );
}

const SUCCEEDING = new Set(["true", ":", "echo", "printf"]);

// What the shell does when the command at `index` fails: whether a `||` behind it makes a success of
// that, or ends the shell with a failure. `unknown` is left to `set -e`.
function onFailure(commands: ShellCommand[], index: number): "succeeds" | "exits" | "unknown" {
  let at = index;
  while (commands[at]?.followedBy === "&&") at += 1;
  const { followedBy: mark, definedIn } = commands[at] ?? NO_COMMAND;
  if (mark !== "||") return "unknown";
  const first = at + 1;
  for (at = first; commands[at]?.definedIn === definedIn; at += 1) {
    const { words, followedBy } = commands[at] ?? NO_COMMAND;
    const name = (words[0] ?? "").replace(/^.*\//, "");
    if (name === "exit") {
      if (!exitsWithFailure(words[1], at === first)) return "succeeds";
      return followedBy === ")" ? "unknown" : "exits"; // `(exit 1)` ends a subshell only
    }
    if (!SUCCEEDING.has(name)) break;
    if (followedBy !== ";" && followedBy !== "&&") return "succeeds";
  }
  return at === first ? "unknown" : "succeeds";
}

// Without an operand, `exit` ends with the last command's status: the failure's, right behind `||`.
function exitsWithFailure(operand: string | undefined, isFirst: boolean): boolean {
  if (operand === undefined || operand === "$?" || /^\d*[<>]/.test(operand)) return isFirst;
  return /^\d+$/.test(operand) && Number(operand) % 256 !== 0;
}

function stopsAtErrors(text: string): boolean {
  if (/^\s*set \+\w*e/m.test(text)) return false;
  return /^\s*set -\w*e|^\s*set -o errexit|^#!.* -\w*e/m.test(text);
}

function shortScript(script: string): string {
  return script.replace(/^#!.*\n/, "").trim();
}
