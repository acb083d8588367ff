/** A comment that accepts what a rule finds. */
export interface Acceptance {
  rule: string;
  /** Empty when none is given: then nothing is accepted. */
  reason: string;
  /** Where it stands, from 1. */
  line: number;
  /** The line that it speaks of; null for the whole file. */
  about: number | null;
}

const COMMENT = /^\s*(?:--|\/\/)/;
const ACCEPT = /^\s*(?:--|\/\/)\s*cloud-run-migrations:\s*accept\b\s*([^\s:]*)\s*:?\s*(.*?)\s*$/;

/** Reads `-- cloud-run-migrations: accept RULE: reason` (`//` in a script) from a file. */
export function readAcceptances(text: string): Acceptance[] {
  const lines = withoutBlocks(text).split(/\r?\n/);
  const isEmpty = (line: string): boolean => line.trim() === "" || line.startsWith("#!");
  const top = lines.findIndex((line) => !COMMENT.test(line) && !isEmpty(line));
  return lines.flatMap((line, index) => {
    const [, rule, reason] = ACCEPT.exec(line) ?? [];
    if (rule === undefined || reason === undefined) return [];
    const next = lines.findIndex((later, at) => at > index && !COMMENT.test(later));
    const about = top < 0 || index < top ? null : next + 1;
    return [{ rule, reason, line: index + 1, about }];
  });
}

// The text with block comments at its beginning made into comments of a line each.
function withoutBlocks(text: string): string {
  const [top = ""] = TOP.exec(text) ?? [];
  const plain = top.replace(/\/\*[^]*?\*\//g, (block) => block.replace(/^/gm, "//"));
  return plain + text.slice(top.length);
}

/** Comments and empty lines at the beginning. */
const TOP = /^(?:#![^\n]*\n)?(?:\s+|(?:--|\/\/)[^\n]*(?:\n|$)|\/\*[^]*?\*\/)*/;
