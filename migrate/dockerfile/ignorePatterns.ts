import ignore from "@balena/dockerignore";

/** Whether a path matches patterns as `.dockerignore` has them; the last one that matches decides. */
export function matcherOf(patterns: readonly string[]): (path: string) => boolean {
  // Docker tells capital letters from small ones.
  const matcher = ignore({ ignorecase: false }).add(patterns.map(escape).filter(isReadable));
  return (path) => matcher.ignores(path);
}

/** The package takes these for a regular expression's, Docker for themselves. */
function escape(pattern: string): string {
  return pattern.replace(/\[[^\]]*\]|\\.|[+(){}|^]/g, (part) =>
    part.length === 1 ? `\\${part}` : part,
  );
}

/** Docker refuses to build with one that is not. */
function isReadable(pattern: string): boolean {
  try {
    ignore().add(pattern).ignores("a");
    return true;
  } catch {
    return false;
  }
}
