import { isUnconditional, type ShellCommand, type ShellPlace } from "./shellCommands";
import type { ShellItem, ShellList } from "./shellTree";

/** What becomes of a command's failure: it `fails` the script, or is `excused` or `overlooked`. */
export type FailureOutcome = "fails" | "excused" | "overlooked";

/** A script and the settings with which its shell was started. */
export interface ShellScript {
  commands: ShellCommand[];
  /** Started by `-e`. */
  stopsAtErrors: boolean;
  /** Started by `-o pipefail`. */
  hasPipefail: boolean;
}

/**
 * Whether a command's failure fails the script. Proves it only for what is plain: a command that runs
 * whatever happened before, whose status nothing tests, negates or replaces.
 */
export function failureOutcome(script: ShellScript, command: ShellCommand): FailureOutcome {
  if (changesTheEnd(script)) return "excused";
  return outcomeOf(script, command, []);
}

function outcomeOf(script: ShellScript, command: ShellCommand, seen: string[]): FailureOutcome {
  const settings = settingsOf(script);
  const name = command.definedIn;
  if (name === null) return ownOutcome(script, command, settings);
  if (seen.includes(name)) return "excused";
  const calls = script.commands.filter(
    ({ words }) =>
      words.includes(name) && !/^(?:echo|printf|trap|type|unset)$/.test(words[0] ?? ""),
  );
  const outcomes = calls.map((call): FailureOutcome => {
    const outcome = outcomeOf(script, call, [...seen, name]);
    if (outcome !== "fails") return outcome;
    const stopsAtErrors = settings.stopsAtErrors && !call.places.some(isTested);
    return ownOutcome(script, command, { ...settings, stopsAtErrors });
  });
  if (outcomes.includes("fails")) return "fails";
  return outcomes.includes("overlooked") ? "overlooked" : "excused";
}

// Within the whole text or its function.
function ownOutcome(
  script: ShellScript,
  { places }: ShellCommand,
  settings: Settings,
): FailureOutcome {
  let errexit = settings.stopsAtErrors;
  // From the outside in: whoever tests a group's status switches `set -e` off in all of it.
  const levels = places.map((place, depth) => {
    if (place.kind === "substitution") errexit &&= settings.inheritsErrors;
    if (isTested(place)) errexit = false;
    const isWhole = place.kind !== "substitution" || isAssigned(places[depth - 1]);
    const outcome = isWhole ? outcomeAt(script, place, errexit, settings.pipefail) : "excused";
    return { outcome, isShell: isShell(place) };
  });
  for (let depth = levels.length - 1; depth >= 0; depth -= 1) {
    const outcome = levels[depth]?.outcome ?? "excused";
    if (outcome === "excused" || outcome === "overlooked") return outcome;
    // An `exit` ends the nearest shell, be it a subshell's.
    if (outcome === "exits") while (depth > 0 && levels[depth]?.isShell === false) depth -= 1;
  }
  return "fails";
}

interface Settings {
  stopsAtErrors: boolean;
  inheritsErrors: boolean;
  pipefail: boolean;
}

function settingsOf({ commands, stopsAtErrors, hasPipefail }: ShellScript): Settings {
  const plain = commands.filter(isUnconditional).map(({ words }) => words);
  const sets = plain.filter(([name]) => name === "set");
  const unset = commands.some(
    ({ words }) =>
      words[0] === "set" && words.some((word, at) => /^\+\w*e/.test(word) || isUnset(words, at)),
  );
  const starts = sets.some((words) =>
    words.some((word, at) => /^-\w*e/.test(word) || isOption(words, at, "errexit")),
  );
  return {
    stopsAtErrors: !unset && (stopsAtErrors || starts),
    inheritsErrors: plain.some(
      ([name, ...rest]) => name === "shopt" && rest.includes("inherit_errexit"),
    ),
    pipefail:
      hasPipefail || sets.some((words) => words.some((_, at) => isOption(words, at, "pipefail"))),
  };
}

function isOption(words: string[], at: number, name: string): boolean {
  return words[at] === name && /^-\w*o$/.test(words[at - 1] ?? "");
}

function isUnset(words: string[], at: number): boolean {
  return words[at] === "errexit" && words[at - 1] === "+o";
}

// A trap that ends the shell chooses its status.
function changesTheEnd({ commands }: ShellScript): boolean {
  return commands.some(({ words: [name, ...rest] }) => {
    if (name !== "trap") return false;
    const action = rest.find((word) => !word.startsWith("-")) ?? "";
    const called = commands.filter(
      ({ definedIn }) => definedIn !== null && action.split(/[^\w.-]+/).includes(definedIn),
    );
    return /\bexit\b/.test(action) || called.some(({ words }) => words[0] === "exit");
  });
}

function isShell({ kind, list, index }: ShellPlace): boolean {
  const pipes = list[index]?.followedBy === "|" || list[index - 1]?.followedBy === "|";
  return kind === "substitution" || kind === "subshell" || pipes;
}

