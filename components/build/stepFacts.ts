import type { AnyBuildDocument, AnyBuildStep } from "./document";
import type { ShellCommand } from "./shellCommands";
import { possibleCommands, stepCommands } from "./stepCommands";

/** A gcloud command line, taken apart. */
export interface GcloudCommand {
  /** Leading words without release track, `run services update shop`. */
  path: string;
  /** Values of its flags; a flag without a value has `""`. */
  flags: Map<string, string>;
}

// They only say what they are given; `log` and `fail` do so where the text defines them so.
const SPEAKING = new Set(["echo", "printf", "cat"]);
const TELLING = new Set(["log", "fail"]);
// Flags without a value that may stand before a name.
const BARE = new Set(["async", "execute-now", "no-promote", "no-traffic", "quiet", "wait"]);
// Before gcloud's last command word stand flags of all commands only. These have a value.
const GROUPS = new Set(["", "run", "services", "jobs", "worker-pools", "multi-region-services"]);
const VALUED =
  /^(?:access-token-file|account|billing-project|configuration|flags-file|flatten|format|impersonate-service-account|platform|project|region|trace-token|verbosity)$/;
const TRACKS = new Set(["alpha", "beta"]);

/** The gcloud command lines that a step runs. */
export function gcloudCommands(step: AnyBuildStep): GcloudCommand[] {
  return linesOf(stepCommands(step));
}

/** The same, and those that it may run by a detour. */
function possibleGcloudCommands(step: AnyBuildStep): GcloudCommand[] {
  return linesOf(possibleCommands(step));
}

function linesOf(commands: ShellCommand[]): GcloudCommand[] {
  const telling = tellingFunctions(commands);
  return commands.flatMap((command) => asGcloud(command, telling) ?? []);
}

// `log() { echo "$@"; }` says what it is given, `log() { "$@"; }` runs it.
function tellingFunctions(commands: ShellCommand[]): Set<string> {
  const runs = (name: string): boolean =>
    commands.some(
      ({ definedIn, words: [first = ""] }) =>
        definedIn === name && (first.startsWith("$") || first === "eval" || first === "exec"),
    );
  const defined = commands.flatMap(({ definedIn }) => definedIn ?? []);
  return new Set(
    [...SPEAKING, ...TELLING].filter(
      (name) => (SPEAKING.has(name) || defined.includes(name)) && !runs(name),
    ),
  );
}

/** The gcloud command line that a command is; `null` for another. */
export function asGcloud(
  command: ShellCommand,
  telling: ReadonlySet<string> = SPEAKING,
): GcloudCommand | null {
  const words = toolWords(command, "gcloud", telling) ?? variableWords(command);
  return words === null ? null : parseGcloud(words);
}

/** Whether the step makes a revision of a service or worker pool. */
export function createsRevision(step: AnyBuildStep): boolean {
  return possibleGcloudCommands(step).some(({ path }) => CREATES_REVISION.test(path));
}

const CREATES_REVISION =
  /^run (?:deploy|compose|(?:multi-region-)?services (?:update|replace)|worker-pools (?:deploy|update|replace))(?: |$)/;

/** Whether the step may move traffic to another revision. */
export function movesTraffic(step: AnyBuildStep): boolean {
  return possibleGcloudCommands(step).some(
    ({ path, flags }) =>
      /^run (?:compose|services replace|multi-region-services (?:update|replace))(?: |$)/.test(
        path,
      ) ||
      /^run worker-pools update-instance-split(?: |$)/.test(path) ||
      (/^run services update-traffic(?: |$)/.test(path) && !onlyTags(flags)) ||
      (/^run (?:deploy|services update)(?: |$)/.test(path) && !flags.has("no-traffic")),
  );
}

function onlyTags(flags: Map<string, string>): boolean {
  const names = [...flags.keys()];
  return (
    names.some((name) => name.endsWith("-tags")) && !names.some((name) => name.startsWith("to-"))
  );
}

/** Whether the command runs a job, by itself or with a change of it. */
export function runsJob({ path, flags }: GcloudCommand): boolean {
  if (path.startsWith("run jobs execute")) return true;
  return CHANGES_JOB.test(path) && flags.has("execute-now");
}

