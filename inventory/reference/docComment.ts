/** A doc comment, taken apart. */
export interface DocComment {
  /** What stands before the first tag: paragraphs, each in one line. */
  text: string;
  /** What stands after each tag, in one line, in the order of the tags. */
  tags: { name: string; text: string }[];
}

/**
 * Takes a doc comment apart, in the text of its source. TypeScript's own reader would take the
 * `https` of a `@see` for the name of something in the program.
 */
export function parseDocComment(comment: string): DocComment {
  const lines = comment
    .replace(/^\/\*\*/, "")
    .replace(/\*\/$/, "")
    .split("\n")
    .map((line) => line.replace(/^\s*\*?\s?/, "").trimEnd());
  const firstTag = lines.findIndex((line) => line.startsWith("@"));
  const end = firstTag === -1 ? lines.length : firstTag;
  return { text: joinParagraphs(lines.slice(0, end)), tags: readTags(lines.slice(end)) };
}

function joinParagraphs(lines: readonly string[]): string {
  return lines
    .join("\n")
    .trim()
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.replace(/\s*\n\s*/g, " "))
    .join("\n\n");
}

function readTags(lines: readonly string[]): DocComment["tags"] {
  const tags: DocComment["tags"] = [];
  for (const line of lines) {
    const [, name, text = ""] = /^@(\w+)\s*(.*)$/.exec(line) ?? [];
    const last = tags.at(-1);
    if (name !== undefined) tags.push({ name, text });
    else if (last !== undefined) last.text = `${last.text} ${line.trim()}`.trim();
  }
  return tags;
}
