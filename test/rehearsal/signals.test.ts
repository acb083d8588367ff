import { readdirSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { findProcesses } from "../../rehearsal/leftovers";
import { type Start, start } from "./start";

let run: Start;
afterEach(() => {
  run.child.kill("SIGKILL");
  rmSync(run.folder, { recursive: true, force: true });
});

describe("npm start that is ended early", { timeout: 240_000 }, () => {
  it.each([
    ["SIGINT", 130, /client started/],
    ["SIGTERM", 143, /release 1: check/],
  ] as const)("leaves nothing after %s and exits %i", async (signal, code, moment) => {
    run = start("--json");
    await run.line(moment);
    expect(findProcesses({ folders: [run.folder], pids: [] }).length).toBeGreaterThan(1);
    run.child.kill(signal);

    expect(await run.ended).toEqual({ exitCode: code, signal: null, stdout: "" });
    expect(run.lines.at(-1)).toBe(`ended by ${signal}; everything that was started is gone`);
    expect(left()).toEqual({ files: [], processes: [] });
  });

  it("leaves nothing after SIGKILL", async () => {
    run = start("--json");
    await run.line(/release 1: push/); // the database, the placeholder and a build's step run
    run.child.kill("SIGKILL");
    await run.ended;

    for (let attempt = 0; attempt < 100; attempt += 1) {
      const { files, processes } = left();
      if (files.length + processes.length === 0) break;
      await sleep(100);
    }
    expect(left()).toEqual({ files: [], processes: [] });
  });
});

function left(): { files: string[]; processes: number[] } {
  return {
    files: readdirSync(run.folder),
    processes: findProcesses({ folders: [run.folder], pids: [] }),
  };
}
