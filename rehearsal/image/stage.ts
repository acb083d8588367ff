import { join } from "node:path/posix";
import { type DockerfileLine, type Lookup, expandWord } from "../../migrate";
import { ImageError } from "./image";
import { Tree } from "./tree";

/** A RUN line: never executed, but it tells what would have made a missing file. */
export interface RunLine {
  line: number;
  text: string;
}

/** A stage while its lines are read. */
export interface Stage {
  name: string | null;
  tree: Tree;
  environment: Record<string, string>;
  args: Record<string, string>;
  workingDirectory: string;
  entrypoint: string[] | null;
  command: string[] | null;
  shell: string[];
  labels: Record<string, string>;
  runs: RunLine[];
}

// Base images are not downloaded; of the well-known ones only the entrypoint matters here.
// https://github.com/GoogleContainerTools/distroless
const ENTRYPOINTS: [RegExp, string[]][] = [
  [/^gcr\.io\/distroless\/nodejs/, ["node"]],
  [/^gcr\.io\/distroless\/python3/, ["python3"]],
];

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** A stage that begins with an image from a registry: no files of it are known. */
export function stageFromImage(image: string): Stage {
  return {
    name: null,
    tree: new Tree(),
    environment: image === "scratch" ? {} : { PATH },
    args: {},
    workingDirectory: "/",
    entrypoint: ENTRYPOINTS.find(([pattern]) => pattern.test(image))?.[1] ?? null,
    command: null,
    shell: ["/bin/sh", "-c"],
    labels: {},
    runs: [],
  };
}

/** A stage that begins where another one ended. ARGs are not inherited. */
export function stageFromStage(base: Stage): Stage {
  return {
    ...base,
    tree: base.tree.clone(),
    environment: { ...base.environment },
    args: {},
    labels: { ...base.labels },
    runs: [...base.runs],
  };
}

/** Values given from outside: `--build-arg`, and the ARGs before the first FROM. */
export interface ArgValues {
  given: Record<string, string>;
  globals: Record<string, string>;
}

/** An ENV wins over an ARG of the same name. */
export function lookupIn(stage: Stage): Lookup {
  return (name) => stage.environment[name] ?? stage.args[name];
}

/** Applies a line that changes configuration, not files. False for every other line. */
export function applyConfig(stage: Stage, line: DockerfileLine, values: ArgValues): boolean {
  const expand = (word: string): string => expandWord(word, lookupIn(stage));
  switch (line.keyword) {
    case "ARG":
      for (const { name, value } of line.properties) applyArg(stage, name, value, values);
      return true;
    case "ENV": {
      // All values of one line see the environment before it.
      const set = line.properties.map(({ name, value }) => [expand(name), expand(value ?? "")]);
      Object.assign(stage.environment, Object.fromEntries(set));
      return true;
    }
    case "LABEL":
      for (const { name, value } of line.properties)
        stage.labels[expand(name)] = expand(value ?? "");
      return true;
    case "WORKDIR":
      stage.workingDirectory = join(
        "/",
        stage.workingDirectory,
        absolute(stage, expand(line.text)),
      );
      stage.tree.put(stage.workingDirectory, { kind: "folder" });
      return true;
    case "CMD":
      stage.command = commandOf(stage, line);
      return true;
    case "ENTRYPOINT":
      stage.entrypoint = commandOf(stage, line);
      stage.command = null; // Docker forgets a CMD of the base image then
      return true;
    case "SHELL":
      stage.shell = line.words;
      return true;
    case "RUN":
      stage.runs.push({ line: line.line, text: line.text });
      return true;
    default:
      return ["EXPOSE", "HEALTHCHECK", "MAINTAINER", "STOPSIGNAL", "USER", "VOLUME"].includes(
        line.keyword,
      );
  }
}

function absolute(stage: Stage, path: string): string {
  if (!path.startsWith("/")) return path;
  stage.workingDirectory = "/";
  return path;
}

function applyArg(stage: Stage, name: string, value: string | null, values: ArgValues): void {
  const fallback = value === null ? values.globals[name] : expandWord(value, lookupIn(stage));
  const result = values.given[name] ?? fallback;
  if (result !== undefined) stage.args[name] = result;
}

/** The JSON form as it is; the other form for the stage's shell. */
function commandOf(stage: Stage, line: DockerfileLine): string[] {
  return line.isJson ? line.words : [...stage.shell, line.text];
}

/** The stage that a name or number means, out of those before the current one. */
export function findStage(stages: Stage[], reference: string): Stage | undefined {
  const byName = stages.findLast(({ name }) => name === reference.toLowerCase());
  return byName ?? (/^\d+$/.test(reference) ? stages[Number(reference)] : undefined);
}

/** An error that names a line of the Dockerfile. */
export function lineError(file: string, line: { line: number }, message: string): ImageError {
  return new ImageError(`${file}:${line.line}: ${message}`);
}
