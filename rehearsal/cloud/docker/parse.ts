/** A flag of docker: `switch` takes no value; `list` may stand more than once. */
export interface DockerFlag {
  kind: "switch" | "value" | "list";
  short?: string;
}

/** What docker says to a command line that it does not understand. */
export class DockerUsageError extends Error {
  override name = "DockerUsageError";

  constructor(
    message: string,
    readonly exitCode = 125,
  ) {
    super(message);
  }
}

export interface DockerArgs {
  positionals: string[];
  value(name: string): string | null;
  all(name: string): string[];
  has(name: string): boolean;
}

/** Reads flags as docker does. With `stopAtFirst` everything after the first other word is left alone. */
export function parseDocker(
  args: readonly string[],
  flags: Readonly<Record<string, DockerFlag>>,
  stopAtFirst = false,
): DockerArgs {
  const values = new Map<string, string[]>();
  const positionals: string[] = [];
  const queue = [...args];
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (!word.startsWith("-") || word === "-") {
      positionals.push(word);
      if (stopAtFirst) positionals.push(...queue.splice(0));
      continue;
    }
    const [, name = "", , given] = /^(--?[\w-]+)(=(.*))?$/s.exec(word) ?? [];
    const found = Object.entries(flags).find(
      ([long, { short }]) => name === `--${long}` || (short !== undefined && name === `-${short}`),
    );
    if (found === undefined) throw unknownFlag(word);
    const [long, { kind }] = found;
    const value = kind === "switch" ? (given ?? "true") : (given ?? queue.shift());
    if (value === undefined) throw new DockerUsageError(`flag needs an argument: ${name}`);
    values.set(long, kind === "list" ? [...(values.get(long) ?? []), value] : [value]);
  }
  return {
    positionals,
    value: (name) => values.get(name)?.at(-1) ?? null,
    all: (name) => values.get(name) ?? [],
    has: (name) => values.has(name) && values.get(name)?.at(-1) !== "false",
  };
}

function unknownFlag(word: string): DockerUsageError {
  const name = word.replace(/=.*$/s, "");
  return name.startsWith("--")
    ? new DockerUsageError(`unknown flag: ${name}`)
    : new DockerUsageError(`unknown shorthand flag: '${name.charAt(1)}' in ${name}`);
}
