/** How a flag is written. `repeated` ones may stand more than once. */
export type FlagKind = "switch" | "value" | "repeated";

/** A command of gcloud: its words, what it is about, its flags. */
export interface CommandSpec {
  words: string[];
  /** Names of the positional arguments, all required. */
  positionals: string[];
  flags: Record<string, FlagKind>;
  /** Flags that may follow `--container NAME` and then concern that container. */
  containerFlags?: Record<string, FlagKind>;
  /** At most one flag of each group. */
  exclusive?: string[][];
}

/** A command line as it was understood. */
export interface ParsedCommand {
  positionals: string[];
  flags: Map<string, string[]>;
  /** Flags by container; the name is null for those before any `--container`. */
  containers: { name: string | null; flags: Map<string, string[]> }[];
}

/** What gcloud says to a command line that it does not understand. */
export class UsageError extends Error {
  override name = "UsageError";

  constructor(
    readonly command: readonly string[],
    message: string,
    readonly exitCode = 2,
  ) {
    super(message);
  }
}

const GLOBAL: Record<string, FlagKind> = {
  account: "value",
  "billing-project": "value",
  filter: "value",
  flatten: "repeated",
  format: "value",
  "impersonate-service-account": "value",
  "log-http": "switch",
  project: "value",
  quiet: "switch",
  region: "value",
  "user-output-enabled": "switch",
  verbosity: "value",
};

/** Groups that gcloud 528 has in other release tracks only. */
const OTHER_TRACKS: Record<string, string[]> = { "run worker-pools": ["alpha", "beta"] };

const SEARCH_HINT = `
To search the help text of gcloud commands, run:
  gcloud help -- SEARCH_TERMS`;

/** Finds the command that the first words name. */
export function findCommand(
  commands: readonly CommandSpec[],
  args: readonly string[],
): CommandSpec {
  const words: string[] = [];
  for (const word of args) {
    if (word.startsWith("-")) break;
    const isKnown = commands.some(({ words: other }) =>
      [...words, word].every((part, index) => other[index] === part),
    );
    if (!isKnown) {
      const hint = otherTracks([...words, word].join(" ")) + SEARCH_HINT;
      throw new UsageError(words, `Invalid choice: '${word}'.\n${hint}`);
    }
    words.push(word);
    const found = commands.find(({ words: other }) => other.join(" ") === words.join(" "));
    if (found !== undefined) return found;
  }
  throw new UsageError(words, "Command name argument expected.");
}

function otherTracks(group: string): string {
  const tracks = OTHER_TRACKS[group] ?? [];
  if (tracks.length === 0) return "";
  const commands = tracks.map((track) => `\n  gcloud ${track} ${group}`);
  const says = "This command is available in one or more alternate release tracks.  Try:";
  return `${says}\n${commands.join("\n")}\n`;
}

/** Reads flags and positional arguments by gcloud's rules. */
export function parseCommand(spec: CommandSpec, args: readonly string[]): ParsedCommand {
  const parsed: ParsedCommand = { positionals: [], flags: new Map(), containers: [] };
  const unknown: string[] = [];
  const queue = args.slice(spec.words.length);
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (word === "-q") word = "--quiet";
    const [, name, , given] = /^--([\w-]+)(=(.*))?$/s.exec(word) ?? [];
    if (name === undefined) {
      if (word.startsWith("-") && word.length > 1) unknown.push(word);
      else parsed.positionals.push(word);
      continue;
    }
    readFlag(spec, parsed, { word, name, given, queue, unknown });
  }
  const surplus = parsed.positionals.splice(spec.positionals.length);
  if (surplus.length + unknown.length > 0) {
    const hints = unknown.filter((word) => isServiceFlag(spec, word)).map(otherTrack(spec));
    const list = [...unknown, ...surplus].join(" ");
    throw new UsageError(
      spec.words,
      `unrecognized arguments: ${hints.join("")}${list} \n${SEARCH_HINT}`,
    );
  }
  checkExclusive(spec, parsed);
  checkPositionals(spec, parsed);
  return parsed;
}

interface FlagWord {
  word: string;
  name: string;
  given: string | undefined;
  queue: string[];
  unknown: string[];
}

