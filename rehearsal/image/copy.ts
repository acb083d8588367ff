import { execFile } from "node:child_process";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path/posix";
import { promisify } from "node:util";
import ignore from "@balena/dockerignore";
import { type DockerfileLine, expandWord } from "../../migrate";
import type { BlobStore } from "./blobs";
import { Context } from "./context";
import { type RunOutput, remedyFor } from "./runOutput";
import { type Stage, lineError, lookupIn } from "./stage";
import { type Entries, type Entry, type Source, targetOf } from "./tree";

/** What a COPY or ADD works with. */
export interface CopyInput {
  file: string;
  line: DockerfileLine;
  stage: Stage;
  context: Context;
  blobs: BlobStore;
  runOutput: RunOutput;
  /** The stage of `--from`; null copies from the context. */
  from: Stage | null;
}

const FLAGS = ["from", "chown", "chmod", "link", "exclude", "checksum", "keep-git-dir"];

/** Carries out COPY or ADD. Owners are not kept: all processes run as the caller. */
export async function copy(input: CopyInput): Promise<void> {
  const { line, stage, file } = input;
  const flag = line.flags.find(({ name }) => !FLAGS.includes(name));
  if (flag !== undefined) {
    const known = FLAGS.map((name) => `--${name}`).join(", ");
    throw lineError(file, line, `expected one of ${known}, got --${flag.name}`);
  }
  const words = line.words.map((word) => expandWord(word, lookupIn(stage)));
  const destination = words.pop();
  if (destination === undefined || words.length + line.heredocs.length === 0) {
    throw lineError(file, line, `expected ${line.keyword} SOURCE… DESTINATION, got "${line.text}"`);
  }
  const many = words.length + line.heredocs.length > 1;
  const target = join("/", destination.startsWith("/") ? "" : stage.workingDirectory, destination);
  const plain = target.length > 1 ? target.replace(/\/$/, "") : target;
  const isFolder =
    many || /(^|\/)\.?$/.test(destination) || stage.tree.get(plain)?.kind === "folder";
  await copyHeredocs(input, plain, isFolder);
  for (const pattern of words) await copyPattern(input, pattern, plain, isFolder);
}

async function copyHeredocs(input: CopyInput, target: string, isFolder: boolean): Promise<void> {
  const { line, stage, blobs } = input;
  for (const { name, content, isQuoted } of line.heredocs) {
    const text = isQuoted
      ? content
      : content.replace(/\$(\w+|\{[^}]*\})/g, (variable) => expandWord(variable, lookupIn(stage)));
    const blob = await blobs.addContent(text, false);
    stage.tree.put(targetOf(name, target, isFolder), withMode({ kind: "file", ...blob }, line));
  }
}

async function copyPattern(
  input: CopyInput,
  pattern: string,
  target: string,
  isFolder: boolean,
): Promise<void> {
  const { file, line, stage, context, from } = input;
  if (line.keyword === "ADD" && /^(https?:|git@|.*\.git(#|$))/.test(pattern)) {
    throw lineError(
      file,
      line,
      `expected a path of the context, got ${pattern}; nothing is downloaded here, put the file into the context`,
    );
  }
  const source: Source = from?.tree ?? context;
  const matches = await source.match(pattern);
  if (matches.length === 0) {
    await copyMissing(input, pattern, target, isFolder);
    return;
  }
  for (const path of matches) {
    const unpacked = await unpack(input, path);
    const entries = unpacked ?? excluded(await source.read(path), line);
    const single = entries.get("")?.kind !== "folder" && entries.size <= 1 && unpacked === null;
    const place = single ? targetOf(path, target, isFolder) : target;
    stage.tree.putAll(place, withModes(entries, line));
    const folder = single ? dirname(place) : place;
    const origin = source.originOf(single ? dirname(path) : path);
    if (origin !== null) stage.tree.setOrigin(folder, origin);
  }
}

/** A path that no COPY made: a RUN line would have, so it comes from the working tree. */
async function copyMissing(
  input: CopyInput,
  pattern: string,
  target: string,
  isFolder: boolean,
): Promise<void> {
  const { file, line, stage, context, from, runOutput } = input;
  if (from === null) throw lineError(file, line, missingInContext(context, pattern));
  const path = join("/", pattern);
  const inContext = runOutput.contextPath(from, path);
  const entries = await runOutput.read(inContext, from.runs);
  if (entries !== null) {
    const place = entries.get("")?.kind === "folder" ? target : targetOf(path, target, isFolder);
    stage.tree.putAll(place, withModes(excluded(entries, line), line));
    return;
  }
  // What pip installs outside of the working directory is in the virtual environment.
  if (isPythonInstallation(path) && (await context.kindOf(".venv")) === "folder") return;
  const wanted = isPythonInstallation(path) ? ".venv" : inContext;
  throw lineError(
    file,
    line,
    `expected ${wanted} in the context, for RUN lines are not executed, got nothing; ${remedyFor(wanted)}`,
  );
}

function isPythonInstallation(path: string): boolean {
  return /^\/(install|wheels|root\/\.local|usr\/local\/(bin|lib\/python[\d.]*))(\/|$)/.test(path);
}

function missingInContext(context: Context, pattern: string): string {
  const excluded = context.isExcluded(pattern.replace(/^(\.?\/)+/, "").replace(/\/$/, ""));
  return excluded
    ? `expected ${pattern} in the context, got nothing; .dockerignore leaves it out`
    : `expected ${pattern} in the context, got nothing`;
}

function excluded(entries: Entries, line: DockerfileLine): Entries {
  const patterns = line.flags.filter(({ name }) => name === "exclude").map(({ value }) => value);
  if (patterns.length === 0) return entries;
  const rules = ignore().add(patterns.filter((pattern) => pattern !== null));
  return new Map([...entries].filter(([path]) => path === "" || !rules.ignores(path)));
}

function withModes(entries: Entries, line: DockerfileLine): Entries {
  return new Map([...entries].map(([path, entry]) => [path, withMode(entry, line)]));
}

function withMode(entry: Entry, line: DockerfileLine): Entry {
  const mode = line.flags.find(({ name }) => name === "chmod")?.value ?? null;
  if (entry.kind !== "file" || mode === null) return entry;
  const isExecutable = /^[0-7]+$/.test(mode)
    ? (Number.parseInt(mode, 8) & 0o111) !== 0
    : /\+[rw]*x/.test(mode) || entry.isExecutable;
  return { ...entry, isExecutable };
}

/** ADD unpacks a local archive. */
async function unpack(input: CopyInput, path: string): Promise<Entries | null> {
  const { line, context, from, blobs } = input;
  const isArchive = /\.(tar|tar\.(gz|bz2|xz|zst)|tgz|tbz2|txz)$/.test(path);
  if (line.keyword !== "ADD" || from !== null || !isArchive) return null;
  const folder = await realpath(await mkdtemp(join(tmpdir(), "rehearsal-add-")));
  try {
    await promisify(execFile)("tar", ["-xf", join(context.folder, path), "-C", folder]);
    const unpacked = await Context.open(folder, join(folder, "Dockerfile"), blobs);
    return await unpacked.readFrom("");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw lineError(input.file, line, `expected an archive that tar reads, got ${path}: ${reason}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
