import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type * as Package from "../../rehearsal";
import type { RehearsalEvent } from "../../rehearsal";
import { built } from "./built";

const { findContext, rehearse } = built("rehearsal") as typeof Package;
const { source } = findContext({ service: null, migrations: null, endpoint: null, document: null });

describe("rehearse", { timeout: 240_000 }, () => {
  it("runs what was built of another stack, whatever happens to the working tree afterwards", async () => {
    const workspaces = new Map<number, string>();
    let altered = 0;
    const { result, details } = await rehearse({
      source,
      stack: "production",
      minimumRequests: 50,
      onEvent(event) {
        if (event.type === "release-started") workspaces.set(event.release, event.workspace);
        if (event.type !== "step-ended" || event.id !== "build") return;
        const workspace = workspaces.get(event.release)!;
        for (const file of filesToAlter(workspace)) {
          writeFileSync(file, "this is neither JavaScript nor SQL");
          altered += 1;
        }
      },
    });
    expect(altered).toBeGreaterThan(30);
    expect(details.announcements.flatMap(({ deviations }) => deviations)).toEqual([]);
    expect(result.ok).toBe(true);
    expect(result.releases[0]?.revision).toMatch(/^shop-production-/);
  });

  it("sees the requests that fail when the serving revision is killed", async () => {
    const pids = new Map<string, number>();
    let serving: string | null = null;
    const { result, details } = await rehearse({
      source,
      minimumRequests: 50,
      onEvent(event: RehearsalEvent) {
        if (event.type === "revision-started") pids.set(event.revision, event.pid);
        if (event.type === "traffic-changed") serving = event.serving;
        if (event.type === "step-started" && event.release === 2 && event.id === "migrate") {
          process.kill(pids.get(serving ?? "")!, "SIGKILL");
        }
      },
    });
    expect(result.releases[1]?.requests.failed).toBeGreaterThan(0);
    expect(result.requests.failed).toBeGreaterThan(0);
    expect(details.failedRequests.length).toBeGreaterThan(0);
    expect(details.announcements[1]?.deviations.join()).toContain(
      "requests: expected no failed one",
    );
    expect(result.ok).toBe(false);
    expect(result.leftovers).toEqual({ processes: 0, folders: 0 });
  });

  it("cleans up and rejects with the reason when it is ended early", async () => {
    const controller = new AbortController();
    const events: string[] = [];
    await expect(
      rehearse({
        source,
        signal: controller.signal,
        onEvent(event) {
          events.push(event.type);
          if (event.type === "step-started" && event.id === "migrate") {
            controller.abort(new Error("enough"));
          }
        },
      }),
    ).rejects.toThrow("enough");
    expect(events).toContain("cleaning-up");
    expect(events).not.toContain("release-ended");
  });
});

/** What a build has read: sources, compiled code, migrations. */
function filesToAlter(workspace: string): string[] {
  return ["dist/service", "dist/migrate", "service", "migrations"].flatMap((folder) =>
    readdirSync(join(workspace, folder), { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => readFileSync(file).length > 0),
  );
}
