import type { Finding } from "../findings/finding";
import { ACCEPTANCE, UNACCEPTABLE } from "./rules/files";
import { RULES } from "./rules/index";

/** A file whose comments may accept findings about it. */
export interface CommentedFile {
  shownPath: string;
  text: string;
}

/** Whether a reason can make it right. */
export function isAcceptable(rule: string): boolean {
  return !UNACCEPTABLE.has(rule);
}

interface Acceptance {
  rule: string;
  reason: string;
  /** Where it stands, from 1. */
  line: number;
  /** The line that it speaks of; null for the whole file. */
  about: number | null;
}

/**
 * Takes out the findings that a comment in the file accepts with a reason, and adds those about wrong
 * comments: `-- cloud-run-migrations: accept RULE: reason`, `//` in a script. Above a statement it speaks
 * of that one; at the top of the file, of all in it, and of a script's statements, which have no line.
 */
export function applyAcceptances(
  findings: readonly Finding[],
  files: readonly CommentedFile[],
): Finding[] {
  const used = new Set<Acceptance>();
  const byFile = new Map(files.map(({ shownPath, text }) => [shownPath, readAcceptances(text)]));
  const left = findings.filter(({ file, line, rule }) => {
    const accepting = (byFile.get(file) ?? []).filter(
      (acceptance) =>
        acceptance.rule === rule &&
        acceptance.reason !== "" &&
        isAcceptable(rule) &&
        (acceptance.about === null || acceptance.about === line),
    );
    for (const acceptance of accepting) used.add(acceptance);
    return accepting.length === 0;
  });
  const wrong = [...byFile].flatMap(([file, acceptances]) =>
    acceptances.flatMap((acceptance) => reportWrong(file, acceptance, used.has(acceptance))),
  );
  return [...left, ...wrong];
}

const COMMENT = /^\s*(?:--|\/\/)/;
const ACCEPT = /^\s*(?:--|\/\/)\s*cloud-run-migrations:\s*accept\b\s*([^\s:]*)\s*:?\s*(.*?)\s*$/;

function readAcceptances(text: string): Acceptance[] {
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

function reportWrong(file: string, { rule, reason, line }: Acceptance, isUsed: boolean): Finding[] {
  const { id, level, instead, url } = ACCEPTANCE;
  const report = (message: string, remedy: string, as = level): Finding[] => [
    { rule: id, level: as, file, line, message, remedy, url },
  ];
  if (!RULES.some((one) => one.id === rule)) {
    return report(
      `accepts ${rule === "" ? "no rule" : `${rule}, which is no rule`}`,
      "explain lists them",
    );
  }
  if (!isAcceptable(rule)) {
    return report(
      `accepts ${rule}, which no reason makes right`,
      `explain ${rule} says what to do`,
    );
  }
  if (reason === "") return report(`accepts ${rule} without a reason`, instead);
  // What is new to one release is not so to each of its files, so one of the two looks may need it.
  return isUsed ? [] : report(`accepts ${rule}, which is not found here`, "take it out", "note");
}
