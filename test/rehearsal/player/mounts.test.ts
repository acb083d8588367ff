import { describe, expect, it } from "vitest";
import { Mounts } from "../../../rehearsal/player/mounts";

const mounts = new Mounts({
  "/workspace": "/tmp/a b/ws",
  "/release": "/tmp/v",
  "/release/inner": "/tmp/i",
});

describe("Mounts", () => {
  it.each([
    ["/workspace", "/tmp/a b/ws"],
    ["cat /workspace/x > /release/y", "cat /tmp/a b/ws/x > /tmp/v/y"],
    ["--file=/workspace/.release", "--file=/tmp/a b/ws/.release"],
    ["/release/inner/x:/release", "/tmp/i/x:/tmp/v"],
    ["https://host/workspace", "https://host/workspace"],
    [
      "/workspace-x /workspaces ./workspace a/workspace",
      "/workspace-x /workspaces ./workspace a/workspace",
    ],
  ])("makes of %s %s", (text, expected) => {
    expect(mounts.map(text)).toBe(expected);
  });

  it("finds the folder of a path below a mount point, and none for others", () => {
    expect(mounts.resolve("/workspace/a/../b")).toBe("/tmp/a b/ws/b");
    expect(mounts.resolve("/release/inner")).toBe("/tmp/i");
    expect(mounts.resolve("/workspace/../etc")).toBeNull();
    expect(mounts.resolve("/app")).toBeNull();
  });
});
