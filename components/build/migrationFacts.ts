import type { Rule } from "../core/rules";
import { quote } from "../core/violations";
import type { AnyBuildDocument, AnyBuildStep } from "./document";
import type { ShellCommand } from "./shellCommands";
import { failureOutcome, type ShellScript } from "./shellFailure";
import { shellText, stepScript } from "./stepCommands";
import { asGcloud, builtImages, runsJob } from "./stepFacts";

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
  rule: Rule;
}

const NOTHING = new Set(
  (
    "true : exit return echo printf sleep test [ [[ set shopt export local declare readonly trap " +
    "cd mkdir rm cat tee for case break continue"
  ).split(" "),
);
// Makes the image that migrates.
const BUILDING_STEP = /^(?:build|push)/i;
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
    const named = all.filter(({ index }) => {
      const id = steps[index]?.id ?? "";
      return pattern.test(id) && !BUILDING_STEP.test(id);
    });
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
  const script = stepScript(step);
  const { commands } = script;
  const field = step.script === undefined ? "args" : "script";
  const jobs = commands.filter((command) => executesJob(command));
  if (jobs.length > 0) {
    const waiting = jobs.filter((command) => awaitsJob(command));
    if (waiting.length === 0) {
      const expected = "the job's end to be awaited (--wait)";
      return { field, expected, got: "no --wait", rule: "document-migration-not-awaited" };
    }
    return swallowed(step, script, waiting, field);
  }
  if (!runsBuiltImage(step, built)) {
    return {
      field: step.script === undefined ? "name" : "script",
      expected: "the migration job, run and awaited, or a command of the just-built image",
      got: step.script === undefined ? quote(step.name) : quote(shortScript(step.script)),
      rule: "document-migration-elsewhere",
    };
  }
  // A function's call is its commands', an assignment's is the substitution's.
  const defined = new Set(commands.map(({ definedIn }) => definedIn));
  const working = commands.filter(
    ({ words: [name = ""] }) => !isNothing(name) && !defined.has(name) && !/^\w+\+?=/.test(name),
  );
  if (working.length === 0) {
    const text = commands.map(({ words }) => words.join(" ")).join("; ");
    const expected = "a command that migrates";
    return { field, expected, got: quote(text), rule: "document-migration-does-nothing" };
  }
  const other = working.find(({ words }) => toolCommand(words) !== null);
  const subcommand = other === undefined ? null : toolCommand(other.words);
  if (subcommand !== null && subcommand !== "up") {
    const expected = "the tool's command up";
    return { field, expected, got: quote(subcommand), rule: "document-migration-other-command" };
  }
  const tools = working.filter(({ words }) => toolCommand(words) !== null);
  return swallowed(step, script, tools.length > 0 ? tools : working, field);
}

function isNothing(name: string): boolean {
  return name === "" || NOTHING.has(name.replace(/^.*\//, ""));
}

function executesJob(command: ShellCommand): boolean {
  const gcloud = asGcloud(command);
  return gcloud !== null && runsJob(gcloud);
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

// A failed migration must fail its step: nothing may test, hide or replace its status.
function swallowed(
  step: AnyBuildStep,
  script: ShellScript,
  migrating: ShellCommand[],
  field: MigrationFault["field"],
): MigrationFault | null {
  const outcomes = migrating.map((command) => failureOutcome(script, command));
  if (outcomes.includes("fails")) return null;
  if (!outcomes.includes("overlooked")) {
    const expected = "a failure that fails the step: the command by itself, behind no condition";
    const got = quote(migrating[0]?.words.join(" ") ?? "");
    return { field, expected, got, rule: "document-migration-excused" };
  }
  return {
    field,
    expected: "set -e, so that a failure fails the step",
    got: quote(shortScript(step.script ?? shellText(step) ?? "")),
    rule: "document-migration-overlooked",
  };
}

function shortScript(script: string): string {
  return script.replace(/^#!.*\n/, "").trim();
}
