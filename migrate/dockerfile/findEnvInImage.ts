import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import type { Finding } from "../findings/finding";
import { applyAcceptances } from "../lint/acceptances";
import { listEnvironmentFiles, openContext } from "./context";
import {
  type DockerfileSettings,
  type FoundDockerfile,
  findDockerfile,
  foldersAbove,
} from "./findDockerfile";
import { reportTaken, reportUnreadable } from "./reportTaken";

/**
 * The COPY and ADD lines that take environment files out of the build context, or would where somebody
 * has one. A comment of the Dockerfile accepts one as a migration's does:
 * `# cloud-run-migrations: accept env-in-image: reason`.
 */
export async function findEnvInImage(settings: DockerfileSettings): Promise<Finding[]> {
  const dockerfile = await findDockerfile(settings);
  if (dockerfile === null) return [];
  const found = await follow(dockerfile, settings);
  // Comments as a migration has them.
  const text = dockerfile.text.replace(/^[ \t]*#/gm, "--");
  return applyAcceptances(found, [{ shownPath: dockerfile.shownPath, text }]);
}

async function follow(
  dockerfile: FoundDockerfile,
  { folder, cwd }: DockerfileSettings,
): Promise<Finding[]> {
  // Imported here: no other command reads a Dockerfile.
  const { parseDockerfile } = await import("./parseDockerfile.js");
  const { followFiles } = await import("./followFiles.js");
  const { matcherOf } = await import("./ignorePatterns.js");
  const { shownPath, text } = dockerfile;
  let parsed: ReturnType<typeof parseDockerfile>;
  try {
    parsed = parseDockerfile(text, shownPath);
  } catch (error) {
    return [reportUnreadable(shownPath, error instanceof Error ? error.message : String(error))];
  }
  const context = await openContext(dockerfile, parsed, cwd);
  const isLeftOut = matcherOf(context.patterns);
  const projects = foldersAbove(folder, cwd).filter((one) => existsSync(join(one, "package.json")));
  const files = await listEnvironmentFiles(context, [cwd, ...projects]);
  const left = files.filter(({ path }) => !isLeftOut(path));
  const paths = left.map(({ path }) => path);
  return reportTaken(followFiles(parsed, paths, matcherOf), left, {
    dockerfile: shownPath,
    ignoreFile: relative(cwd, context.ignoreFile),
    show: (path) => relative(cwd, join(context.folder, path)),
  });
}
