import { createHash } from "node:crypto";
import { existsSync, lstatSync } from "node:fs";
import { cp, mkdir, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { basename, join, relative, sep } from "node:path";
import type { ContextSource } from "./contextSource";
import { nextMigration } from "./nextMigration";
import { nextRevision } from "./nextRevision";

/** Installed packages: large, never edited by a release, so workspaces share them by a link. */
const INSTALLED = ["node_modules", ".venv"];
const LEFT_OUT = new Set([".git", ...INSTALLED]);

/** The sources of one release. */
export interface Workspace {
  folder: string;
  /** Hash of its files, 40 hexadecimal digits. */
  commit: string;
  /** Newest of its migrations, without the extension. */
  version: string;
}

/** The sources of three releases: as they are, with a failing migration, with the corrected one. */
export async function createWorkspaces(
  source: ContextSource,
  parent: string,
): Promise<Workspace[]> {
  const next = await (source.tool === "alembic"
    ? nextRevision(source.context)
    : nextMigration(source.migrations));
  return Promise.all(
    ([null, "failing", "corrected"] as const).map(async (kind, index) => {
      const folder = join(parent, `workspace-${index + 1}`);
      await createWorkspace(source, folder);
      if (kind !== null) await next.write(folder, kind);
      const version = kind === null ? next.previous : next.name;
      return { folder, commit: await commitOf(folder), version };
    }),
  );
}

/** Copies what a build's working directory holds: the commit, and the installed packages. */
export async function createWorkspace(source: ContextSource, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await copyTree(source.context, folder);
  if (source.service !== null) await replaceService(source, source.service, folder);
  if (source.tool === "alembic") return; // its revisions are where it is configured to look
  const migrations = join(folder, "migrations");
  await rm(migrations, { recursive: true, force: true });
  await copyTree(source.migrations, migrations);
}

/** The hash of a workspace's files: what a commit's hash is to a build. */
export async function commitOf(workspace: string): Promise<string> {
  const hash = createHash("sha1");
  const entries = await readdir(workspace, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) {
    hash.update(relative(workspace, file).split(sep).join("/")).update("\0");
    hash.update(await readFile(file)).update("\0");
  }
  return hash.digest("hex");
}

async function copyTree(from: string, to: string): Promise<void> {
  await cp(from, to, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => {
      if (path !== from && LEFT_OUT.has(basename(path))) return false;
      const found = lstatSync(path);
      // Sockets and pipes are no part of a commit.
      return found.isFile() || found.isDirectory() || found.isSymbolicLink();
    },
  });
  for (const name of INSTALLED) {
    if (existsSync(join(from, name))) await symlink(join(from, name), join(to, name));
  }
}

const OWN_SERVICE = "COPY --from=build /app/dist/service ./dist/service\n";
const OWN_COMMAND = /^CMD .*\n/m;

/** Puts a plain service in place of the sample service, in the folder and in the Dockerfile. */
async function replaceService(
  { command }: ContextSource,
  service: string,
  folder: string,
): Promise<void> {
  const target = join(folder, "service");
  await rm(target, { recursive: true, force: true });
  await rm(join(folder, "dist", "service"), { recursive: true, force: true });
  await copyTree(service, target);

  const file = join(folder, "Dockerfile");
  const text = await readFile(file, "utf8");
  if (!text.includes(OWN_SERVICE) || !OWN_COMMAND.test(text)) {
    throw new Error(`${file}: expected the lines that copy and start the sample service`);
  }
  const installed = existsSync(join(service, "node_modules"));
  const lines = [
    "COPY service ./service",
    ...(installed ? ["COPY --from=build /app/service/node_modules ./service/node_modules"] : []),
  ];
  // The service runs in its own folder; `exec` keeps SIGTERM for it.
  const start = JSON.stringify(["sh", "-c", `cd service && exec ${command.join(" ")}`]);
  await writeFile(
    file,
    text
      .replace(OWN_SERVICE, () => `${lines.join("\n")}\n`)
      .replace(OWN_COMMAND, () => `CMD ${start}\n`),
  );
}
