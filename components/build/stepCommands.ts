import type { AnyBuildStep } from "./document";
import { shellCommands, type ShellCommand } from "./shellCommands";
import type { ShellScript } from "./shellFailure";

const SHELL = /^(?:.*\/)?(?:ba|da|z|k|a)?sh$/;

/** A shell's own options and its text. */
interface ShellCall {
  text: string;
  stopsAtErrors: boolean;
  hasPipefail: boolean;
}

/** The commands that a step runs, of its script, its `sh -c` text or its arguments. */
export function stepCommands(step: AnyBuildStep): ShellCommand[] {
  return stepScript(step).commands;
}

/** The same, with the settings of the shell. A step without a shell is a script of one command. */
export function stepScript(step: AnyBuildStep): ShellScript {
  if (step.script !== undefined) {
    const [, flags = ""] = /^#!\s*\S+(?:[ \t]+\w+)?((?:[ \t]+-\w+)*)/.exec(step.script) ?? [];
    return {
      commands: shellCommands(step.script),
      stopsAtErrors: /-\w*e/.test(flags),
      hasPipefail: false,
    };
  }
  const call = shellCall(step);
  if (call !== null) return { ...call, commands: shellCommands(call.text) };
  const words = [...(step.entrypoint === undefined ? imageProgram(step) : [step.entrypoint])];
  words.push(...(step.args ?? []));
  const unit = { kind: "simple" as const, words, substitutions: [], inputs: [] };
  const list = [{ unit, negated: false, followedBy: ";" }];
  const places = [{ list, index: 0, kind: "script" as const }];
  const command = { words, followedBy: ";", definedIn: null, inputs: [], places };
  return { commands: [command], stopsAtErrors: true, hasPipefail: true };
}

/** The text that a step hands to a shell by `-c`. */
export function shellText(step: AnyBuildStep): string | null {
  return shellCall(step)?.text ?? null;
}

function shellCall({ entrypoint, args = [] }: AnyBuildStep): ShellCall | null {
  const words = entrypoint === undefined ? args : [entrypoint, ...args];
  const shell = /^(?:.*\/)?env$/.test(words[0] ?? "") ? words.slice(1) : words;
  return SHELL.test(shell[0] ?? "") ? readShellCall(shell) : null;
}

// `-c` may stand in a cluster, `-ceu`, and before other options; the text is the first other word.
function readShellCall(words: readonly string[]): ShellCall | null {
  const call = { text: "", stopsAtErrors: false, hasPipefail: false };
  let takesText = false;
  for (let at = 1; at < words.length; at += 1) {
    const word = words[at] ?? "";
    if (!/^[-+]/.test(word) || word === "-" || word === "--") {
      const text = word.startsWith("-") ? words[at + 1] : word;
      return takesText ? { ...call, text: text ?? "" } : null;
    }
    if (/^-\w*c/.test(word)) takesText = true;
    if (/^-\w*e/.test(word)) call.stopsAtErrors = true;
    if (/^[-+]\w*[oO]$/.test(word)) {
      at += 1;
      if (words[at] === "pipefail") call.hasPipefail = true;
      if (words[at] === "errexit") call.stopsAtErrors = true;
    }
  }
  return takesText ? call : null;
}

/**
 * All that a step may run, also by detours: `eval`, `trap`, `bash -c`, a here-document or a pipe into
 * a shell. Where such a text is not there to read, whatever text the step has may be it.
 */
export function possibleCommands(step: AnyBuildStep, depth = 0): ShellCommand[] {
  const commands = stepCommands(step);
  const texts = commands.flatMap((command, index) => detours(command, commands[index - 1]));
  const known = texts.filter((text) => text !== null);
  if (known.length < texts.length) known.push(...textsOf(step, commands));
  return [
    ...commands,
    ...(depth === MOST_DETOURS
      ? []
      : [...new Set(known)].flatMap((text) => possibleCommands({ script: text }, depth + 1))),
  ];
}

// A text that hands itself on must not be followed for ever.
const MOST_DETOURS = 5;

/** Texts that the command gives to a shell; `null` for one that only the run would show. */
function detours(command: ShellCommand, before: ShellCommand | undefined): (string | null)[] {
  const { words, inputs } = command;
  const [name = "", ...rest] = words;
  if (name === "eval") return [readable(rest.join(" "))];
  if (name === "trap") return [readable(rest.find((word) => !/^-./.test(word)) ?? "")];
  if (name === "source" || name === ".") return [...inputs.map(readable), ...piped(rest)];
  const at = words.findIndex((word) => SHELL.test(word));
  if (at === -1 || /^(?:echo|printf|cat)$/.test(name)) return [];
  const call = readShellCall(words.slice(at));
  if (call !== null) return [readable(call.text)];
  if (inputs.length > 0) return inputs.map(readable);
  return before?.followedBy === "|" || words.length === at + 1 ? [null] : piped(rest);
}

function readable(text: string): string | null {
  return /^\s*["']?\$/.test(text) ? null : text;
}

// `bash <(…)` and `source /dev/stdin` read what another command writes.
function piped(words: string[]): null[] {
  return words.some((word) => /^<|^\/dev\/|^-s?$/.test(word)) ? [null] : [];
}

function textsOf({ env = [] }: AnyBuildStep, commands: ShellCommand[]): string[] {
  const words = commands.flatMap(({ words: own, inputs }) => [...own, ...inputs]);
  const values = [...words, ...env].map((word) => word.replace(/^\w+\+?=/, ""));
  const echoed = commands
    .filter(({ words: [name = ""] }) => /^(?:echo|printf|cat)$/.test(name))
    .map(({ words: own }) => own.slice(1).join(" "));
  return [...values, ...echoed].filter((text) => /\bgcloud\s+\S/.test(text));
}

function imageProgram({ name = "" }: AnyBuildStep): string[] {
  const [, program] = /(?:^|\/)(docker|gcloud)(?:-slim)?(?:[:@].*)?$/.exec(name) ?? [];
  return program === undefined ? [] : [program];
}