function readFlag(spec: CommandSpec, parsed: ParsedCommand, flag: FlagWord): void {
  const { word, name, given, queue, unknown } = flag;
  if (spec.containerFlags !== undefined && name === "container") {
    parsed.containers.push({ name: takeValue(spec, name, given, queue), flags: new Map() });
    return;
  }
  const containerKind = spec.containerFlags?.[name];
  const isInContainer = parsed.containers.some((container) => container.name !== null);
  // Also --quiet and its like must stand before the first --container.
  const kind = containerKind ?? (isInContainer ? undefined : (spec.flags[name] ?? GLOBAL[name]));
  if (kind === undefined) {
    unknown.push(word);
    return;
  }
  if (kind === "switch" && given !== undefined) {
    throw new UsageError(spec.words, `argument --${name}: ignored explicit argument '${given}'`);
  }
  const value = kind === "switch" ? "" : takeValue(spec, name, given, queue);
  const flags = containerKind === undefined ? parsed.flags : containerFlags(parsed);
  flags.set(name, kind === "repeated" ? [...(flags.get(name) ?? []), value] : [value]);
}

function containerFlags(parsed: ParsedCommand): Map<string, string[]> {
  if (parsed.containers.length === 0) parsed.containers.push({ name: null, flags: new Map() });
  return parsed.containers.at(-1)?.flags ?? new Map<string, string[]>();
}

function takeValue(
  spec: CommandSpec,
  name: string,
  given: string | undefined,
  queue: string[],
): string {
  if (given !== undefined) return given;
  const next = queue[0];
  if (next === undefined || /^--?[a-z]/.test(next)) {
    throw new UsageError(spec.words, `argument --${name}: expected one argument`);
  }
  queue.shift();
  return next;
}

function isServiceFlag(spec: CommandSpec, word: string): boolean {
  const name = word.replace(/^--/, "").replace(/=.*$/, "");
  return spec.containerFlags !== undefined && (name in spec.flags || name in GLOBAL);
}

/** What gcloud 528 says to a service-level flag after `--container`. */
function otherTrack(spec: CommandSpec): (word: string) => string {
  const command = spec.words.join(" ");
  return (word) =>
    `\n\n ${word} flag is available in one or more alternate release tracks. Try:\n\n` +
    `  gcloud alpha ${command} ${word}\n  gcloud beta ${command} ${word}\n\n  `;
}

function checkExclusive(spec: CommandSpec, { flags }: ParsedCommand): void {
  for (const group of spec.exclusive ?? []) {
    const given = group.filter((name) => flags.has(name));
    if (given.length < 2) continue;
    const all = group.map((name) => `--${name}`).join(" | ");
    const text = `argument --${given[0] ?? ""}: At most one of ${all} can be specified.`;
    throw new UsageError(spec.words, text);
  }
}

function checkPositionals(spec: CommandSpec, { positionals }: ParsedCommand): void {
  const missing = spec.positionals[positionals.length];
  if (missing === undefined) return;
  if (spec.words[0] === "builds") {
    throw new UsageError(spec.words, `argument ${missing}: Must be specified.`);
  }
  const name = missing.toLowerCase();
  throw new UsageError(
    spec.words,
    `Error parsing [${name}].\nThe [${name}] resource is not properly specified.\n` +
      `Failed to find attribute [${name}]. The attribute can be set in the following ways: \n` +
      `- provide the argument \`${missing}\` on the command line`,
    1,
  );
}

/** `A=1,B=2`, or with gcloud's own delimiter `^;^A=1;B=2`. */
export function parseMap(
  command: readonly string[],
  flag: string,
  text: string,
): Map<string, string> {
  const [, delimiter = ",", list = text] = /^\^(.+?)\^(.*)$/s.exec(text) ?? [];
  const pairs = list.split(delimiter).filter((pair) => pair !== "");
  return new Map(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      if (at > 0) return [pair.slice(0, at), pair.slice(at + 1)];
      throw new UsageError(
        command,
        `argument --${flag}: Bad syntax for dict arg: [${pair}]. Please see \`gcloud topic flags-file\` or \`gcloud topic escaping\` for information on providing list or dictionary flag values with special characters.`,
      );
    }),
  );
}
