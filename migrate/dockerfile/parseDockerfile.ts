import { DockerfileParser, type Instruction } from "dockerfile-ast";

/** A Dockerfile that nobody can build. The message is for the person who wrote it. */
export class DockerfileError extends Error {
  override name = "DockerfileError";
}

/** One instruction with the line it starts on. */
export interface DockerfileLine {
  line: number;
  keyword: string;
  /** Everything after keyword and flags, continuation lines joined. */
  text: string;
  flags: { name: string; value: string | null }[];
  /** Words, or the strings of the JSON form; no heredocs. Not expanded. */
  words: string[];
  isJson: boolean;
  /** `name` and raw `value` of ENV, ARG and LABEL; `value` is null for an ARG without default. */
  properties: { name: string; value: string | null }[];
  heredocs: { name: string; content: string; isQuoted: boolean }[];
}

/** One stage: what follows a FROM. */
export interface DockerfileStage {
  line: number;
  /** Image or earlier stage, not expanded. */
  base: string;
  name: string | null;
  lines: DockerfileLine[];
}

export interface ParsedDockerfile {
  /** ARGs before the first FROM. */
  globals: DockerfileLine[];
  stages: DockerfileStage[];
}

/** Reads a Dockerfile; throws an DockerfileError that names the line of what does not fit. */
export function parseDockerfile(text: string, file: string): ParsedDockerfile {
  const source = text.split(/\r?\n/);
  const globals: DockerfileLine[] = [];
  const stages: DockerfileStage[] = [];
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    // Each keyword has its own class; `getInstructions` is typed as their base.
    const line = readLine(instruction as Instruction & Extras, source, file);
    const stage = stages.at(-1);
    if (line.keyword === "FROM")
      stages.push(readStage(instruction as Instruction & Extras, line, file));
    else if (stage !== undefined) stage.lines.push(line);
    else if (line.keyword === "ARG") globals.push(line);
    else
      throw new DockerfileError(
        `${file}:${line.line}: expected FROM or ARG first, got ${line.keyword}`,
      );
  }
  if (stages.length === 0) throw new DockerfileError(`${file}: expected a FROM, got none`);
  return { globals, stages };
}

function readStage(from: Extras, line: DockerfileLine, file: string): DockerfileStage {
  const base = from.getImage?.() ?? null;
  if (base === null)
    throw new DockerfileError(`${file}:${line.line}: expected FROM image, got nothing`);
  return { line: line.line, base, name: from.getBuildStage?.()?.toLowerCase() ?? null, lines: [] };
}

type Range = ReturnType<Instruction["getInstructionRange"]>;

interface Heredoc {
  getName(): string;
  getStartRange(): Range;
  getContentRange(): Range | null;
}

/** What the parser's classes for single instructions have beyond `Instruction`. */
interface Extras {
  getFlags?: () => { getName(): string; getValue(): string | null }[];
  getProperties?: () => { getName(): string; getUnescapedValue(): string | null }[];
  getImage?: () => string | null;
  getBuildStage?: () => string | null;
  getHeredocs?: () => Heredoc[];
  getProperty?: () => { getName(): string; getUnescapedValue(): string | null } | null;
}

const KEYWORDS = new Set(
  (
    "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL " +
    "STOPSIGNAL USER VOLUME WORKDIR"
  ).split(" "),
);

function readLine(
  instruction: Instruction & Extras,
  source: string[],
  file: string,
): DockerfileLine {
  const line = instruction.getRange().start.line + 1;
  const keyword = instruction.getKeyword();
  if (!KEYWORDS.has(keyword)) {
    throw new DockerfileError(`${file}:${line}: expected an instruction of Docker, got ${keyword}`);
  }
  const text = (instruction.getArgumentsContent() ?? "").trim();
  const json = readJson(text);
  const properties =
    keyword === "ARG"
      ? [instruction.getProperty?.() ?? null]
      : (instruction.getProperties?.() ?? []);
  const heredocs = keyword === "COPY" || keyword === "ADD" ? readHeredocs(instruction, source) : [];
  const words = instruction.getArguments().map((argument) => argument.getValue());
  return {
    line,
    keyword,
    text,
    flags: (instruction.getFlags?.() ?? []).map((flag) => ({
      name: flag.getName(),
      value: flag.getValue(),
    })),
    words: json ?? (heredocs.length === 0 ? words : wordsBesideHeredocs(text)),
    isJson: json !== null,
    properties: properties
      .filter((property) => property !== null)
      .map((property) => ({ name: property.getName(), value: property.getUnescapedValue() })),
    heredocs,
  };
}

/** Heredoc content follows the words of the line; the words end with the line. */
function wordsBesideHeredocs(text: string): string[] {
  const firstLine = (text.split("\n")[0] ?? "").split(/\s+/).filter((word) => word !== "");
  return firstLine.filter((word) => !word.startsWith("<<"));
}

// The parser's own JSON strings lose their spaces.
function readJson(text: string): string[] | null {
  if (!text.startsWith("[")) return null;
  try {
    const value: unknown = JSON.parse(text);
    const isList = Array.isArray(value) && value.every((item) => typeof item === "string");
    return isList ? value : null; // Docker too takes broken JSON for the shell form
  } catch {
    return null;
  }
}

function readHeredocs(instruction: Extras, source: string[]): DockerfileLine["heredocs"] {
  return (instruction.getHeredocs?.() ?? []).map((heredoc) => {
    const start = heredoc.getStartRange();
    const opening = (source[start.start.line] ?? "").slice(
      start.start.character,
      start.end.character,
    );
    const range = heredoc.getContentRange();
    const lines = range === null ? [] : source.slice(range.start.line, range.end.line + 1);
    const stripped = opening.startsWith("<<-")
      ? lines.map((text) => text.replace(/^\t+/, ""))
      : lines;
    return {
      name: heredoc.getName(),
      content: stripped.map((text) => `${text}\n`).join(""),
      isQuoted: /["']/.test(opening),
    };
  });
}
