import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

/** Where a new revision of an Alembic project goes. */
export interface AlembicHead {
  /** ID of the newest revision. */
  revision: string;
  /** Folder of its file, relative to the project. */
  folder: string;
}

/** Whether Alembic is configured at the root of a folder, in one of its two files. */
export function isAlembicProject(folder: string): boolean {
  if (existsSync(join(folder, "alembic.ini"))) return true;
  const manifest = join(folder, "pyproject.toml");
  return existsSync(manifest) && /^\[tool\.alembic\]/m.test(readFileSync(manifest, "utf8"));
}

/** The Python of a project's virtual environment. */
export function pythonOf(folder: string): string {
  return join(folder, ".venv", "bin", "python");
}

// Alembic itself knows where its revisions are, however it is configured. It loads the revisions, as
// each of its commands does, but not env.py: nothing connects.
const QUESTION = `
import inspect, json, os
from alembic.config import Config
from alembic.script import ScriptDirectory
names = {"toml_file": "pyproject.toml"} if "toml_file" in inspect.signature(Config).parameters else {}
script = ScriptDirectory.from_config(Config("alembic.ini", **names))
heads = [(head, script.get_revision(head).path) for head in script.get_heads()]
print()
print(json.dumps([{"revision": head, "folder": os.path.relpath(os.path.dirname(path))} for head, path in heads]))
`;

/** Asks the project's own Alembic for its head. Throws when there is none, or more than one. */
export async function readAlembicHead(project: string): Promise<AlembicHead> {
  const heads = await ask(project);
  const [head] = heads;
  if (head !== undefined && heads.length === 1) {
    // Only what is a copy may be written to; installed packages are linked.
    if (!/^(\.\.|\.venv|node_modules)(\/|$)/.test(head.folder)) return head;
    throw new Error(
      `${project}: expected its revisions among its own files, got ${head.folder}; name another script_location`,
    );
  }
  const got = heads.length === 0 ? "none" : heads.map(({ revision }) => revision).join(", ");
  const remedy = heads.length === 0 ? "write one" : "merge them: alembic merge heads";
  throw new Error(`${project}: expected one newest Alembic revision, got ${got}; ${remedy}`);
}

async function ask(project: string): Promise<AlembicHead[]> {
  const { PATH = "", HOME = "/" } = process.env;
  const options = {
    cwd: project,
    // Its files stay as they are: no compiled ones beside them.
    env: { PATH, HOME, LANG: "C.UTF-8", PYTHONDONTWRITEBYTECODE: "1" },
    timeout: 60_000,
  };
  try {
    const { stdout } = await promisify(execFile)(pythonOf(project), ["-c", QUESTION], options);
    // A revision that is loaded may print something, too.
    return JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as AlembicHead[];
  } catch (error) {
    const { stderr = "", message } = error as Error & { stderr?: string };
    const reason = stderr.trimEnd().split("\n").at(-1) || message;
    throw new Error(`${project}: its Alembic cannot list the revisions: ${reason}`, {
      cause: error,
    });
  }
}
