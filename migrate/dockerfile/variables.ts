import { expandWord } from "./expandWord";
import type { DockerfileLine } from "./parseDockerfile";

/** Values that a Dockerfile gives its variables; what only the build command knows is missing. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Expands a word. What nobody knows before the build may be anything: `*`. */
export function expandKnown(word: string, variables: Variables): string {
  const known = word.replace(PLAIN, (whole, bare?: string, braced?: string) =>
    variables[bare ?? braced ?? ""] === undefined ? "*" : whole,
  );
  try {
    return expandWord(known, (name) => variables[name]);
  } catch {
    // A form of BuildKit's that is not read here.
    return known.replace(/\$\{[^}]*\}/g, "*");
  }
}

const PLAIN = /(?<!\\)\$(?:(\w+)|\{(\w+)\})/g;

/**
 * What an ARG or ENV line sets, each value in the light of `variables`. An ARG without a value of its own
 * takes that of `globals`, the ARGs before the first FROM.
 */
export function readSettings(
  { properties }: DockerfileLine,
  variables: Variables,
  globals: Variables,
): Variables {
  const set = properties.map(({ name, value }) => [
    name,
    value === null ? globals[name] : expandKnown(value, variables),
  ]);
  return Object.fromEntries(set) as Variables;
}