/** Names of the jobs that the step runs; a variable that the step's `env` does not give stays `$x`. */
export function executedJobs(step: AnyBuildStep): string[] {
  return gcloudCommands(step)
    .filter(runsJob)
    .map(({ path }) => jobName(step, path));
}

/** Names of the jobs that the step gives an image. */
export function updatedJobs(step: AnyBuildStep): string[] {
  return possibleGcloudCommands(step)
    .filter(
      ({ path, flags }) =>
        path.startsWith("run jobs replace") || (CHANGES_JOB.test(path) && flags.has("image")),
    )
    .map(({ path }) => jobName(step, path));
}

const CHANGES_JOB = /^run jobs (?:create|deploy|update)/;

function jobName({ env = [] }: AnyBuildStep, path: string): string {
  const [, , , word = ""] = path.split(" ");
  const [, variable] = /^\$\{?(\w+)\}?$/.exec(word) ?? [];
  const line = env.find((one) => one.startsWith(`${variable ?? ""}=`));
  return line === undefined ? word : line.slice(line.indexOf("=") + 1);
}

/** Whether the step pushes an image. */
export function pushesImage(step: AnyBuildStep): boolean {
  if (/kaniko-project\/executor/.test(step.name ?? "")) {
    return !(step.args ?? []).includes("--no-push");
  }
  return stepCommands(step).some((command) => {
    const words = toolWords(command, "docker") ?? toolWords(command, "buildx");
    if (words === null) return /^(?:crane|skopeo)$/.test(command.words[0] ?? "");
    return words[1] === "push" || words[2] === "push" || words.includes("--push");
  });
}

/** Images that the document's own steps make, as they are named there. */
export function builtImages(document: AnyBuildDocument): Set<string> {
  const images = new Set([...(document.images ?? []), ...(document.artifacts?.images ?? [])]);
  for (const step of document.steps ?? []) {
    for (const command of stepCommands(step)) {
      const words =
        toolWords(command, "docker") ?? (/kaniko/.test(step.name ?? "") ? command.words : null);
      words?.forEach((word, index) => {
        const flag = /^(?:-t|--tag|--destination)(?:=(.+))?$/.exec(word);
        const image = flag === null ? undefined : (flag[1] ?? words[index + 1]);
        if (image !== undefined) images.add(image);
      });
    }
  }
  return images;
}

// `$tool run deploy`: a program that a variable names may be any.
function variableWords({ words: [first = "", ...rest] }: ShellCommand): string[] | null {
  const isNamed = /^\$\{?[A-Za-z_]\w*\}?$/.test(first);
  return isNamed && rest.includes("run") ? ["gcloud", ...rest] : null;
}

/** The words of a command from the name of the tool on; wrappers before it are left out. */
function toolWords(
  { words }: ShellCommand,
  tool: string,
  telling: ReadonlySet<string> = SPEAKING,
): string[] | null {
  if (telling.has(words[0] ?? "")) return null;
  const at = words.findIndex((word) => word === tool || word.endsWith(`/${tool}`));
  return at === -1 ? null : words.slice(at);
}

function parseGcloud(words: string[]): GcloudCommand {
  const path: string[] = [];
  const flags = new Map<string, string>();
  for (let at = 1; at < words.length; at += 1) {
    const word = words[at] ?? "";
    const [, name, value] = /^--([\w-]+)(?:=([\s\S]*))?$/.exec(word) ?? [];
    if (name !== undefined) {
      const next = words[at + 1];
      const takesValue = GROUPS.has(path.at(-1) ?? "") ? VALUED.test(name) : !BARE.has(name);
      const separate =
        value === undefined && next !== undefined && !next.startsWith("-") && takesValue;
      flags.set(name, value ?? (separate ? next : ""));
      if (separate) at += 1;
    } else if (!word.startsWith("-") && !(path.length === 0 && TRACKS.has(word))) {
      path.push(word);
    }
  }
  return { path: path.join(" "), flags };
}
