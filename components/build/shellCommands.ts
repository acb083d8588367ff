import { type CompoundCommand, type ShellItem, type ShellList, shellTree } from "./shellTree";

/** One simple command of a shell text. */
export interface ShellCommand {
  /** Its words without quotes; expansions stand as written. */
  words: string[];
  /** What follows it: `||`, `&&`, `|`, `&` or `;` (line end included). */
  followedBy: string;
  /** Function of the text that it stands in. */
  definedIn: string | null;
  /** Texts that it is given on standard input. */
  inputs: string[];
  /** Where it stands, from the whole text, or the function's body, down to its own list. */
  places: ShellPlace[];
}

/** A command's place in a list, and what that list is part of. */
export interface ShellPlace {
  list: ShellList;
  index: number;
  kind: "script" | "function" | "test" | "substitution" | CompoundCommand["kind"];
}

/**
 * Splits shell text into its simple commands, those inside `$(…)` included, but for those that are
 * never reached.
 */
export function shellCommands(text: string): ShellCommand[] {
  const known = readTexts.get(text);
  if (known !== undefined) return known;
  const commands = reachable(commandsOf(shellTree(text), "script", [], null));
  if (readTexts.size >= MOST_TEXTS) readTexts.clear();
  readTexts.set(text, commands);
  return commands;
}

// Every question about a document reads the same texts again.
const readTexts = new Map<string, ShellCommand[]>();
const MOST_TEXTS = 200;

function commandsOf(
  list: ShellList,
  kind: ShellPlace["kind"],
  above: ShellPlace[],
  definedIn: string | null,
): ShellCommand[] {
  return list.flatMap(({ unit, followedBy }, index): ShellCommand[] => {
    const places = [...above, { list, index, kind }];
    if (unit.kind === "function") {
      const body: ShellItem = { unit: unit.body, negated: false, followedBy: ";" };
      return commandsOf([body], "function", [], unit.name);
    }
    if (unit.kind !== "simple") {
      return [
        ...unit.tests.flatMap((one) => commandsOf(one, "test", places, definedIn)),
        ...unit.bodies.flatMap((one) => commandsOf(one, unit.kind, places, definedIn)),
      ];
    }
    const { words, inputs, substitutions } = unit;
    const inner = substitutions.flatMap((one) =>
      commandsOf(one, "substitution", places, definedIn),
    );
    if (words.length === 0) return inner;
    return [...inner, { words, followedBy, definedIn, inputs, places }];
  });
}

/** Whether the shell itself comes to the command whatever happened before, and goes on behind it. */
export function isUnconditional({ places, definedIn }: ShellCommand): boolean {
  return (
    definedIn === null &&
    places.every(({ list, index, kind }) => {
      const before = list[index - 1]?.followedBy ?? ";";
      const after = list[index]?.followedBy ?? ";";
      return (
        (kind === "script" || kind === "group") &&
        !["&&", "||", "|"].includes(before) &&
        !["|", "&"].includes(after)
      );
    })
  );
}

// `exec` with nothing but redirections goes on.
function endsShell({ words: [name, ...rest] }: ShellCommand): boolean {
  return name === "exit" || (name === "exec" && rest.some((word) => !/^\d*[<>&]/.test(word)));
}

// Leaves out functions that nothing names, and what stands behind an unconditional `exit`.
function reachable(commands: ShellCommand[]): ShellCommand[] {
  const end = commands.findIndex((command) => endsShell(command) && isUnconditional(command));
  const executed = end === -1 ? commands : commands.slice(0, end + 1);
  const called = new Set<string | null>([null]);
  for (let size = 0; size < called.size;) {
    size = called.size;
    for (const { words, definedIn } of executed) {
      if (!called.has(definedIn)) continue;
      // Also inside a text that is a command of its own: `trap 'clean; exit' EXIT`.
      words.flatMap((word) => word.split(/[^\w.-]+/)).forEach((name) => called.add(name));
    }
  }
  return executed.filter(({ definedIn }) => called.has(definedIn));
}
