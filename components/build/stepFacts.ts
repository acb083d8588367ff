import type { AnyBuildDocument, AnyBuildStep } from "./document";
import { shellCommands, type ShellCommand } from "./shellCommands";

/** A gcloud command line, taken apart. */
export interface GcloudCommand {
  /** Leading words without release track, `run services update shop`. */
  path: string;
  /** Values of its flags; a flag without a value has `""`. */
  flags: Map<string, string>;
}

const SHELLS = /^(?:.*\/)?(?:ba|da|z|k)?sh$/;
const SPEAKING = new Set(["echo", "printf", "log", "fail", "cat"]);
const TRACKS = new Set(["alpha", "beta"]);

/** The commands that a step runs, of its script, its `sh -c` text or its arguments. */
export function stepCommands(step: AnyBuildStep): ShellCommand[] {
  if (step.script !== undefined) return shellCommands(step.script);
  const text = shellText(step);
  if (text !== null) return shellCommands(text);
  const words = [...(step.entrypoint === undefined ? imageProgram(step) : [step.entrypoint])];
  return [
    { words: [...words, ...(step.args ?? [])], followedBy: ";", topLevel: true, definedIn: null },
  ];
}

/** The text that a step hands to a shell by `-c`. */
export function shellText({ entrypoint, args = [] }: AnyBuildStep): string | null {
  const words = entrypoint === undefined ? args : [entrypoint, ...args];
  const flag = words.findIndex((word) => /^-\w*c$/.test(word));
  return SHELLS.test(words[0] ?? "") && flag > 0 ? (words[flag + 1] ?? "") : null;
}

/** The gcloud command lines that a step runs. */
export function gcloudCommands(step: AnyBuildStep): GcloudCommand[] {
  return stepCommands(step).flatMap((command) => {
    const words = toolWords(command, "gcloud");
    return words === null ? [] : [parseGcloud(words)];
  });
}

/** The gcloud command line that a command is; `null` for another. */
export function asGcloud(command: ShellCommand): GcloudCommand | null {
  const words = toolWords(command, "gcloud");
  return words === null ? null : parseGcloud(words);
}

/** Whether the step makes a revision of a service or worker pool. */
export function createsRevision(step: AnyBuildStep): boolean {
  return gcloudCommands(step).some(({ path }) =>
    /^run (?:deploy|services (?:update|replace)|worker-pools (?:deploy|update|replace))(?: |$)/.test(
      path,
    ),
  );
}

/** Whether the step may move traffic to another revision. */
export function movesTraffic(step: AnyBuildStep): boolean {
  return gcloudCommands(step).some(
    ({ path, flags }) =>
      /^run services replace(?: |$)/.test(path) ||
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

/** The words of a command from the name of the tool on; wrappers before it are left out. */
function toolWords({ words }: ShellCommand, tool: string): string[] | null {
  if (SPEAKING.has(words[0] ?? "")) return null;
  const at = words.findIndex((word) => word === tool || word.endsWith(`/${tool}`));
  return at === -1 ? null : words.slice(at);
}

function imageProgram({ name = "" }: AnyBuildStep): string[] {
  const [, program] = /(?:^|\/)(docker|gcloud)(?:-slim)?(?:[:@].*)?$/.exec(name) ?? [];
  return program === undefined ? [] : [program];
}

function parseGcloud(words: string[]): GcloudCommand {
  const path: string[] = [];
  const flags = new Map<string, string>();
  for (let at = 1; at < words.length; at += 1) {
    const word = words[at] ?? "";
    const [, name, value] = /^--([\w-]+)(?:=([\s\S]*))?$/.exec(word) ?? [];
    if (name !== undefined) {
      const next = words[at + 1];
      // `--quiet run deploy`: a word after a flag without a value is a command's only at the start.
      const takesNext = value === undefined && next !== undefined && !next.startsWith("-");
      const separate = takesNext && !(path.length === 0 && next === "run");
      flags.set(name, value ?? (separate ? next : ""));
      if (separate) at += 1;
    } else if (!word.startsWith("-") && !(path.length === 0 && TRACKS.has(word))) {
      path.push(word);
    }
  }
  return { path: path.join(" "), flags };
}
