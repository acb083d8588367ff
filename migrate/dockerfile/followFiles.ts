import { join, resolve } from "node:path/posix";
import { type SourceMatch, matchSource, parseSource } from "./matchSource";
import type { DockerfileLine, DockerfileStage, ParsedDockerfile } from "./parseDockerfile";
import { type Variables, expandKnown, readSettings } from "./variables";

/** A file of the build context that a stage holds. */
export interface HeldFile {
  /** In the context. */
  path: string;
  /** In the stage, absolute. */
  at: string;
  /** What took it out of the context, and the stage it did so for: its name, or its number from 0. */
  taken: { line: DockerfileLine; stage: string };
  /** The line that put it where it is. */
  put: DockerfileLine;
}

/** Whether a path matches one of these patterns, as `.dockerignore` has them. */
export type Excludes = (patterns: readonly string[]) => (path: string) => boolean;

/**
 * Where files of the context get to, by the COPY and ADD lines of each stage; of the last one, it is
 * the image. What commands do with them is not looked into.
 */
export function followFiles(
  { globals, stages }: ParsedDockerfile,
  paths: readonly string[],
  excludes: Excludes,
): HeldFile[][] {
  const known = globals.reduce<Variables>(
    (all, line) => ({ ...all, ...readSettings(line, all, {}) }),
    {},
  );
  const followed: Stage[] = [];
  for (const parsed of stages) {
    const stage = startStage(parsed, followed, known);
    for (const line of parsed.lines) follow(line, stage, { followed, known, paths, excludes });
    followed.push(stage);
  }
  return followed.map(({ held }) => held);
}

interface Stage {
  name: string | null;
  workingDirectory: string;
  args: Variables;
  environment: Variables;
  held: HeldFile[];
}

interface Surroundings {
  /** The stages before this one. */
  followed: readonly Stage[];
  known: Variables;
  paths: readonly string[];
  excludes: Excludes;
}

function startStage(
  { base, name }: DockerfileStage,
  followed: readonly Stage[],
  known: Variables,
): Stage {
  const parent = findStage(followed, expandKnown(base, known));
  if (parent === null) {
    return { name, workingDirectory: "/", args: {}, environment: {}, held: [] };
  }
  return { ...parent, name, args: {}, held: [...parent.held] };
}

/** ENV wins over ARG. */
function variablesOf({ args, environment }: Stage): Variables {
  return { ...args, ...environment };
}

/** A stage by its name or number. */
function findStage(stages: readonly Stage[], reference: string): Stage | null {
  const byName = stages.findLast(({ name }) => name === reference.toLowerCase());
  const byNumber = /^\d+$/.test(reference) ? stages[Number(reference)] : undefined;
  return byName ?? byNumber ?? null;
}

function follow(line: DockerfileLine, stage: Stage, around: Surroundings): void {
  switch (line.keyword) {
    case "ARG":
      stage.args = { ...stage.args, ...readSettings(line, variablesOf(stage), around.known) };
      break;
    case "ENV":
      stage.environment = { ...stage.environment, ...readSettings(line, variablesOf(stage), {}) };
      break;
    case "WORKDIR": {
      const folder = expandKnown(line.text, variablesOf(stage));
      stage.workingDirectory = resolve("/", stage.workingDirectory, folder);
      break;
    }
    case "COPY":
    case "ADD":
      stage.held.push(...copy(line, stage, around));
      break;
  }
}

function copy(line: DockerfileLine, stage: Stage, around: Surroundings): HeldFile[] {
  const { workingDirectory, held } = stage;
  const variables = variablesOf(stage);
  const words = line.words.map((word) => expandKnown(word, variables));
  const destination = words.pop() ?? "";
  const target = resolve("/", workingDirectory, destination);
  const isFolder =
    words.length + line.heredocs.length > 1 ||
    /(^|\/)\.{0,2}$/.test(destination) ||
    [`${workingDirectory}/`, ...held.map(({ at }) => at)].some((path) => isBelow(path, target));
  const patterns = flagsOf(line, "exclude").map((pattern) => expandKnown(pattern, variables));
  const isExcluded = around.excludes(patterns);
  const keepsParents = line.flags.some(({ name }) => name === "parents");
  const sources = words.filter((word) => line.keyword !== "ADD" || !isRemote(word));
  return sources.flatMap((source) => {
    const pattern = parseSource(source, keepsParents);
    return filesFor(line, stage, around).flatMap((file) => {
      const match = matchSource(pattern, file.at.slice(1));
      if (match === null || isExcluded(match.below === "" ? match.landing : match.below)) return [];
      return [{ ...file, at: landAt(target, match, isFolder || keepsParents), put: line }];
    });
  });
}

/** What a line can take: the context's files, or those of the stage that `--from` names. */
function filesFor(line: DockerfileLine, stage: Stage, around: Surroundings): HeldFile[] {
  const { followed, paths } = around;
  const [from] = flagsOf(line, "from");
  if (from !== undefined) {
    // Another image holds none of them.
    return findStage(followed, expandKnown(from, variablesOf(stage)))?.held ?? [];
  }
  const taken = { line, stage: stage.name ?? String(followed.length) };
  return paths.map((path) => ({ path, at: `/${path}`, taken, put: line }));
}

function landAt(target: string, { below, landing }: SourceMatch, isFolder: boolean): string {
  return below === "" && !isFolder ? target : join(target, landing);
}

function flagsOf({ flags }: DockerfileLine, wanted: string): string[] {
  return flags.flatMap(({ name, value }) => (name === wanted && value !== null ? [value] : []));
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder === "/" ? "/" : `${folder}/`);
}

/** ADD takes these from elsewhere. */
function isRemote(source: string): boolean {
  return /^(https?:|git@|.*\.git(#|$))/.test(source);
}