function isTested({ list, index }: ShellPlace): boolean {
  const { followedBy, negated } = list[lastOfPipe(list, index)] ?? { followedBy: "" };
  return followedBy === "&&" || followedBy === "||" || negated === true;
}

function lastOfPipe(list: ShellList, index: number): number {
  let at = index;
  while (list[at]?.followedBy === "|") at += 1;
  return at;
}

type LevelOutcome = FailureOutcome | "exits";

function outcomeAt(
  script: ShellScript,
  { list, index, kind }: ShellPlace,
  errexit: boolean,
  pipefail: boolean,
): LevelOutcome {
  if (kind === "test" || kind === "if" || kind === "loop" || kind === "case") return "excused";
  let first = index;
  while (list[first - 1]?.followedBy === "|") first -= 1;
  const last = lastOfPipe(list, index);
  if (list[first]?.negated === true || (index !== last && !pipefail)) return "excused";
  const before = list[first - 1]?.followedBy;
  if (before === "||") return "excused";
  let end = last;
  while (["&&", "|"].includes(list[end]?.followedBy ?? "")) end += 1;
  const { followedBy } = list[end] ?? { followedBy: "" };
  if (followedBy === "&") return "excused";
  if (followedBy === "||") return handled(script, list, end + 1);
  const isLast = end >= list.length - 1;
  if (isLast) return "fails";
  // `a && b` with a failing `a` does not end the shell, `set -e` or not.
  return errexit && end === last && before !== "&&" ? "fails" : "overlooked";
}

// `x=$(…)` has the status of what is inside; `local x=$(…)` and `echo $(…)` have their own.
function isAssigned(place: ShellPlace | undefined): boolean {
  const unit = place?.list[place.index]?.unit;
  return (
    unit?.kind === "simple" &&
    unit.words.length === 1 &&
    unit.substitutions.length === 1 &&
    /^\w+\+?="?(?:\$\([\s\S]*\)|`[\s\S]*`)$/.test(unit.words[0] ?? "")
  );
}

// `|| true` makes a success of a failure; only what provably ends with one does not.
function handled(script: ShellScript, list: ShellList, at: number): LevelOutcome {
  const item = list[at];
  if (item === undefined || item.negated) return "excused";
  const outcome = endOf(script, item, true, new Set());
  return outcome ?? "excused";
}

function endOf(
  script: ShellScript,
  { unit, followedBy }: ShellItem,
  isFirst: boolean,
  seen: Set<string>,
): "exits" | "fails" | null {
  if (followedBy === "|" || followedBy === "&") return null;
  if (unit.kind === "group" || unit.kind === "subshell") {
    const outcome = endOfList(script, unit.bodies[0] ?? [], isFirst, seen);
    return unit.kind === "subshell" && outcome !== null ? "fails" : outcome;
  }
  if (unit.kind !== "simple") return null;
  const [name = "", operand] = unit.words;
  if (name === "exit" || name === "return") {
    if (!endsWithFailure(operand, isFirst)) return null;
    return name === "exit" ? "exits" : "fails";
  }
  if (name === "false" && isFirst && (followedBy === ";" || followedBy === "&&")) return "fails";
  const body = seen.has(name) ? undefined : bodyOf(script, name);
  const end = body && endOfList(script, body, isFirst, new Set([...seen, name]));
  return end === "exits" ? "exits" : null;
}

// The first plain command that ends the shell, when none before it could end it otherwise.
function endOfList(
  script: ShellScript,
  list: ShellList,
  isFirst: boolean,
  seen: Set<string>,
): "exits" | "fails" | null {
  for (const [index, item] of list.entries()) {
    const before = list[index - 1]?.followedBy ?? ";";
    if (before === ";") {
      const outcome = endOf(script, item, isFirst && index === 0, seen);
      if (outcome !== null && (outcome === "exits" || item.followedBy === ";")) return outcome;
    }
    if (mayEnd(item.unit)) return null;
  }
  return null;
}

function mayEnd(unit: ShellItem["unit"]): boolean {
  if (unit.kind === "function") return false;
  if (unit.kind === "simple") {
    const [name = "", operand] = unit.words;
    return (name === "exit" || name === "return") && !endsWithFailure(operand, false);
  }
  return [...unit.tests, ...unit.bodies].flat().some((item) => mayEnd(item.unit));
}

function bodyOf({ commands }: ShellScript, name: string): ShellList | undefined {
  const place = commands.find(({ definedIn }) => definedIn === name)?.places[0];
  const unit = place?.list[0]?.unit;
  return unit?.kind === "group" ? unit.bodies[0] : undefined;
}

// Without an operand they end with the last command's status: the failure's, right behind `||`.
function endsWithFailure(operand: string | undefined, isFirst: boolean): boolean {
  if (operand === undefined || operand === "$?" || /^\d*[<>]/.test(operand)) return isFirst;
  return /^\d+$/.test(operand) && Number(operand) % 256 !== 0;
}
