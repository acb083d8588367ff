import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import type { Cloud } from "../cloud";
import type { Rewritten } from "../cloud/addresses";
import { rewriteFor } from "../cloud/containerEnv";
import { type ContainerPlan, hostPath, planContainer } from "../cloud/container";
import type { BuildNetwork } from "../cloud/network";
import type { Build, Step } from "./build";
import type { Mounts } from "./mounts";
import { type StepImage, findStepImage } from "./stepImage";

/** What the steps of one build share. */
export interface BuildSite {
  cloud: Cloud;
  build: Build;
  /** Folder of the sources, `/workspace`. */
  workspace: string;
  /** Folder of this build's own files. */
  folder: string;
  network: BuildNetwork;
  /** Values of substitutions, for `automapSubstitutions`. */
  values: Readonly<Record<string, string>>;
  secrets: ReadonlyMap<string, string>;
  mountsOf(step: Step): Mounts;
}

/** Works out how a step is started. Throws when its image or folder is not there. */
export async function planStep(
  site: BuildSite,
  step: Step,
  onNote: (line: string) => void,
): Promise<ContainerPlan> {
  const found = findStepImage(site.cloud, step.name);
  const mounts = site.mountsOf(step);
  const cwd = folderOf(site, step, found, mounts);
  const { env, refusals } = environmentOf(site, step, found, mounts);
  refusals.forEach(onNote);
  const tools = site.cloud.platform.tools.folderWith(found.tools, site.network);
  const words = await commandOf(site, step, mounts);
  if (found.image !== null) {
    const { command, args } = words;
    return planContainer(site.cloud.platform, {
      image: found.image,
      command,
      args,
      env,
      cwd,
      tools,
    });
  }
  const argv = words.command ?? found.entrypoint;
  const all = [...argv, ...words.args];
  if (all.length === 0)
    throw new Error(`${step.name}: expected a script, an entrypoint or args, got none`);
  const { home, temporary } = site.cloud.platform;
  const base = { HOME: home, TMPDIR: temporary, LANG: "C.UTF-8" };
  return { argv: all, cwd, env: { ...base, ...env, PATH: [tools, ...hostPath()].join(":") } };
}

interface StepWords {
  /** Undefined leaves the image's entrypoint. */
  command: string[] | undefined;
  args: string[];
}

async function commandOf(site: BuildSite, step: Step, mounts: Mounts): Promise<StepWords> {
  if (step.script !== null) {
    const file = join(site.folder, `script-${site.build.steps.indexOf(step)}`);
    await writeFile(file, mounts.map(step.script), { mode: 0o700 });
    return { command: [...interpreter(step.script), file], args: [] };
  }
  return {
    command: step.entrypoint === null ? undefined : [mounts.map(step.entrypoint)],
    args: step.args.map((arg) => mounts.map(arg)),
  };
}

/** The words of the script's first line; Cloud Build's own where it has none. */
function interpreter(script: string): string[] {
  const [, line] = /^#!\s*(.+?)\s*(?:\n|$)/.exec(script) ?? [];
  const words = (line ?? "/usr/bin/env bash -e").split(/\s+/);
  const isEnv = /(^|\/)env$/.test(words[0] ?? "");
  // The kernel hands `env` one argument; the default line is meant as three words.
  return isEnv ? words.slice(words[1] === "-S" ? 2 : 1) : words;
}

function folderOf(site: BuildSite, step: Step, found: StepImage, mounts: Mounts): string {
  const { dir } = step;
  if (!isAbsolute(dir)) {
    const folder = join(site.workspace, dir);
    if (!`${folder}/`.startsWith(`${site.workspace}/`)) {
      throw new Error(`dir: expected a folder below /workspace, got ${dir}`);
    }
    if (existsSync(folder)) return folder;
    throw new Error(`dir: expected a folder below /workspace that is there, got ${dir}`);
  }
  const mounted = mounts.resolve(dir);
  if (mounted !== null && existsSync(mounted)) return mounted;
  if (found.image?.kind === "built") {
    const inImage = join(found.image.image.folder, dir);
    if (existsSync(inImage)) return inImage;
  }
  throw new Error(`dir: expected a folder of the image or below /workspace, got ${dir}`);
}

function environmentOf(site: BuildSite, step: Step, found: StepImage, mounts: Mounts): Rewritten {
  const { build, cloud, network, secrets } = site;
  const env: Record<string, string> = { BUILDER_OUTPUT: join(site.folder, "outputs") };
  if (build.automapSubstitutions || step.automapSubstitutions) Object.assign(env, site.values);
  for (const pair of [...build.env, ...step.env]) {
    const at = pair.indexOf("=");
    env[pair.slice(0, at)] = mounts.map(pair.slice(at + 1));
  }
  for (const name of [...build.secretEnv, ...step.secretEnv]) env[name] = secrets.get(name) ?? "";
  return rewriteFor(cloud.platform, `step ${step.id}`, env, {
    inNetwork: network.inNetwork,
    words: [...(step.entrypoint === null ? [] : [step.entrypoint]), ...step.args],
    proxy: null,
    // The builders' own scripts only pass the name on.
    hasConnector: found.image?.kind === "built",
    containers: network.ports,
  });
}

/** Names that `docker run --name` gives containers anywhere in the document. */
export function containerNames(build: Build): string[] {
  const names = build.steps.flatMap(({ script, args }) => {
    const text = script ?? args.join(" ");
    return [...text.matchAll(/--name[=\s]+["']?([a-zA-Z0-9][\w.-]*)/g)].map(
      ([, name = ""]) => name,
    );
  });
  return [...new Set(names)];
}

/** Makes the folders that steps find at their mount points. */
export async function makeFolders(site: Pick<BuildSite, "folder" | "build">): Promise<void> {
  const { folder, build } = site;
  const volumes = [...build.volumes, ...build.steps.flatMap((step) => step.volumes)];
  const names = ["outputs", ...volumes.map(({ name }) => join("volumes", name))];
  for (const name of names) await mkdir(join(folder, name), { recursive: true });
}
