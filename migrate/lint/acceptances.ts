import { type Acceptance, readAcceptances } from "../findings/acceptance";
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
