import { basename, dirname, join, relative } from "node:path/posix";
import type { BlobStore } from "./blobs";
import type { Context } from "./context";
import { type RunOutput, installLine, remedyFor } from "./runOutput";
import { type Stage, lineError } from "./stage";
import type { Entries } from "./tree";

/** What the last step of a build works with. */
export interface CompleteInput {
  file: string;
  /** Line of the last FROM, named where no RUN line can be. */
  line: number;
  stage: Stage;
  context: Context;
  blobs: BlobStore;
  runOutput: RunOutput;
}

/** Adds what RUN lines of the last stage would have left in it. Returns what to tell the reader. */
export async function complete(input: CompleteInput): Promise<string[]> {
  return [
    ...(await addNodeModules(input)),
    ...(await addEnvironment(input)),
    ...(await addCommandFiles(input)),
  ];
}

async function addNodeModules(input: CompleteInput): Promise<string[]> {
  const { stage, context, runOutput, file } = input;
  const folder = stage.workingDirectory;
  const dependencies = await dependenciesOf(input);
  const modules = join(folder, "node_modules");
  const isMissing = (name: string): boolean => stage.tree.get(join(modules, name)) === undefined;
  const missing = dependencies.filter(isMissing);
  if (missing.length === 0) return [];
  // A workspace of a monorepo has its packages in the root's folder.
  const own = join(runOutput.contextPath(stage, folder), "node_modules");
  for (const path of own === "node_modules" ? [own] : [own, "node_modules"]) {
    const entries = await runOutput.read(path, stage.runs);
    if (entries === null) continue;
    stage.tree.putAll(modules, entries, true);
    const absent = missing.filter(isMissing);
    if (absent.length === 0) return [`${modules} is ${path} of the context`];
  }
  const line = installLine(stage.runs, "node") ?? input;
  const wanted =
    (await context.kindOf(own)) === null ? own : join(own, missing.find(isMissing) ?? "");
  throw lineError(
    file,
    line,
    `expected ${wanted} in the context, for RUN lines are not executed, got nothing; ${remedyFor(own)}`,
  );
}

/** Names of the packages that the image's package.json needs. */
async function dependenciesOf({ stage, blobs }: CompleteInput): Promise<string[]> {
  const manifest = stage.tree.get(join(stage.workingDirectory, "package.json"));
  if (manifest?.kind !== "file") return [];
  const { dependencies } = JSON.parse((await blobs.read(manifest)).toString()) as {
    dependencies?: Record<string, string>;
  };
  return Object.keys(dependencies ?? {});
}

/** A Python context brings its virtual environment, whatever installs packages in the image. */
async function addEnvironment(input: CompleteInput): Promise<string[]> {
  const { stage, context, runOutput, file } = input;
  const has = (path: string): boolean => stage.tree.get(path) !== undefined;
  if (stage.tree.sorted().some(([path]) => basename(path) === "pyvenv.cfg")) return [];
  const isPython = [
    "requirements.txt",
    "pyproject.toml",
    "Pipfile",
    "alembic.ini",
    "manage.py",
  ].some((name) => has(join(stage.workingDirectory, name)));
  const install = installLine(stage.runs, "python");
  if (!isPython && install === undefined) return [];
  const own = join(runOutput.contextPath(stage, stage.workingDirectory), ".venv");
  for (const path of own === ".venv" ? [own] : [own, ".venv"]) {
    const entries = await runOutput.read(path, stage.runs);
    if (entries === null) continue;
    const target = join(stage.workingDirectory, ".venv");
    stage.tree.putAll(target, entries);
    const python = await pythonVersion(input, entries);
    return [`${target} is ${path} of the context${python}`];
  }
  if (install === undefined) return [];
  const what = `expected .venv in the context, for RUN lines are not executed, got nothing`;
  if ((await context.kindOf("package.json")) !== null) return []; // pip for a tool of a Node image
  throw lineError(file, install, `${what}; ${remedyFor(".venv")}`);
}

/** The base image's Python is another one: a reader should know which one runs here. */
async function pythonVersion({ blobs }: CompleteInput, environment: Entries): Promise<string> {
  const config = environment.get("pyvenv.cfg");
  const text = config?.kind === "file" ? (await blobs.read(config)).toString() : "";
  const [, version] = /^version(?:_info)? *= *(\d+\.\d+\.\d+)/m.exec(text) ?? [];
  return version === undefined ? "" : `, with Python ${version}`;
}

/** Files that the command names and no COPY brought are build output of a RUN line. */
async function addCommandFiles(input: CompleteInput): Promise<string[]> {
  const { stage, context, runOutput } = input;
  const notes: string[] = [];
  for (const word of await commandWords(input)) {
    const path = join("/", word.startsWith("/") ? "" : stage.workingDirectory, word);
    const inside = relative(stage.workingDirectory, path);
    if (stage.tree.get(path) !== undefined || inside.startsWith("..")) continue;
    const top = inside.split("/")[0] ?? "";
    const target = join(stage.workingDirectory, top);
    const inContext = runOutput.contextPath(stage, target);
    const file = join(inContext, relative(target, path));
    if (stage.tree.get(target) !== undefined || (await context.kindOf(file)) !== "file") continue;
    const entries = await runOutput.read(inContext, stage.runs);
    if (entries === null) continue;
    stage.tree.putAll(target, entries);
    notes.push(`${target} is ${inContext} of the context`);
  }
  return notes;
}

/** Words of the command that look like files; `npm start` stands for the script of that name. */
async function commandWords(input: CompleteInput): Promise<string[]> {
  const { stage, blobs } = input;
  const words = [...(stage.entrypoint ?? []), ...(stage.command ?? [])].flatMap((word) =>
    word.split(/\s+/),
  );
  const runner = words.findIndex((word) => /^(npm|yarn|pnpm)$/.test(basename(word)));
  const [verb = "", name = ""] = runner < 0 ? [] : words.slice(runner + 1);
  const manifest = stage.tree.get(join(stage.workingDirectory, "package.json"));
  if (verb !== "" && manifest?.kind === "file") {
    const { scripts } = JSON.parse((await blobs.read(manifest)).toString()) as {
      scripts?: Record<string, string>;
    };
    words.push(...(scripts?.[verb === "run" ? name : verb] ?? "").split(/\s+/));
  }
  return words.filter((word) => /\.[cm]?js$|\.py$/.test(word) && dirname(word) !== "/");
}
