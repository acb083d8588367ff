import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { countLeftovers } from "../../rehearsal/leftovers";

it("counts the processes that run in a folder, name it or were told of, and the folder", async () => {
  const folder = mkdtempSync(join(tmpdir(), "leftovers-"));
  const wait = "setInterval(() => undefined, 1000); process.stdout.write('up')";
  const inFolder = spawn(process.execPath, ["-e", wait], { cwd: folder });
  const naming = spawn(process.execPath, ["-e", wait, join(folder, "x")]);
  const told = spawn(process.execPath, ["-e", wait]);
  const children = [inFolder, naming, told];
  try {
    await Promise.all(children.map((child) => once(child.stdout, "data")));
    const traces = { folders: [folder], pids: [told.pid!] };
    expect(countLeftovers(traces)).toEqual({ processes: 3, folders: 1 });

    for (const child of children) child.kill("SIGKILL");
    await Promise.all(children.map((child) => once(child, "close")));
    rmSync(folder, { recursive: true });
    expect(countLeftovers(traces)).toEqual({ processes: 0, folders: 0 });
  } finally {
    for (const child of children) child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
});
