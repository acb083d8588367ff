import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import {
  DockerfileError,
  type DockerfileLine,
  type DockerfileStage,
  type ParsedDockerfile,
  expandWord,
  parseDockerfile,
} from "../../migrate";
import type { BlobStore } from "./blobs";
import { complete } from "./complete";
import { Context } from "./context";
import { copy } from "./copy";
import { type Image, type ImageConfig, ImageError } from "./image";
import { materialise } from "./materialise";
import { RunOutput } from "./runOutput";
import {
  type ArgValues,
  type Stage,
  applyConfig,
  findStage,
  lineError,
  lookupIn,
  stageFromImage,
  stageFromStage,
} from "./stage";

export interface BuildImageOptions {
  /** Folder of the build context. */
  context: string;
  /**
   * Path of the Dockerfile.
   *
   * @default - `Dockerfile` in the context
   */
  dockerfile?: string;
  /** `--build-arg` */
  buildArgs?: Record<string, string>;
  /** `--label` */
  labels?: Record<string, string>;
  /**
   * `--target`
   *
   * @default - the last stage
   */
  target?: string;
}

/** What a build reads and writes while it runs. */
interface Build {
  file: string;
  values: ArgValues;
  context: Context;
  blobs: BlobStore;
  runOutput: RunOutput;
  stages: Stage[];
  notes: string[];
}

/** Builds an image out of a Dockerfile without executing its RUN lines. */
export async function buildImage(
  options: BuildImageOptions,
  blobs: BlobStore,
  imagesFolder: string,
): Promise<Image> {
  const path = options.dockerfile ?? join(options.context, "Dockerfile");
  const file = relative(options.context, path);
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "no such file or directory" : String(code);
    throw new ImageError(`failed to read dockerfile: open ${file}: ${why}`);
  });
  const parsed = parse(text, file);
  const context = await Context.open(options.context, path, blobs);
  const given = options.buildArgs ?? {};
  const values = { given, globals: globalArgs(parsed.globals, given) };
  const runOutput = new RunOutput(context, blobs);
  const build: Build = { file, values, context, blobs, runOutput, stages: [], notes: [] };
  const wanted = wantedStages(parsed.stages, options.target, build);
  for (const stage of wanted) build.stages.push(await evaluate(build, stage));
  const [stage, last] = [build.stages.at(-1), wanted.at(-1)];
  if (stage === undefined || last === undefined) throw new ImageError(`${file}: expected a FROM`);
  build.notes.push(...(await complete({ ...build, stage, line: last.line })));
  Object.assign(stage.labels, options.labels);
  return finish(stage, build, imagesFolder);
}

function parse(text: string, file: string): ParsedDockerfile {
  try {
    return parseDockerfile(text, file);
  } catch (error) {
    throw error instanceof DockerfileError ? new ImageError(error.message) : error;
  }
}

function globalArgs(
  lines: DockerfileLine[],
  given: Record<string, string>,
): Record<string, string> {
  const globals: Record<string, string> = {};
  for (const { name, value } of lines.flatMap(({ properties }) => properties)) {
    const result = given[name] ?? (value === null ? "" : expandWord(value, (key) => globals[key]));
    globals[name] = result;
  }
  return globals;
}

/** Stages up to the target; the ones after it are never needed. */
function wantedStages(
  stages: DockerfileStage[],
  target: string | undefined,
  build: Build,
): DockerfileStage[] {
  if (target === undefined) return stages;
  const at = stages.findIndex(
    ({ name }, index) => name === target.toLowerCase() || String(index) === target,
  );
  if (at >= 0) return stages.slice(0, at + 1);
  throw new ImageError(`${build.file}: target stage "${target}" could not be found`);
}

async function evaluate(build: Build, parsed: DockerfileStage): Promise<Stage> {
  const base = expandWord(parsed.base, (name) => build.values.globals[name]);
  if (base === "") throw lineError(build.file, parsed, "expected FROM image, got an empty name");
  const parent = findStage(build.stages, base);
  const stage = parent === undefined ? stageFromImage(base) : stageFromStage(parent);
  stage.name = parsed.name;
  for (const line of parsed.lines) {
    if (line.keyword === "USER") {
      build.notes.push(
        `${build.file}:${line.line}: USER ${line.text} is ignored, processes run as you`,
      );
    }
    try {
      if (applyConfig(stage, line, build.values)) continue;
    } catch (error) {
      throw lineError(build.file, line, error instanceof Error ? error.message : String(error));
    }
    if (line.keyword === "COPY" || line.keyword === "ADD") await copyLine(build, stage, line);
    else
      throw lineError(
        build.file,
        line,
        `expected an instruction that a build needs, got ${line.keyword}`,
      );
  }
  return stage;
}

async function copyLine(build: Build, stage: Stage, line: DockerfileLine): Promise<void> {
  const { file, context, blobs, runOutput } = build;
  const flag = line.flags.find(({ name }) => name === "from")?.value ?? null;
  const name = flag === null ? null : expandWord(flag, lookupIn(stage));
  const from = name === null ? null : findStage(build.stages, name);
  if (from === undefined) {
    build.notes.push(
      `${file}:${line.line}: COPY --from=${name ?? ""} is left out, images are not downloaded`,
    );
    return;
  }
  await copy({ file, line, stage, context, blobs, runOutput, from });
  // What a later COPY takes from here may have been installed by a stage before it.
  if (from !== null) stage.runs.push(...from.runs.filter((run) => !stage.runs.includes(run)));
}

async function finish(stage: Stage, build: Build, imagesFolder: string): Promise<Image> {
  const config: ImageConfig = {
    workingDirectory: stage.workingDirectory,
    environment: stage.environment,
    entrypoint: stage.entrypoint,
    command: stage.command,
    labels: stage.labels,
  };
  const sha256 = digest(stage, config);
  const folder = join(imagesFolder, sha256.slice(0, 16));
  await materialise(stage.tree, folder, build.blobs);
  const runs = stage.runs.map(({ line }) => line);
  if (runs.length > 0) {
    build.notes.push(`${build.file}: RUN lines are not executed (line ${runs.join(", ")})`);
  }
  return { ...config, digest: `sha256:${sha256}`, folder, notes: build.notes };
}

function digest(stage: Stage, config: ImageConfig): string {
  const hash = createHash("sha256");
  for (const [path, entry] of stage.tree.sorted()) {
    const content =
      entry.kind === "file"
        ? `${entry.sha256} ${entry.isExecutable ? "x" : "-"}`
        : entry.kind === "link"
          ? entry.target
          : "";
    hash.update(`${path}\0${entry.kind}\0${content}\n`);
  }
  const sorted = (record: Record<string, string>): [string, string][] =>
    Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
  const { environment, labels, ...rest } = config;
  hash.update(JSON.stringify([rest, sorted(environment), sorted(labels)]));
  return hash.digest("hex");
}
