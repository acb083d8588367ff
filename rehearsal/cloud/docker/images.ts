import { join } from "node:path";
import { ImageError } from "../../image";
import { isProxyImage } from "../knative";
import type { Platform } from "../platform";
import { parseReference } from "../registry";
import { DaemonError, type DockerInput, exactly } from "./command";
import { type DockerFlag, DockerUsageError, parseDocker } from "./parse";
import { renderTemplate } from "./template";

const BUILD_FLAGS: Record<string, DockerFlag> = {
  "build-arg": { kind: "list" },
  "cache-from": { kind: "list" },
  "cache-to": { kind: "list" },
  compress: { kind: "switch" },
  file: { kind: "value", short: "f" },
  "force-rm": { kind: "switch" },
  label: { kind: "list" },
  network: { kind: "value" },
  "no-cache": { kind: "switch" },
  platform: { kind: "value" },
  progress: { kind: "value" },
  provenance: { kind: "value" },
  pull: { kind: "switch" },
  push: { kind: "switch" },
  quiet: { kind: "switch", short: "q" },
  rm: { kind: "switch" },
  tag: { kind: "list", short: "t" },
  target: { kind: "value" },
};

/** `docker build` */
export async function build({ platform, call }: DockerInput, words: string[]): Promise<void> {
  const args = parseDocker(words, BUILD_FLAGS);
  const [path] = exactly(args, 1, "build");
  const tags = args.all("tag");
  for (const reference of tags) {
    if (parseReference(reference) !== null) continue;
    throw new DockerUsageError(
      `invalid argument "${reference}" for "-t, --tag" flag: invalid reference format`,
    );
  }
  if (path === undefined || /^(-|https?:|git)/.test(path)) {
    throw new DockerUsageError(`build: expected a folder as context, got ${path ?? "nothing"}`, 1);
  }
  const context = join(call.cwd, path);
  const file = args.value("file");
  const target = args.value("target");
  const started = Date.now();
  const image = await platform.registry
    .build(
      {
        context: path.startsWith("/") ? path : context,
        ...(file === null
          ? {}
          : { dockerfile: file.startsWith("/") ? file : join(call.cwd, file) }),
        ...(target === null ? {} : { target }),
        buildArgs: pairs(args.all("build-arg"), call.env),
        labels: pairs(args.all("label"), {}),
      },
      tags,
    )
    .catch((error: unknown) => {
      throw error instanceof ImageError ? new Error(`failed to build: ${error.message}`) : error;
    });
  if (args.has("quiet")) call.out(`${image.digest}\n`);
  else {
    for (const note of image.notes) call.err(`note: ${note}\n`);
    call.err(`built ${image.digest} in ${Date.now() - started} ms\n`);
    for (const reference of tags) call.err(`naming to ${reference}\n`);
  }
  if (args.has("push")) for (const reference of tags) platform.registry.push(reference);
}

/** `NAME=value`; a bare NAME takes the caller's variable. */
function pairs(list: readonly string[], env: Record<string, string>): Record<string, string> {
  const entries = list.map((pair): [string, string | undefined] => {
    const at = pair.indexOf("=");
    return at < 0 ? [pair, env[pair]] : [pair.slice(0, at), pair.slice(at + 1)];
  });
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** `docker push` */
export function push({ platform, call }: DockerInput, words: string[]): void {
  const args = parseDocker(words, {
    "all-tags": { kind: "switch", short: "a" },
    quiet: { kind: "switch", short: "q" },
  });
  const [reference = ""] = exactly(args, 1, "push");
  if (parseReference(reference) === null) throw new Error("invalid reference format");
  const digest = platform.registry.push(reference);
  if (digest === null) {
    throw new Error(
      `An image does not exist locally with the tag: ${reference.replace(/:[^:/]*$/, "")}`,
    );
  }
  const parsed = parseReference(reference);
  call.out(`The push refers to repository [${parsed?.repository ?? ""}]\n`);
  call.out(`${parsed?.tag ?? ""}: digest: ${digest} size: 1\n`);
}

/** `docker pull` */
export function pull({ platform, call }: DockerInput, words: string[]): void {
  const args = parseDocker(words, { quiet: { kind: "switch", short: "q" } });
  const [reference = ""] = exactly(args, 1, "pull");
  if (platform.registry.pull(reference) !== null) {
    call.out(`Status: Image is up to date for ${reference}\n`);
  } else if (!isProxyImage(reference)) {
    throw new DaemonError(`manifest for ${reference} not found: manifest unknown`);
  }
}

/** `docker tag` */
export function tag({ platform }: DockerInput, words: string[]): void {
  const [source = "", target = ""] = exactly(parseDocker(words, {}), 2, "tag");
  const digest = platform.registry.localDigest(source);
  if (digest === null) throw new DaemonError(`No such image: ${source}`);
  if (parseReference(target) === null) {
    throw new DaemonError(`"${target}" is not a valid repository/tag: invalid reference format`);
  }
  platform.registry.tag(digest, target);
}

/** `docker inspect` */
export function inspect({ platform, call }: DockerInput, words: string[]): void {
  const args = parseDocker(words, {
    format: { kind: "value", short: "f" },
    size: { kind: "switch", short: "s" },
    type: { kind: "value" },
  });
  if (args.positionals.length === 0)
    throw new DockerUsageError("'docker inspect' requires at least 1 argument", 1);
  const records = args.positionals.map((name) => inspected(platform, name));
  const format = args.value("format");
  if (format === null) {
    call.out(`${JSON.stringify(records, null, 4)}\n`);
    return;
  }
  for (const record of records)
    call.out(`${renderTemplate(format === "json" ? "{{json .}}" : format, record)}\n`);
}

function inspected(platform: Platform, name: string): Record<string, unknown> {
  const { registry } = platform;
  const digest = registry.localDigest(name);
  const image = digest === null ? null : registry.get(digest);
  if (digest === null || image === null) throw new DaemonError(`No such object: ${name}`);
  return {
    Id: digest,
    RepoTags: registry.repoTags(digest),
    RepoDigests: registry.repoDigests(digest),
    Config: {
      Env: Object.entries(image.environment).map(([key, value]) => `${key}=${value}`),
      Cmd: image.command,
      Entrypoint: image.entrypoint,
      Labels: image.labels,
      WorkingDir: image.workingDirectory,
    },
  };
}
