import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { inject } from "vitest";

const FIXTURES = join(__dirname, "..", "fixtures");
const REVISIONS = join("alembic", "versions");

/** A copy of the fixture: a service with Alembic, and with the virtual environment as its `.venv`. */
export interface App {
  folder: string;
  write(path: string, text: string): void;
  /** Writes a revision behind the newest one of the fixture, or another one. */
  writeRevision(id: string, upgrade: string[], after?: string): void;
  removeRevision(id: string): void;
}

export const HEAD = "c07a94e6d3b8";

const folders: string[] = [];

/** `overlay` is a folder of the fixtures whose files replace those of the app. */
export function createApp(overlay?: string): App {
  const root = mkdtempSync(join(realpathSync(tmpdir()), "alembic-app-"));
  folders.push(root);
  const folder = join(root, "app");
  cpSync(join(FIXTURES, "app"), folder, { recursive: true });
  if (overlay !== undefined) cpSync(join(FIXTURES, overlay), folder, { recursive: true });
  symlinkSync(inject("environment"), join(folder, ".venv"));
  const write = (path: string, text: string): void => {
    writeFileSync(join(folder, path), text);
  };
  return {
    folder,
    write,
    writeRevision: (id, upgrade, after = HEAD) => {
      write(join(REVISIONS, `${id}.py`), revisionText(id, upgrade, after));
    },
    removeRevision: (id) => {
      rmSync(join(folder, REVISIONS, `${id}.py`));
    },
  };
}

export function removeApps(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

function revisionText(id: string, upgrade: string[], after: string): string {
  const body = upgrade.map((line) => `    ${line}`).join("\n");
  return `"""${id}"""

import sqlalchemy as sa

from alembic import op

revision = "${id}"
down_revision = "${after}"


def upgrade():
${body}


def downgrade():
    pass
`;
}

/** PATH of somebody who has activated the virtual environment. */
export function activatedPath(): string {
  return [join(inject("environment"), "bin"), process.env["PATH"] ?? ""].join(delimiter);
}

/** Runs Alembic itself, with nothing of ours around it. */
export function runAlembic(
  app: App,
  args: string[],
  env: Record<string, string> = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn("alembic", args, {
    cwd: app.folder,
    env: { ...env, PATH: activatedPath() },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      resolve({ code, stdout, stderr });
    });
  });
}
