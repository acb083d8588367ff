import { basename } from "node:path/posix";
import type { Finding, Level } from "../findings/finding";
import { RELEASE_RULES } from "../lint/rules/files";
import { type EnvironmentFile, isEnvironmentFile } from "./context";
import type { HeldFile } from "./followFiles";
import type { DockerfileLine } from "./parseDockerfile";

/** How messages call things. */
export interface ShownPlaces {
  dockerfile: string;
  ignoreFile: string;
  /** A path of the context. */
  show: (path: string) => string;
}

const RULE = RELEASE_RULES["env-in-image"];

/**
 * One finding for each line that takes environment files out of the context, about the worst of them.
 * `stages` say where they got to; the last one is the image.
 */
export function reportTaken(
  stages: readonly (readonly HeldFile[])[],
  files: readonly EnvironmentFile[],
  places: ShownPlaces,
): Finding[] {
  const image = stages.at(-1) ?? [];
  const all = stages.flat();
  const lines = [...new Set(all.map(({ taken }) => taken.line))].sort((a, b) => a.line - b.line);
  return lines.flatMap((line) => {
    const isOfLine = ({ taken }: HeldFile): boolean => taken.line === line;
    const inImage = worst(image.filter(isOfLine), files);
    const anywhere = worst(all.filter(isOfLine), files);
    // A stage may hold what matters more.
    const isInImage = inImage.some(isSerious) || (inImage.length > 0 && !anywhere.some(isSerious));
    return [toFinding(line, isInImage ? inImage : anywhere, isInImage, places)];
  });
}

/** A Dockerfile of which nobody knows what it copies. */
export function reportUnreadable(dockerfile: string, reason: string): Finding {
  const message = `nobody can tell what gets into the image: ${reason}`;
  return finding("note", dockerfile, null, message, "correct it");
}

interface Taken {
  held: HeldFile;
  file: EnvironmentFile;
}

/** Whether somebody's secrets would surely be in it. */
function isSerious({ file: { path, isThere } }: Taken): boolean {
  return isThere || basename(path) === ".env";
}

/** Files that are there; else the `.env` that every laptop has; else what some have. */
function worst(held: readonly HeldFile[], files: readonly EnvironmentFile[]): Taken[] {
  const taken = files.flatMap((file): Taken[] => {
    const first = held.find(({ path }) => path === file.path);
    return first === undefined ? [] : [{ held: first, file }];
  });
  const there = taken.filter(({ file }) => file.isThere);
  if (there.length > 0) return there;
  const plain = taken.filter(isSerious);
  return plain.length > 0 ? plain : taken;
}

function toFinding(
  line: DockerfileLine,
  taken: readonly Taken[],
  isInImage: boolean,
  { dockerfile, ignoreFile, show }: ShownPlaces,
): Finding {
  const isThere = taken.some(({ file }) => file.isThere);
  const level = taken.some(isSerious) ? (isInImage ? "error" : "warning") : "note";
  const names = list(taken.map(({ file }) => show(file.path)));
  const takes = isThere ? `takes ${names}` : `would take a ${names}`;
  const message = `${nameOf(line)} ${takes} into ${placeOf(taken, isInImage)}`;
  // What the line names itself, it fails without.
  const isNamed = line.words.slice(0, -1).some(isEnvironmentFile);
  const remedy = isNamed
    ? "take it out of the line, and give the values as environment variables or secrets"
    : `write **/.env* as the last line of ${ignoreFile}`;
  return finding(level, dockerfile, line.line, message, remedy);
}

function placeOf(taken: readonly Taken[], isInImage: boolean): string {
  const [held] = taken.map((one) => one.held);
  const stage = `the stage ${held?.taken.stage ?? ""}`;
  if (!isInImage) return `${stage}, whose commands can write its values into what the image gets`;
  const isDirect = taken.some((one) => one.held.put === one.held.taken.line);
  return isDirect ? "the image" : `${stage}, and line ${held?.put.line ?? 0} on into the image`;
}

function finding(
  level: Level,
  file: string,
  line: number | null,
  message: string,
  remedy: string,
): Finding {
  return { rule: RULE.id, level, file, line, message, remedy, url: RULE.url };
}

function nameOf({ keyword, text }: DockerfileLine): string {
  const whole = `${keyword} ${text.replace(/[\\\s]*\s+/g, " ")}`;
  return whole.length > 60 ? `${whole.slice(0, 59)}…` : whole;
}

function list(names: readonly string[]): string {
  const [last = "", ...before] = [...names].reverse();
  if (names.length > 3) return `${names.slice(0, 3).join(", ")} and ${names.length - 3} more`;
  return before.length === 0 ? last : `${before.reverse().join(", ")} or ${last}`;
}
