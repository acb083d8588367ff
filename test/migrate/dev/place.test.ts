import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findPlace, makePlace } from "../../../migrate/dev/place";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "place-"));
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

function project(name: string): string {
  const folder = join(home, name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

describe("findPlace", () => {
  it("is one for each project, outside it, and the same by every way to it", () => {
    const [one, two] = [project("a/shop"), project("b/shop")];
    symlinkSync(one, join(home, "link"));
    const places = [one, two, join(home, "link"), one].map((cwd) =>
      findPlace(cwd, { HOME: home }, null),
    );
    expect(places[0]).toMatch(/\/\.local\/state\/cloud-run-migrations\/shop-[0-9a-f]{8}$/);
    expect(places[1]).not.toBe(places[0]);
    expect([places[2], places[3]]).toEqual([places[0], places[0]]);
  });

  it("takes XDG_STATE_HOME when it is an absolute path", () => {
    const cwd = project("shop");
    const place = findPlace(cwd, { HOME: home, XDG_STATE_HOME: join(home, "state") }, null);
    expect(place.startsWith(join(home, "state/cloud-run-migrations/shop-"))).toBe(true);
    const relative = findPlace(cwd, { HOME: home, XDG_STATE_HOME: "state" }, null);
    expect(relative.startsWith(join(home, ".local/state/"))).toBe(true);
  });
});

describe("makePlace", () => {
  it("refuses a folder that others may write to, and one that cannot be made", () => {
    const open = project("open");
    chmodSync(open, 0o777);
    expect(() => makePlace(open, null)).toThrow(
      `${open} is not a folder that only you may write to`,
    );
    expect(() => makePlace("/dev/null/place", null)).toThrow("/dev/null/place cannot be made");
  });

  it("says whether the server's user may enter", () => {
    const nobody = { name: "nobody", uid: 65_534, gid: 65_534 };
    const [open, closed] = [project("open"), project("closed")];
    chmodSync(home, 0o755);
    chmodSync(closed, 0o700);
    expect([makePlace(open, nobody), makePlace(closed, nobody)]).toEqual([true, false]);
  });
});
