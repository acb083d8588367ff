import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const ROOT = resolve(__dirname, "../../..");

/** A process of its own that plays a build: a service serves, a step sleeps. */
const PARENT = `
const { mkdirSync, mkdtempSync, writeFileSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");
const { createCloud } = require("./rehearsal/cloud");
const { startPostgres } = require("./migrate/postgres");
const { playBuild } = require("./rehearsal/player");
(async () => {
  const folder = process.argv[2];
  const workspace = join(folder, "workspace");
  mkdirSync(workspace);
  const postgres = await startPostgres();
  const service = { type: "gcp:cloudrunv2/service:Service", name: "s", inputs: { name: "s", template: { containers: [{ name: "app", image: "x" }] } } };
  const cloud = await createCloud({ inventory: { resources: [service] }, postgres, folder });
  const document = JSON.stringify({ steps: [{ name: "gcr.io/cloud-builders/docker", script: "setsid sleep 300 & touch running; (sleep 300 & sleep 300); wait" }] });
  const signal = new AbortController();
  const run = playBuild({ document, workspace, cloud, signal: signal.signal });
  const { existsSync } = require("node:fs");
  while (!existsSync(join(workspace, "running"))) await new Promise((done) => setTimeout(done, 20));
  console.log(JSON.stringify({ postgres: postgres.folder, cloud: cloud.platform.folder }));
  if (process.argv[3] === "close") {
    signal.abort();
    await run;
    await cloud.close();
    await cloud.close();
    await postgres.stop();
  }
})();
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "player-hygiene-"));
  for (const room of ["migrate", "rehearsal"]) {
    for (const name of await readdir(join(ROOT, room), { recursive: true })) {
      if (!name.endsWith(".ts")) continue;
      const target = join(folder, room, name.replace(/ts$/, "js"));
      const { outputText } = ts.transpileModule(await readFile(join(ROOT, room, name), "utf8"), {
        compilerOptions: {
          module: ts.ModuleKind.CommonJS,
          target: ts.ScriptTarget.ES2022,
          esModuleInterop: true,
        },
      });
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, outputText);
    }
  }
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
  await writeFile(join(folder, "parent.js"), PARENT);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function start(action: string): Promise<{ child: ChildProcess; folders: string[] }> {
  const site = await mkdtemp(join(folder, "site-"));
  const child = spawn(process.execPath, ["parent.js", site, action], { cwd: folder });
  let [out, err] = ["", ""];
  child.stdout.on("data", (text: Buffer) => {
    out += text.toString();
  });
  child.stderr.on("data", (text: Buffer) => {
    err += text.toString();
  });
  while (!out.includes("\n")) {
    if (child.exitCode !== null) throw new Error(err);
    await sleep(20);
  }
  const { postgres, cloud } = JSON.parse(out) as { postgres: string; cloud: string };
  return { child, folders: [postgres, cloud] };
}

/** Processes whose program, arguments or environment name one of the folders. */
function processesOf(folders: string[]): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => {
      try {
        const files = ["cmdline", "environ"].map((file) =>
          readFileSync(`/proc/${name}/${file}`, "utf8"),
        );
        return folders.some((path) => files.join("\0").includes(path));
      } catch {
        return false;
      }
    })
    .map(Number);
}

async function leftovers(folders: string[]): Promise<{ processes: number[]; folders: string[] }> {
  const end = Date.now() + 15_000;
  for (;;) {
    const left = {
      processes: processesOf(folders),
      folders: folders.filter((path) => existsSync(path)),
    };
    if (left.processes.length + left.folders.length === 0 || Date.now() > end) return left;
    await sleep(50);
  }
}

describe.runIf(existsSync("/proc/self/environ"))("a build that is under way", () => {
  it.each(["SIGINT", "SIGTERM", "SIGKILL"] as const)(
    "leaves no process and no folder when its player gets %s",
    async (signal) => {
      const { child, folders } = await start("wait");
      expect(processesOf(folders).length).toBeGreaterThan(3);
      child.kill(signal);
      expect(await leftovers(folders)).toEqual({ processes: [], folders: [] });
    },
  );

  it("leaves nothing after a cancel and close, which may be called twice", async () => {
    const { child, folders } = await start("close");
    const code = await new Promise((done) => {
      child.once("exit", done);
    });
    expect(code).toBe(0);
    expect(await leftovers(folders)).toEqual({ processes: [], folders: [] });
  });
});
