import { existsSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import type { Image } from "../image";
import type { Platform } from "./platform";

/** What an image reference means here. */
export type ContainerImage =
  | { kind: "built"; image: Image }
  /** The official `postgres` image, of which only psql is used. */
  | { kind: "postgres" }
  /** Google's sample, or any other image that a service has before its first release. */
  | { kind: "placeholder" };

/** How a container's process is started. */
export interface ContainerPlan {
  argv: string[];
  cwd: string;
  env: Record<string, string>;
}

export interface ContainerRequest {
  image: ContainerImage;
  /** Replaces ENTRYPOINT, and CMD with it. */
  command?: readonly string[] | undefined;
  /** Replaces CMD. */
  args?: readonly string[] | undefined;
  env: Record<string, string>;
  /**
   * Working directory on this machine.
   *
   * @default - the image's WORKDIR
   */
  cwd?: string;
  /** Folder with the tools that the image has, which hides those it has not. */
  tools: string;
}

/** Works out a container's command, folder and environment. Throws when there is no command. */
export function planContainer(platform: Platform, request: ContainerRequest): ContainerPlan {
  const base = { HOME: platform.home, TMPDIR: platform.temporary, LANG: "C.UTF-8" };
  const { image } = request;
  if (image.kind === "built") return planBuilt(base, image.image, request);
  const env = { ...base, PATH: [request.tools, ...hostPath()].join(delimiter), ...request.env };
  const cwd = request.cwd ?? platform.temporary;
  if (image.kind === "placeholder") {
    return { argv: [process.execPath, "-e", PLACEHOLDER], cwd, env };
  }
  const argv = [...(request.command ?? []), ...(request.args ?? [])];
  if (argv.length === 0) {
    throw new Error("postgres: expected a command, got none; a server is not started here");
  }
  return { argv, cwd, env };
}

function planBuilt(
  base: Record<string, string>,
  image: Image,
  request: ContainerRequest,
): ContainerPlan {
  const words = commandOf(image, request);
  const inImage = (text: string): string => toImagePath(image, text);
  const [program = "", ...args] = words.map(inImage);
  const imageEnv = Object.entries(image.environment).map(([name, value]) => [
    name,
    name === "PATH" ? value : value.split(":").map(inImage).join(":"),
  ]);
  const env: Record<string, string> = {
    ...base,
    ...(Object.fromEntries(imageEnv) as Record<string, string>),
    ...request.env,
    PATH: [request.tools, ...imagePath(image), ...hostPath()].join(delimiter),
  };
  return {
    argv: [existingProgram(program), ...args],
    cwd: request.cwd ?? join(image.folder, image.workingDirectory),
    env,
  };
}

/** Docker's rules for ENTRYPOINT and CMD. */
function commandOf(image: Image, { command, args }: ContainerRequest): string[] {
  const hasArgs = args !== undefined && args.length > 0;
  const words =
    command !== undefined && command.length > 0
      ? [...command, ...(args ?? [])]
      : [...(image.entrypoint ?? []), ...(hasArgs ? args : (image.command ?? []))];
  if (words.length > 0) return words;
  throw new Error(
    "image: expected CMD or ENTRYPOINT in the Dockerfile, got none; base images are not downloaded",
  );
}

/** An absolute path that the image has is a path below the image's folder. */
function toImagePath(image: Image, text: string): string {
  if (!text.startsWith("/") || text === "/") return text;
  const path = join(image.folder, text);
  return existsSync(path) ? path : text;
}

/** `/usr/local/bin/node` of a base image is the `node` of this machine. */
function existingProgram(program: string): string {
  return program.startsWith("/") && !existsSync(program) ? basename(program) : program;
}

function imagePath(image: Image): string[] {
  const folders = (image.environment.PATH ?? "")
    .split(":")
    .map((folder) => toImagePath(image, folder))
    .filter((folder) => folder.startsWith(image.folder));
  const environment = join(image.folder, image.workingDirectory, ".venv/bin");
  return existsSync(environment) ? [...folders, environment] : folders;
}

/** Programs of base images are those of this machine, without the packages of a surrounding npm run. */
export function hostPath(): string[] {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const own = folders.filter((folder) => folder !== "" && !/node_modules[/\\].*bin/.test(folder));
  return [dirname(process.execPath), ...own];
}

const PLACEHOLDER = `
const server = require("node:http").createServer((request, response) => {
  response.end("placeholder\\n");
});
server.listen(Number(process.env.PORT), "127.0.0.1");
process.on("SIGTERM", () => process.exit(0));
`;
